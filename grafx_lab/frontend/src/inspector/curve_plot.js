// The positions of a control with many entries as a small area; the target dashed above it; the chosen entry marked.

import { s } from "../ui/dom.js";
import { linePath, onResize, scale } from "../draw/scales.js";

const HEIGHT = 64;
const PAD = 4;
const FEW = 48; // so many entries are drawn as points, too

/** `at(event)` of the result gives entry and position under a pointer. */
export function curvePlot() {
  const svg = s("svg", { class: "plot curve", height: HEIGHT });
  let [positions, target, chosen] = [null, null, 0];
  const scales = () => {
    const width = svg.clientWidth;
    const last = Math.max(1, positions.length - 1);
    return { width, X: scale("linear", [0, last], [PAD, width - PAD]), Y: scale("linear", [0, 1], [HEIGHT - PAD, PAD]) };
  };
  const draw = () => {
    if (!svg.clientWidth || !positions?.length) return;
    const { width, X, Y } = scales();
    svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    const line = linePath(null, positions, X, Y);
    const points = positions.length > FEW ? [] : Array.from(positions, (y, i) => s("circle", { class: "entry", cx: X(i), cy: Y(y), r: 2.2 }));
    svg.replaceChildren(
      s("path", { class: "grid", d: `M0 ${HEIGHT / 2}H${width}` }),
      s("path", { d: `${line}L${X(positions.length - 1)} ${HEIGHT}L${X(0)} ${HEIGHT}Z`, fill: "var(--fitted-fill)" }),
      ...(target ? [s("path", { class: "l-target", d: linePath(null, target, X, Y) })] : []),
      s("path", { class: "l-fitted", d: line }), ...points,
      s("path", { class: "chosen-line", d: `M${X(chosen)} 0V${HEIGHT}` }),
      s("circle", { class: "chosen", cx: X(chosen), cy: Y(positions[chosen]), r: 4 }));
  };
  const stop = onResize(svg, draw);
  return {
    el: svg,
    set(nextPositions, nextTarget, nextChosen) {
      [positions, target, chosen] = [nextPositions, nextTarget, nextChosen];
      draw();
    },
    at(event) {
      const box = svg.getBoundingClientRect();
      const inside = (share) => Math.min(1, Math.max(0, share));
      const across = inside((event.clientX - box.left - PAD) / (box.width - 2 * PAD));
      return {
        entry: Math.round(across * (positions.length - 1)),
        position: inside(1 - (event.clientY - box.top - PAD) / (box.height - 2 * PAD)),
        height: box.height - 2 * PAD,
      };
    },
    destroy: stop,
  };
}
