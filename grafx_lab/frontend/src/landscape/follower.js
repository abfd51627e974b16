// A point that is held in several places: on the landscape, on a slider. Whichever the hand moves, the others follow at
// once; loss, slope and text follow from Python.

import { watch } from "../ui/dom.js";

export function follower(model, call) {
  let held = null;
  let under = 0; // moves that Python has not answered yet
  const listeners = new Set();
  const moved = () => listeners.forEach((listener) => listener());
  const axisOf = (path) => model.get("landscape").axes.findIndex((axis) => axis.path === path);
  const positions = () => held ?? model.get("point")?.positions ?? [];
  const stop = watch(model, ["point"], () => under === 0 && (held = null));
  function hold(next, gesture) {
    held = next;
    moved();
    return gesture;
  }
  return {
    /** Where the point is along each axis, 0 to 1: with the hand, else where Python has put it. */
    positions,
    /** Shows the point there until Python has answered; gives the gesture on, for the call that follows. */
    hold,
    /** The call that sliders and landscapes make; what it moves is shown before Python answers. */
    async walk(_, { ops, gesture }) {
      const next = [...positions()];
      for (const op of ops) if (op.position !== undefined) next[axisOf(op.path)] = op.position;
      hold(next);
      under += 1;
      try {
        return await call("walk", { ops, gesture });
      } finally {
        under -= 1;
        if (under === 0) held = null;
        moved();
      }
    },
    onMove(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    destroy: stop,
  };
}
