// Where a fit begins, and how long it goes on. What it minimises is chosen at the landscape: arrows, surface and fit have one loss.

import { startChoice } from "../fit_view/start_choice.js";
import { h } from "../ui/dom.js";

const DEFAULT_STEPS = 200;
const MAX_STEPS = 100000;

export function fitSettings({ model }) {
  const start = startChoice(model);
  const steps = h("input", { class: "num", type: "number", min: "1", max: String(MAX_STEPS), step: "50", value: String(DEFAULT_STEPS),
    "aria-label": "Steps", "data-testid": "steps" });
  return {
    el: h("span", { class: "row settings" }, start.el, h("label", { class: "row steps" }, steps, h("span", { class: "xs dim" }, "steps"))),
    destroy: start.destroy,
    read: () => ({ ...start.read(), steps: Math.min(MAX_STEPS, Math.max(1, Math.round(Number(steps.value)) || DEFAULT_STEPS)) }),
  };
}
