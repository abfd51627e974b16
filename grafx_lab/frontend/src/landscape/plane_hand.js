// The hand on a landscape over two axes: keys and pointer become pairs of positions.

import { keyRuns, newGesture } from "../ui/gesture.js";
import { clamp } from "../ui/dom.js";

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

export const arrowOf = (event) => (event.ctrlKey || event.metaKey || event.altKey ? null : MOVES[event.key] ?? null);

/** `at(event)` gives the pair of positions under the pointer; `take(event)` says whether a press is for this hand. */
export function followPointer(area, { at, move, release, take = () => true }) {
  let gesture = null;
  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !take(event)) return;
    gesture = newGesture();
    area.setPointerCapture(event.pointerId);
    move(at(event), gesture);
  });
  area.addEventListener("pointermove", (event) => gesture && move(at(event), gesture));
  for (const end of ["pointerup", "pointercancel"]) {
    area.addEventListener(end, () => {
      if (gesture) release();
      gesture = null;
    });
  }
}

/** Arrows move by a hundredth, with Shift by a thousandth; Delete resets. */
export function followKeys(area, { now, move, reset }) {
  const runOf = keyRuns();
  area.addEventListener("keydown", (event) => {
    const step = arrowOf(event);
    const back = event.key === "Delete" || event.key === "Backspace";
    if (event.ctrlKey || event.metaKey || event.altKey || (!step && !back)) return;
    event.preventDefault();
    event.stopPropagation();
    const run = runOf(event);
    if (back) return reset(run);
    const size = event.shiftKey ? 0.001 : 0.01;
    move(now().map((position, i) => clamp(position + step[i] * size)), run);
  });
}
