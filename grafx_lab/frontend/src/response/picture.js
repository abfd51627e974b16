// One picture of the slice `response`: measured lines over each other. Ranges and ticks are Python's.

import { plotFrame, plotSpace } from "../draw/plot_frame.js";
import { redraw, shape } from "../draw/retained.js";
import { linePath } from "../draw/scales.js";

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
  return [shape("path", { class: "gap", d })];
}

/**
 * Draws on two layers: what the fitted sound is compared with stands still on the lower one, so that it is not painted
 * again each time the fitted one moves. Dotted and dashed waveforms cost far more than all the rest.
 */
export function drawLines({ still, moving }, { width, height }, picture) {
  for (const svg of [still, moving]) svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const space = plotSpace(picture, width, height, PAD);
  const { X, inside } = space;
  const shiftOf = (rank) => (rank - (picture.lines.length - 1) / 2) * BETWEEN_STEMS;
  const paint = (line, rank) => shape("path", { class: `l-${line.role}`, "data-role": line.role,
    d: picture.stems ? stems(line, space, shiftOf(rank)) : linePath(line.x, line.y, X, inside) });
  const between = picture.x_scale === "log" ? gap(picture.lines, X, inside) : [];
  const lines = picture.lines.map((line, rank) => ({ role: line.role, drawn: paint(line, rank) }));
  const drawn = (moves) => lines.filter(({ role }) => (role === "fitted") === moves).map((line) => line.drawn);
  redraw(still, [...plotFrame(picture, space), ...drawn(false)]);
  redraw(moving, [...between, ...drawn(true)]);
}
