// The hand on a rail: pointer and keys become positions from 0 to 1. Nothing here knows a unit.

import { clamp } from "../ui/dom.js";
import { keyRuns, newGesture } from "../ui/gesture.js";

const DOUBLE_MS = 350;
const GRAB_PX = 11; // a press this near the thumb takes it without moving it
const FINE = 0.1; // of the way of the pointer, while Shift is held
const STEPS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

/** `grab()`, `move(position, gesture)`, `release()`, `reset(gesture)`; `now()` is the position on show. */
export function followHand(rail, { now, grab, move, reset, release }) {
  pointerHand(rail, { now, grab, move, reset, release });
  keyHand(rail, { now, move, reset });
}

function pointerHand(rail, { now, grab, move, reset, release }) {
  let gesture = null;
  let last = { time: -1e9, x: 0, gesture: null };
  let [held, from] = [0, 0];
  const at = (event) => {
    const box = rail.getBoundingClientRect();
    return (event.clientX - box.left) / box.width;
  };
  rail.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const twice = event.timeStamp - last.time < DOUBLE_MS && Math.abs(event.clientX - last.x) < GRAB_PX;
    if (twice) {
      reset(last.gesture);
      last.time = -1e9;
      return;
    }
    gesture = newGesture();
    grab();
    last = { time: event.timeStamp, x: event.clientX, gesture };
    rail.setPointerCapture(event.pointerId);
    from = at(event);
    // A finger may only want to scroll: it moves the thumb by how far it goes, never by where it lands.
    const takes = event.pointerType === "touch" || event.shiftKey || Math.abs(now() - from) * rail.clientWidth < GRAB_PX;
    held = takes ? now() : from;
    if (!takes) move(clamp(held), gesture);
  });
  rail.addEventListener("pointermove", (event) => {
    if (!gesture) return;
    held += (at(event) - from) * (event.shiftKey ? FINE : 1);
    from = at(event);
    move(clamp(held), gesture);
  });
  const end = () => {
    if (!gesture) return;
    gesture = null;
    release();
  };
  rail.addEventListener("pointerup", end);
  rail.addEventListener("pointercancel", end);
}

function keyHand(rail, { now, move, reset }) {
  const runOf = keyRuns();
  rail.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    const end = { Home: 0, End: 1 }[event.key];
    const back = event.key === "Delete" || event.key === "Backspace";
    if (step === undefined && end === undefined && !back) return;
    event.preventDefault();
    event.stopPropagation(); // Delete here means the control, not the node
    const run = runOf(event);
    if (back) reset(run);
    else move(clamp(end ?? now() + step * (event.shiftKey ? 0.001 : 0.01)), run);
  });
}
