// One control, held in two places: on the curve and on its slider. Whichever the hand moves, the other follows at once;
// loss, slope and text follow from Python.

import { watch } from "../ui/dom.js";

export function follower(model, call) {
  let held = null;
  let under = 0; // edits that Python has not answered yet
  const listeners = new Set();
  const moved = () => listeners.forEach((listener) => listener());
  const stop = watch(model, ["point"], () => under === 0 && (held = null));
  return {
    /** Where the point is, 0 to 1: with the hand, else where Python has put it. */
    position: () => held ?? model.get("point").position,
    hold(position) {
      held = position;
      moved();
    },
    /** The call that sliders and the curve make; what it moves is shown before Python answers. */
    async edit(name, args) {
      const op = args.ops[0];
      if (op.position !== undefined) {
        held = op.position;
        moved();
      }
      under += 1;
      try {
        return await call(name, args);
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
