// Play, pause, step, stop, and how far the fit is.

import { h, setText, watch } from "../ui/dom.js";
import { icon } from "../draw/icons.js";
import { isFitting } from "../state.js";

/** What the main button would do now: its word, its call and its icon. */
function offer(fit, transport) {
  if (!isFitting(fit)) return { word: "Fit again", name: "play" };
  return transport?.playing ? { word: "Pause", name: "pause" } : { word: "Play", name: "play" };
}

export function mountTransport({ model, call, el, report }) {
  const press = (name) => () => call(name).catch(report);
  const main = h("button", { class: "btn primary main", type: "button", "data-testid": "main" });
  const step = h("button", { class: "btn", type: "button", "data-testid": "step", onclick: press("step") }, "Step");
  const stop = h("button", { class: "btn", type: "button", "data-testid": "stop", onclick: press("stop") }, icon("stop"), "Stop");
  const place = h("output", { class: "mono sm", "data-testid": "fit-step" });
  const bar = h("b");
  const progress = h("div", { class: "bar", role: "progressbar", "aria-label": "Fit", "aria-valuemin": "0" }, bar);
  const root = h("footer", { class: "row transport" }, main, step, stop, progress, place);
  el.append(root);
  let offered = {};
  main.addEventListener("click", () => press(offered.name)());
  function draw() {
    const fit = model.get("fit");
    const now = offer(fit, model.get("transport"));
    if (offered.word !== now.word) main.replaceChildren(icon(now.name), now.word);
    offered = now;
    const over = !isFitting(fit);
    step.disabled = over;
    stop.disabled = over;
    setText(place, `step ${fit?.step ?? 0} of ${fit?.steps ?? 0}`);
    bar.style.width = `${(100 * (fit?.step ?? 0)) / (fit?.steps || 1)}%`;
    progress.setAttribute("aria-valuenow", String(fit?.step ?? 0));
    progress.setAttribute("aria-valuemax", String(fit?.steps || 1));
  }
  const unwatch = watch(model, ["fit", "transport"], draw);
  draw();
  return { destroy: () => (unwatch(), root.remove()) };
}
