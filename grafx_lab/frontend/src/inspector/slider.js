// One control: name, rail, typed value, lock. The thumb follows the hand at once; numbers and curves follow Python.

import { h, rich, s, show } from "../ui/dom.js";
import { icon } from "../draw/icons.js";
import { curveEditor } from "./curve_editor.js";
import { latestWins } from "../ui/gesture.js";
import { followHand } from "./hand.js";
import { typing } from "./typing.js";

const percent = (x) => `${(x * 100).toFixed(2)}%`;

function parts(control) {
  const piece = (name) => h("i", { class: name });
  const p = { fill: piece("fl"), tick: piece("df"), target: h("i", { class: "tg", title: "Where the target lies" }), thumb: piece("th"), arrow: s("path") };
  p.push = s("svg", { class: "ga", "aria-hidden": "true" }, p.arrow);
  p.rail = h("div", { class: "rail", tabindex: "0", role: "slider", "aria-label": control.label,
    "aria-valuemin": "0", "aria-valuemax": "1", "data-testid": `rail ${control.path}`, title: "Double-click resets" },
    piece("bg"), p.fill, p.tick, p.target, p.push, p.thumb);
  p.name = h("span", { class: "nm", title: control.doc || control.label }, control.label);
  p.value = h("input", { "aria-label": `${control.label}, typed value`, autocomplete: "off", spellcheck: "false",
    "data-testid": `value ${control.path}` });
  p.lock = h("button", { class: "fz", type: "button", "aria-label": `Freeze ${control.label}`,
    title: "Freeze: the fit leaves it alone" });
  p.error = h("p", { class: "err-s", role: "alert", hidden: true });
  p.row = h("div", { class: "sl", "data-path": control.path }, p.name, p.rail, p.value, p.lock);
  p.el = h("div", { class: "ctl" }, p.row, p.error);
  return p;
}

/** The arrow starts at the thumb and points where descent pushes; its length grows with the gradient. */
function arrowPath(position, gradient, width) {
  if (!gradient || Math.abs(gradient) < 0.02) return "";
  const side = Math.sign(gradient);
  const x = position * width;
  const room = (side > 0 ? width - x : x) - 5;
  const length = side * Math.max(9, Math.min(46, 8 + Math.abs(gradient) * 40, room));
  return `M${side * 9} 13h${length.toFixed(1)}m${-side * 5} -4.5l${side * 5} 4.5l${-side * 5} 4.5`;
}

function drawRail(p, control, exact, gradient) {
  const position = Math.min(1, Math.max(0, exact)); // a fit may leave the range; the number says how far
  const from = control.default_position ?? 0;
  p.thumb.style.left = percent(position);
  p.push.style.left = percent(position);
  p.tick.style.left = percent(from);
  p.fill.style.left = percent(Math.min(position, from));
  p.fill.style.width = percent(Math.abs(position - from));
  show(p.target, control.target_position != null);
  if (control.target_position != null) p.target.style.left = percent(control.target_position);
  p.arrow.setAttribute("d", control.frozen ? "" : arrowPath(position, gradient, p.rail.clientWidth || 110));
  p.rail.setAttribute("aria-valuenow", position.toFixed(3));
}

function drawText(p, control, text) {
  p.rail.setAttribute("aria-valuetext", text);
  if (document.activeElement !== p.value) p.value.value = text;
  p.row.classList.toggle("frozen", Boolean(control.frozen));
  show(p.lock, control.frozen != null); // null: there is no fit to leave it alone
  if (p.lock.getAttribute("aria-pressed") === String(control.frozen)) return;
  p.lock.setAttribute("aria-pressed", String(control.frozen));
  p.lock.replaceChildren(icon(control.frozen ? "lock" : "unlock"));
}

export function slider(first, call) {
  const p = parts(first);
  const path = first.path;
  let [control, live, gradient, held, down] = [first, null, 0, null, false];
  const text = () => live?.text ?? control.text;
  const draw = () => {
    drawRail(p, control, held ?? live?.position ?? control.position, gradient);
    drawText(p, control, text());
    curve?.update(control, live?.positions ?? control.positions);
  };
  const failed = (error) => {
    p.error.replaceChildren(icon("warn"), h("span", {}, rich(error.message)));
    show(p.error, true);
  };
  // The thumb belongs to the hand until the last answer is here; then to Python again.
  const settle = () => {
    if (down || sender.busy) return;
    held = null;
    curve?.settle();
    draw();
  };
  const sender = latestWins(call, { failed, settled: settle });
  const send = (op, gesture = null) => {
    show(p.error, false);
    sender.send(op, gesture);
  };
  const curve = first.display === "curve" ? curveEditor({ control: first, call, send, busy: () => sender.busy, failed }) : null;
  if (curve) p.el.prepend(curve.el);
  followHand(p.rail, {
    now: () => held ?? live?.position ?? control.position,
    move(position, gesture) {
      held = position;
      draw();
      send({ op: "control", path, position }, gesture);
    },
    reset(gesture) {
      held = control.default_position;
      draw();
      send({ op: "reset", path }, gesture);
    },
    grab: () => (down = true),
    release() {
      down = false;
      settle();
    },
  });
  p.lock.addEventListener("click", () => send({ op: "freeze", path, frozen: !control.frozen }));
  typing(p.value, text, (typed) => send({ op: "control", path, text: typed }));
  return {
    el: p.el,
    update(nextControl, nextLive, nextGradient) {
      [control, live, gradient] = [nextControl, nextLive, nextGradient];
      draw();
    },
    draw,
  };
}
