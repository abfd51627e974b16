// What of the sound is laid over the target: its waveform or its spectrum.

import { h, keepFocus, watch } from "../ui/dom.js";

const KINDS = ["waveform", "spectrum"];

export function signalChoice({ model, call, report }) {
  const choose = (kind) => call("response", { kind }).catch(report);
  const el = h("span", { class: "seg small", role: "group", "aria-label": "Signal", "data-testid": "signal-choice" });
  function draw() {
    const response = model.get("response");
    const kinds = (response?.kinds ?? []).filter(({ name }) => KINDS.includes(name));
    if (el.children.length !== kinds.length) {
      el.replaceChildren(...kinds.map(({ name, label }) => keepFocus(h("button", { type: "button", "data-kind": name,
        onclick: () => choose(name) }, label))));
    }
    for (const each of el.children) each.setAttribute("aria-pressed", String(each.dataset.kind === response.kind));
  }
  const stop = watch(model, ["response"], draw);
  draw();
  return { el, destroy: stop };
}
