// Where a fit begins. Python says which starts there are; the first one serves those who do not choose.

import { h, watch } from "../ui/dom.js";

export function startChoice(model) {
  const el = h("select", { class: "sel start", "aria-label": "Start", "data-testid": "start" });
  function fill() {
    const starts = model.get("catalog")?.starts ?? [];
    if (starts.length !== el.length) el.replaceChildren(...starts.map(({ name, label, doc }) => h("option", { value: name, title: doc }, label)));
  }
  const stop = watch(model, ["catalog"], fill);
  fill();
  return { el, read: () => (el.value ? { init: el.value } : {}), destroy: stop };
}
