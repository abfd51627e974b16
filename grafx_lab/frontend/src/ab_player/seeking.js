// A place in a sound under a hand: pointer and keys say where to go on.

import { clamp } from "../ui/dom.js";

const STEP = 0.5; // seconds an arrow key moves

/** `seek(share)` goes there; `position()` gives `{seconds, now}`. */
export function seeking(place, seek, position) {
  const go = (event) => {
    const box = place.getBoundingClientRect();
    seek(clamp((event.clientX - box.left) / box.width));
  };
  let down = false;
  place.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    down = true;
    place.setPointerCapture(event.pointerId);
    go(event);
  });
  place.addEventListener("pointermove", (event) => down && go(event));
  for (const end of ["pointerup", "pointercancel"]) place.addEventListener(end, () => (down = false));
  place.addEventListener("keydown", (event) => {
    const step = { ArrowRight: STEP, ArrowUp: STEP, ArrowLeft: -STEP, ArrowDown: -STEP }[event.key];
    const end = { Home: 0, End: 1 }[event.key];
    if (step === undefined && end === undefined) return;
    event.preventDefault();
    const { seconds, now } = position();
    if (seconds > 0) seek(end ?? clamp((now + step) / seconds));
  });
}
