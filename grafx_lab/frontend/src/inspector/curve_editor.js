// A control with many entries: drawn with the pointer, moved entry by entry with the keys, typed. Texts are Python's.

import { h, setText } from "../ui/dom.js";
import { followCurve } from "./curve_hand.js";
import { curvePlot } from "./curve_plot.js";
import { typing } from "./typing.js";

const MOVING = "…"; // in place of a text while a fit moves the entry

/**
 * `call` reaches Python, `send(op, gesture)` edits; `busy()` says whether an edit is still under way, and `failed(error)`
 * what went wrong.
 */
export function curveEditor({ control: first, call, send, busy, failed }) {
  let [control, positions, text, asked] = [first, first.positions, MOVING, 0];
  let [chosen, down] = [0, false];
  let drawn = {}; // what the hand has drawn in this gesture; it is shown until Python has answered
  let stroke = null;
  const plot = curvePlot();
  const place = h("div", { class: "curve-place", tabindex: "0", role: "slider", "aria-valuemin": "0", "aria-valuemax": "1",
    "aria-keyshortcuts": "ArrowLeft ArrowRight ArrowUp ArrowDown Delete", "data-testid": `curve ${first.path}`,
    title: "Draw with the pointer. Left and right choose an entry, up and down move it." }, plot.el);
  const which = h("span", { class: "xs dim grow" });
  const value = h("input", { class: "entry-value", autocomplete: "off", spellcheck: "false", "data-testid": `entry ${first.path}` });
  const el = h("div", { class: "curve-editor" }, place, h("div", { class: "row entry-row" }, which, value));
  const entryPath = () => control.entry.replace("{}", chosen);

  /** The positions on show: Python's, with the stroke of the hand over them. */
  const shown = () => {
    const now = Float32Array.from(positions);
    for (const [entry, position] of Object.entries(drawn)) now[entry] = position;
    return now;
  };
  function draw() {
    const now = shown();
    chosen = Math.min(chosen, now.length - 1);
    plot.set(now, control.target_positions, chosen);
    const name = `entry ${chosen + 1} of ${now.length}`;
    setText(which, `Entry ${chosen + 1} of ${now.length}`);
    place.setAttribute("aria-label", `${control.label}, ${name}`);
    place.setAttribute("aria-valuenow", now[chosen].toFixed(3));
    value.setAttribute("aria-label", `${control.label}, ${name}, typed value`);
  }
  function tell(next) {
    text = next;
    place.setAttribute("aria-valuetext", text);
    if (document.activeElement !== value) value.value = text;
  }
  /** Asks Python what the entry reads; a newer question makes the answer to an older one stale. */
  async function read() {
    const question = ++asked;
    try {
      const answer = await call("text", { path: entryPath() });
      if (question !== asked || !answer?.text) return;
      tell(answer.text);
    } catch (error) {
      failed(error);
    }
  }
  function choose(entry) {
    chosen = entry;
    draw();
    read();
  }
  const settle = () => {
    if (!down && !busy()) drawn = {};
  };
  followCurve(place, {
    at: plot.at,
    positions: shown,
    chosen: () => chosen,
    choose,
    move(entries, gesture) {
      if (gesture !== stroke) drawn = {};
      stroke = gesture;
      Object.assign(drawn, entries);
      draw();
      send({ op: "draw", path: control.path, entries: drawn }, gesture);
    },
    reset: (entry, gesture) => send({ op: "reset", path: control.entry.replace("{}", entry) }, gesture),
    grab: () => (down = true),
    release() {
      down = false;
      settle();
      draw();
    },
  });
  typing(value, () => text, (typed) => send({ op: "control", path: entryPath(), text: typed }));
  return {
    el,
    settle,
    update(nextControl, nextPositions) {
      const known = nextControl === control && text !== MOVING;
      [control, positions] = [nextControl, nextPositions];
      draw();
      // A running fit moves the positions; Python's texts are those of the patch that it began with.
      if (Math.abs(positions[chosen] - control.positions[chosen]) > 1e-6) tell(MOVING);
      else if (!known) read();
    },
    destroy: plot.destroy,
  };
}
