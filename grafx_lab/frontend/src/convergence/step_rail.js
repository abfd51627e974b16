// The loss of every step as a rail: where the hand is, that step's patch is in place, drawn and heard.

import { redraw, shape } from "../draw/retained.js";
import { followSize, linePath, niceTicks, scale } from "../draw/scales.js";
import { newGesture } from "../ui/gesture.js";
import { isFitting } from "../state.js";
import { clamp, h, s, show, watch } from "../ui/dom.js";

const PAD = { left: 8, right: 8, top: 6, bottom: 18 };
const KEYS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

/** While a fit runs its future is shown too, as emptiness. */
const totalOf = (fit) => (isFitting(fit) ? Math.max(fit.steps, fit.losses.length - 1) : fit.losses.length - 1);

/** At most one call under way; the newest step waits. */
function latestStep(call, report) {
  let [busy, waiting] = [false, null];
  return async function send(step) {
    if (busy) return void (waiting = step);
    busy = true;
    await call("show_step", { step }).catch(report);
    busy = false;
    const next = waiting;
    waiting = null;
    if (next !== null) send(next);
  };
}

function paint(svg, { width, height }, fit, at) {
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const { losses } = fit;
  const total = totalOf(fit);
  const finite = Array.from(losses).filter(Number.isFinite);
  const kind = Math.min(...finite) > 0 ? "log" : "linear";
  const X = scale("linear", [0, total], [PAD.left, width - PAD.right]);
  const Y = scale(kind, [Math.min(...finite), Math.max(...finite)], [height - PAD.bottom - 2, PAD.top]);
  const here = clamp(at, 0, losses.length - 1);
  const ticks = niceTicks(0, total, 5).filter(Number.isInteger);
  redraw(svg, [
    ...ticks.map((step) => shape("text", { x: X(step), y: height - 4, "text-anchor": step === 0 ? "start" : step === total ? "end" : "middle" }, String(step))),
    shape("path", { class: "ahead", d: linePath(null, losses, X, Y) }),
    shape("path", { class: "l-fitted", d: linePath(null, losses.subarray(0, here + 1), X, Y) }),
    shape("path", { class: "here", d: `M${X(here)} 0V${height - PAD.bottom}` }),
    shape("circle", { class: "grip", cx: X(here), cy: Number.isFinite(Y(losses[here])) ? Y(losses[here]) : height / 2, r: 6 }),
  ]);
}

export function stepRail({ model, call, report }) {
  const svg = s("svg", { class: "plot", "aria-hidden": "true" });
  const el = h("div", { class: "step-rail", tabindex: "0", role: "slider", "aria-label": "Step of the fit", "aria-valuemin": "0",
    "data-testid": "step-rail", title: "Drag, or use the arrow keys, to go to a step" }, svg);
  const send = latestStep(call, report);
  let held = null;
  const fit = () => model.get("fit");
  const last = () => (fit()?.losses.length ?? 0) - 1;
  const now = () => held ?? fit()?.shown ?? last();
  function draw() {
    const begun = last() > 0;
    show(el, begun);
    if (!begun || !size.width) return;
    paint(svg, size, fit(), now());
    el.setAttribute("aria-valuemax", String(last()));
    el.setAttribute("aria-valuenow", String(now()));
    el.setAttribute("aria-valuetext", `step ${now()}`);
  }
  function go(step) {
    held = Math.round(clamp(step, 0, last()));
    draw();
    return send(held);
  }
  const at = (event) => {
    const box = el.getBoundingClientRect();
    const share = (event.clientX - box.left - PAD.left) / (box.width - PAD.left - PAD.right);
    return share * totalOf(fit());
  };
  let gesture = null;
  el.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    gesture = newGesture();
    el.setPointerCapture(event.pointerId);
    go(at(event));
  });
  el.addEventListener("pointermove", (event) => gesture && go(at(event)));
  for (const end of ["pointerup", "pointercancel"]) el.addEventListener(end, () => (gesture = null));
  el.addEventListener("keydown", (event) => {
    const end = { Home: 0, End: last() }[event.key];
    if (!(event.key in KEYS) && end === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    go(end ?? now() + KEYS[event.key]);
  });
  const size = followSize(el, draw);
  const stops = [watch(model, ["fit"], () => {
    if (fit()?.shown === held || gesture === null) held = null;
    draw();
  }), size.stop];
  draw();
  return { el, go, destroy: () => stops.forEach((stop) => stop()) };
}
