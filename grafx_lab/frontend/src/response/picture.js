// One picture of the slice `response`: measured lines over each other. Ranges and ticks are Python's.

import { linePath, scale } from "../draw/scales.js";
import { s } from "../ui/dom.js";

const PAD = { left: 42, right: 8, top: 8, bottom: 19 };

function frame(svg) {
  const [width, height] = [svg.clientWidth || 300, svg.clientHeight || 150];
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  return { width, height, right: width - PAD.right, floor: height - PAD.bottom };
}

function grid(picture, X, Y, { right, floor, height }) {
  const rows = picture.y_ticks.flatMap(([value, text]) => [
    s("path", { class: "grid", d: `M${PAD.left} ${Math.round(Y(value)) + 0.5}H${right}` }),
    s("text", { x: PAD.left - 6, y: Y(value) + 4, "text-anchor": "end" }, text),
  ]);
  let free = -1e9;
  const columns = picture.x_ticks.flatMap(([value, text]) => {
    const x = X(value);
    const line = s("path", { class: "grid", d: `M${Math.round(x) + 0.5} ${PAD.top}V${floor}` });
    if (x < free) return [line];
    free = x + 34;
    const anchor = x > right - 12 ? "end" : x < PAD.left + 8 ? "start" : "middle";
    return [line, s("text", { x, y: height - 5, "text-anchor": anchor }, text)];
  });
  return [...rows, ...columns];
}

/** The line of a sound that passes unchanged. */
function unchanged(picture, X, Y, { right }) {
  const parts = [];
  if (picture.zero != null) parts.push(s("path", { class: "ax", d: `M${PAD.left} ${Math.round(Y(picture.zero)) + 0.5}H${right}` }));
  if (picture.diagonal) {
    const low = Math.max(picture.x_range[0], picture.y_range[0]);
    const high = Math.min(picture.x_range[1], picture.y_range[1]);
    parts.push(s("path", { class: "l-source", d: `M${X(low)} ${Y(low)}L${X(high)} ${Y(high)}` }));
  }
  return parts;
}

function stems({ x, y }, X, Y, floor) {
  return Array.from(x, (number, i) => `M${X(number).toFixed(1)} ${floor}V${Math.min(floor, Y(y[i])).toFixed(1)}`).join("");
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
  const space = frame(svg);
  const X = scale(picture.x_scale, picture.x_range, [PAD.left, space.right]);
  const Y = scale("linear", picture.y_range, [space.floor, PAD.top]);
  const inside = (y) => Math.min(space.floor + 2, Math.max(PAD.top - 2, Y(y)));
  const paint = (line) => s("path", { class: `l-${line.role}`, "data-role": line.role,
    d: picture.stems ? stems(line, X, Y, space.floor) : linePath(line.x, line.y, X, inside) });
  const between = picture.x_scale === "log" ? gap(picture.lines, X, inside) : [];
  svg.replaceChildren(...grid(picture, X, Y, space), ...unchanged(picture, X, Y, space), ...between, ...picture.lines.map(paint));
}
