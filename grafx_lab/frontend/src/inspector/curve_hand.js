// The hand on a curve: drawn across entries by the pointer, entry by entry with the keys. Nothing here knows a unit.

import { clamp } from "../ui/dom.js";
import { keyRuns, newGesture } from "../ui/gesture.js";

const GRAB_PX = 8; // a press this near the line takes its entry without moving it
const DOUBLE_MS = 350;
const FINE = 0.1; // of the way, while Shift is held
const HEIGHTS = { ArrowUp: 0.01, ArrowDown: -0.01, PageUp: 0.1, PageDown: -0.1 };

/** The entries from one to the other, so that a fast stroke leaves no gaps. */
function between(from, to) {
  const entries = {};
  const steps = Math.max(1, Math.abs(to.entry - from.entry));
  for (let i = 0; i <= steps; i++) {
    const share = i / steps;
    entries[Math.round(from.entry + share * (to.entry - from.entry))] = from.position + share * (to.position - from.position);
  }
  return entries;
}

/**
 * `at(event)` says what lies under a pointer, `positions()` what is on show, `chosen()` the entry for the keys.
 * `choose(entry)`, `move(entries, gesture)` with positions by entry, `reset(entry, gesture)`, `grab()` and `release()` follow.
 */
export function followCurve(place, hand) {
  pointerHand(place, hand);
  keyHand(place, hand);
}

function pointerHand(place, { at, positions, choose, move, reset, grab, release }) {
  let [gesture, last] = [null, null];
  let pressed = { time: -1e9, entry: -1 };
  place.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const under = at(event);
    const twice = event.timeStamp - pressed.time < DOUBLE_MS && under.entry === pressed.entry;
    pressed = { time: event.timeStamp, entry: under.entry };
    choose(under.entry);
    gesture = newGesture();
    if (twice) return reset(under.entry, gesture), void (gesture = null);
    grab();
    place.setPointerCapture(event.pointerId);
    const present = positions()[under.entry];
    const takes = event.shiftKey || Math.abs(present - under.position) * under.height < GRAB_PX;
    last = { entry: under.entry, position: takes ? present : under.position, y: under.position };
    if (!takes) move({ [last.entry]: last.position }, gesture);
  });
  place.addEventListener("pointermove", (event) => {
    if (!gesture) return;
    const under = at(event);
    // With Shift the entry stays, and its height follows slowly.
    const entry = event.shiftKey ? last.entry : under.entry;
    const position = clamp(last.position + (under.position - last.y) * (event.shiftKey ? FINE : 1));
    const next = { entry, position, y: under.position };
    move(between(last, next), gesture);
    if (entry !== last.entry) choose(entry);
    last = next;
  });
  const end = () => {
    if (!gesture) return;
    gesture = null;
    release();
  };
  place.addEventListener("pointerup", end);
  place.addEventListener("pointercancel", end);
}

function keyHand(place, { positions, chosen, choose, move, reset }) {
  const runOf = keyRuns();
  place.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const last = positions().length - 1;
    const step = event.shiftKey ? 10 : 1;
    const to = { ArrowLeft: chosen() - step, ArrowRight: chosen() + step, Home: 0, End: last }[event.key];
    const height = HEIGHTS[event.key];
    const back = event.key === "Delete" || event.key === "Backspace";
    if (to === undefined && height === undefined && !back) return;
    event.preventDefault();
    event.stopPropagation(); // Delete here means the entry, not the node
    if (to !== undefined) return choose(clamp(to, 0, last));
    const run = runOf(event);
    if (back) reset(chosen(), run);
    else move({ [chosen()]: clamp(positions()[chosen()] + height * (event.shiftKey ? FINE : 1)) }, run);
  });
}
