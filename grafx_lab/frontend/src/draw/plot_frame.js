// What measured curves stand on: grid, ticks, and the line of a sound that passes unchanged. Ranges and ticks are Python's.

import { shape as s } from "./retained.js";
import { scale } from "./scales.js";

const TICK_ROOM = 34; // pixels a tick's text along the bottom may take
const OUTSIDE = 2; // pixels by which a line may leave the frame

/** The frame of a plot in a picture of this size; `inside` keeps a height within it. */
export function plotSpace(plot, width, height, { left, right, top, bottom }) {
  const [end, floor] = [width - right, height - bottom];
  const X = scale(plot.x_scale, plot.x_range, [left, end]);
  const Y = scale("linear", plot.y_range, [floor, top]);
  return { X, Y, left, end, top, floor, height, inside: (y) => Math.min(floor + OUTSIDE, Math.max(top - OUTSIDE, Y(y))) };
}

function grid(plot, { X, Y, left, end, top, floor, height }) {
  const rows = plot.y_ticks.flatMap(([value, text]) => [
    s("path", { class: "grid", d: `M${left} ${Math.round(Y(value)) + 0.5}H${end}` }),
    s("text", { x: left - 6, y: Y(value) + 4, "text-anchor": "end" }, text),
  ]);
  let free = -1e9;
  const columns = plot.x_ticks.flatMap(([value, text]) => {
    const x = X(value);
    const line = s("path", { class: "grid", d: `M${Math.round(x) + 0.5} ${top}V${floor}` });
    if (x < free) return [line];
    free = x + TICK_ROOM;
    const anchor = x > end - 12 ? "end" : x < left + 8 ? "start" : "middle";
    return [line, s("text", { x, y: height - 5, "text-anchor": anchor }, text)];
  });
  return [...rows, ...columns];
}

/** The line of a sound that passes unchanged: a value, or output equals input. */
function unchanged(plot, { X, Y, left, end }) {
  const parts = [];
  if (plot.zero != null) parts.push(s("path", { class: "ax", d: `M${left} ${Math.round(Y(plot.zero)) + 0.5}H${end}` }));
  if (plot.diagonal) {
    const low = Math.max(plot.x_range[0], plot.y_range[0]);
    const high = Math.min(plot.x_range[1], plot.y_range[1]);
    parts.push(s("path", { class: "l-source", d: `M${X(low)} ${Y(low)}L${X(high)} ${Y(high)}` }));
  }
  return parts;
}

export const plotFrame = (plot, space) => [...grid(plot, space), ...unchanged(plot, space)];
