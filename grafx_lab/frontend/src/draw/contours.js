// Level lines of a grid, by marching squares.

/** `grid(i, j)` for i < columns, j < rows; an SVG path in the coordinates that `at(i, j)` gives. */
export function contour(grid, columns, rows, level, at) {
  let d = "";
  for (let j = 0; j < rows - 1; j++) {
    for (let i = 0; i < columns - 1; i++) {
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
      const cuts = [];
      for (let k = 0; k < 4; k++) {
        const [a, b] = [corners[k], corners[(k + 1) % 4]];
        const [za, zb] = [grid(...a), grid(...b)];
        if (za < level === zb < level || !Number.isFinite(za + zb)) continue;
        const t = (level - za) / (zb - za);
        cuts.push(at(a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])));
      }
      for (let k = 0; k + 1 < cuts.length; k += 2) {
        const [[x, y], [u, v]] = [cuts[k], cuts[k + 1]];
        d += `M${x.toFixed(1)} ${y.toFixed(1)}L${u.toFixed(1)} ${v.toFixed(1)}`;
      }
    }
  }
  return d;
}
