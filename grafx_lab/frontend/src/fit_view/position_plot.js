// Where the controls went, as positions on their sliders: hue of the family and a dash each.

import { redraw, shape as s } from "../draw/retained.js";
import { familyColor } from "../draw/marks.js";
import { linePath, scale } from "../draw/scales.js";
import { axes, room, spread } from "./frame.js";

const DASHES = ["", "7 3", "2 3", "9 3 2 3", "12 4", "1 4", "6 2 1 2 1 2"];

export function drawPositions(svg, size, fit) {
  const curves = fit.curves;
  const done = Math.max(0, ...curves.map((curve) => curve.positions.length - 1)); // the first position is that of step 0
  const space = room(size, { done, total: Math.max(fit.steps, done), labels: curves.map((curve) => curve.label) });
  const Y = scale("linear", [0, 1], [space.floor, space.top]);
  const ticks = [0, 0.5, 1].map((value) => [Y(value), String(value)]);
  const { X } = space;
  const ends = curves.map((curve) => Y(curve.positions.at(-1) ?? 0));
  const labels = spread(ends, space.top + 3, space.floor);
  svg.setAttribute("aria-label", `Controls by step: ${curves.map((curve) => curve.label).join(", ")}`);
  const known = curves.filter((curve) => curve.target_position != null);
  redraw(svg, [...axes(space, ticks),
    ...known.map((curve) => s("path", { class: "l-target", d: `M${space.left} ${Y(curve.target_position)}H${space.right}` })),
    ...curves.map((curve, i) => s("path", { d: linePath(null, curve.positions, X, Y), fill: "none", "stroke-width": 2,
      "stroke-dasharray": DASHES[i % DASHES.length], style: `stroke:${familyColor(curve.family)}` })),
    ...curves.map((curve, i) => s("text", { class: "lb", x: X(curve.positions.length - 1) + 9, y: labels[i] + 4,
      style: `fill:${familyColor(curve.family)}` }, curve.label))]);
}
