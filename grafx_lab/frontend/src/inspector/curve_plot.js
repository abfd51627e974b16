// The positions of a control with many entries as a small area; the target dashed above it.

import { s } from "../ui/dom.js";
import { linePath, onResize, scale } from "../draw/scales.js";

const HEIGHT = 44;

export function curvePlot(label) {
  const svg = s("svg", { class: "plot curve", height: HEIGHT, role: "img", "aria-label": `${label}, all entries` });
  let [positions, target] = [null, null];
  const draw = () => {
    const width = svg.clientWidth;
    if (!width || !positions?.length) return;
    svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    const last = Math.max(1, positions.length - 1);
    const X = scale("linear", [0, last], [0, width]);
    const Y = scale("linear", [0, 1], [HEIGHT - 2, 2]);
    const line = linePath(null, positions, X, Y);
    svg.replaceChildren(
      s("path", { class: "grid", d: `M0 ${HEIGHT / 2}H${width}` }),
      s("path", { d: `${line}L${X(positions.length - 1)} ${HEIGHT}L0 ${HEIGHT}Z`, fill: "var(--fitted-fill)" }),
      ...(target ? [s("path", { class: "l-target", d: linePath(null, target, X, Y) })] : []),
      s("path", { class: "l-fitted", d: line }));
  };
  onResize(svg, draw);
  return {
    el: svg,
    set(nextPositions, nextTarget) {
      [positions, target] = [nextPositions, nextTarget];
      draw();
    },
  };
}
