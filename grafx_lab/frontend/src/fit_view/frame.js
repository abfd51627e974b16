// What the two plots of a fit share: the axis of steps, the empty shaded future, labels at the ends of lines.

import { shape as s } from "../draw/retained.js";
import { niceTicks, tickText } from "../draw/scales.js";

const LEFT = 34;
const CHAR = 6.9; // pixels a character of a label takes, at most
const LINE = 13; // pixels between two labels

/**
 * The room in a picture of that size for a plot of `done` of `total` steps. Labels stand right of the last point: in the empty future while there
 * is one, and in a margin that grows as the fit reaches its end.
 */
export function room({ width, height }, { done, total, labels }) {
  const widest = Math.max(0, ...labels.map((label) => label.length)) * CHAR;
  const wanted = width - LEFT - ((width - LEFT - 13 - widest) * total) / Math.max(1, done);
  const right = width - Math.max(10, Math.min(widest + 16, wanted));
  const X = (step) => LEFT + (step / Math.max(1, total)) * (right - LEFT);
  return { width, height, left: LEFT, right, top: 8, floor: height - 17, X, done, total };
}

export function axes({ X, left, right, top, floor, height, done, total }, yTicks) {
  const parts = [];
  if (done < total) {
    parts.push(s("rect", { class: "future", x: X(done), y: top - 4, width: X(total) - X(done), height: floor - top + 6 }));
  }
  for (const [y, text] of yTicks) {
    parts.push(s("path", { class: "grid", d: `M${left} ${Math.round(y) + 0.5}H${right}` }),
      s("text", { x: left - 6, y: y + 4, "text-anchor": "end" }, text));
  }
  for (const step of niceTicks(0, total, 4)) {
    if (Number.isInteger(step) && step <= total) parts.push(s("text", { x: X(step), y: height - 2, "text-anchor": "middle" }, tickText(step)));
  }
  return parts;
}

/** Moves labels apart, from the top down and then back up from the floor. */
export function spread(ys, low, high) {
  const order = ys.map((y, i) => [y, i]).sort((a, b) => a[0] - b[0]);
  const placed = [];
  let free = low;
  for (const [y, i] of order) {
    placed[i] = Math.max(y, free);
    free = placed[i] + LINE;
  }
  let floor = high;
  for (const [, i] of order.reverse()) {
    placed[i] = Math.min(placed[i], floor);
    floor = placed[i] - LINE;
  }
  return placed;
}
