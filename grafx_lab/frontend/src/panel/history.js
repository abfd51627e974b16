// Undo, redo, and two settings to compare: A and B.

import { h, keepFocus, watch } from "../ui/dom.js";
import { iconButton } from "../ui/icon_button.js";

export function historyButtons({ model, call, report }) {
  const run = (name, args) => () => call(name, args).catch(report);
  const [undo, redo] = [iconButton("undo", "Undo", "undo", run("undo")), iconButton("redo", "Redo", "redo", run("redo"))];
  const slots = h("span", { class: "seg small", role: "group", "aria-label": "Settings to compare", "data-testid": "slots" });
  const copy = keepFocus(h("button", { class: "btn ghost copy", type: "button", "data-testid": "copy-slot", onclick: run("copy_slot") }));
  const el = h("span", { class: "row history" }, undo, redo, slots, copy);
  function draw() {
    const patch = model.get("patch");
    undo.disabled = !patch?.can_undo;
    redo.disabled = !patch?.can_redo;
    const state = model.get("snapshots");
    if (!state) return;
    if (slots.children.length !== state.slots.length) {
      slots.replaceChildren(...state.slots.map((slot) => keepFocus(h("button", { type: "button", "data-slot": slot,
        title: `Setting ${slot}`, onclick: run("switch_slot", { slot }) }, slot))));
    }
    for (const each of slots.children) each.setAttribute("aria-pressed", String(each.dataset.slot === state.slot));
    const other = state.slots.find((slot) => slot !== state.slot);
    copy.textContent = `${state.slot} → ${other}`;
    copy.setAttribute("aria-label", `Copy setting ${state.slot} to ${other}`);
    copy.title = `Make ${other} equal to what is set here`;
  }
  const stop = watch(model, ["patch", "snapshots"], draw);
  draw();
  return { el, destroy: stop };
}
