// Taking out what the target does not need, seen as it happens: one button, and how far it is.

import { icon } from "../draw/icons.js";
import { h, setText, show, watch } from "../ui/dom.js";
import { isFitting } from "../state.js";

const SETTINGS = { steps: 100, prune: 0.1 };

export function pruneButton({ model, call, report }) {
  const press = () => (isFitting(model.get("fit")) ? call("stop") : call("fit", SETTINGS)).catch(report);
  const button = h("button", { class: "btn", type: "button", "data-testid": "prune", onclick: press });
  const place = h("output", { class: "mono sm dim", "data-testid": "fit-place" });
  const el = h("span", { class: "row" }, place, button);
  let word = "";
  function draw() {
    const fit = model.get("fit");
    const running = isFitting(fit);
    show(el, running || Boolean(fit?.ready));
    setText(place, running ? `step ${fit.step} of ${fit.steps}, loss ${fit.loss_text || "…"}` : "");
    const next = running ? "Stop" : "Fit and prune";
    if (next === word) return;
    word = next;
    button.replaceChildren(...(running ? [icon("stop"), word] : [word]));
    button.title = running ? "Stop and keep the best so far" : `${SETTINGS.steps} steps, then every processor is taken out without which the loss rises by at most ${100 * SETTINGS.prune} %`;
  }
  const stop = watch(model, ["fit"], draw);
  draw();
  return { el, destroy: stop };
}
