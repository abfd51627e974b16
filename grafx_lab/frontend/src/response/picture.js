// One picture of the slice `response`: measured lines over each other. Ranges and ticks are Python's.

import { plotFrame, plotSpace } from "../draw/plot_frame.js";
import { linePath } from "../draw/scales.js";
import { s } from "../ui/dom.js";

const PAD = { left: 42, right: 8, top: 8, bottom: 19 };
const BETWEEN_STEMS = 5; // pixels between those of two sounds, which stand side by side

function stems({ x, y }, { X, Y, floor }, shift) {
  return Array.from(x, (number, i) => `M${(X(number) + shift).toFixed(1)} ${floor}V${Math.min(floor, Y(y[i])).toFixed(1)}`).join("");
}

/** What the loss measures lies between the two lines. */
function gap(lines, X, inside) {
  const [target, fitted] = ["target", "fitted"].map((role) => lines.find((line) => line.role === role));
  if (!target || !fitted || target.x.length !== fitted.x.length) return [];
  const back = Array.from(fitted.x, (_, i) => fitted.x.length - 1 - i);
  const d = `${linePath(target.x, target.y, X, inside)}L${back.map((i) => `${X(fitted.x[i]).toFixed(1)} ${inside(fitted.y[i]).toFixed(1)}`).join("L")}Z`;
  return [s("path", { class: "gap", d })];
}

export function drawLines(svg, picture) {
  const [width, height] = [svg.clientWidth || 300, svg.clientHeight || 150];
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const space = plotSpace(picture, width, height, PAD);
  const { X, inside } = space;
  const shiftOf = (rank) => (rank - (picture.lines.length - 1) / 2) * BETWEEN_STEMS;
  const paint = (line, rank) => s("path", { class: `l-${line.role}`, "data-role": line.role,
    d: picture.stems ? stems(line, space, shiftOf(rank)) : linePath(line.x, line.y, X, inside) });
  const between = picture.x_scale === "log" ? gap(picture.lines, X, inside) : [];
  svg.replaceChildren(...plotFrame(picture, space), ...between, ...picture.lines.map(paint));
}
