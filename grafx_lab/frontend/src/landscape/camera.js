// Seeing a surface aslant: an orthographic camera around a square of ground, its heights from 0 to 1.

const HEIGHT = 0.5; // of the highest loss, in sides of the square
const MARGIN = 26; // pixels around the picture for what is written at its edges

/** `turn` and `tilt` in radians: from where, and how steeply from above. */
export function camera({ turn, tilt }, width, height) {
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const [up, down] = [Math.sin(tilt), Math.cos(tilt)];
  // At any turn the square and what stands on it fit in.
  const size = Math.max(10, Math.min((width - 2 * MARGIN) / Math.SQRT2, (height - 2 * MARGIN) / (Math.SQRT2 * up + HEIGHT * down)));
  const middle = [width / 2, height / 2 + (HEIGHT * down * size) / 2];
  const away = (x, y) => (x - 0.5) * s + (y - 0.5) * c; // how far from who looks
  return {
    project: (x, y, z) => [middle[0] + ((x - 0.5) * c - (y - 0.5) * s) * size, middle[1] - (away(x, y) * up + z * HEIGHT * down) * size],
    /** The place of the ground that lies at a height under a point of the picture. */
    place(px, py, z) {
      const u = (px - middle[0]) / size;
      const v = ((middle[1] - py) / size - z * HEIGHT * down) / up;
      return [0.5 + u * c + v * s, 0.5 - u * s + v * c];
    },
    /** In which order columns and rows go from far to near: true where the last comes first. */
    backwards: { across: s > 0, along: c > 0 },
    /** Whether the ground hides a place that stands at a height. */
    hides(heightAt, x, y, z) {
      for (let step = 0.02; step < 1.5; step += 0.02) {
        const [u, v] = [x - s * step, y - c * step];
        if (u < 0 || u > 1 || v < 0 || v > 1) return false;
        if (heightAt(u, v) > z + (step * up) / down / HEIGHT + 0.015) return true;
      }
      return false;
    },
    away,
  };
}
