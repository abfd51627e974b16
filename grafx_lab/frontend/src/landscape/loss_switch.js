// Which loss is drawn, where there are several.

import { h, keepFocus, show, watch } from "../ui/dom.js";

export function lossSwitch({ model, call, report }) {
  const root = h("div", { class: "seg", role: "group", "aria-label": "Loss", "data-testid": "losses" });
  let known = "";
  function draw() {
    const losses = model.get("losses") ?? [];
    const chosen = model.get("surface")?.loss;
    const key = losses.map(({ name }) => name).join();
    if (key !== known) {
      known = key;
      root.replaceChildren(...losses.map(({ name, label }) => keepFocus(h("button",
        { type: "button", "data-loss": name, onclick: () => call("loss", { name }).catch(report) }, label))));
    }
    for (const button of root.children) button.setAttribute("aria-pressed", String(button.dataset.loss === chosen));
    show(root, losses.length > 1);
  }
  const stop = watch(model, ["losses", "surface"], draw);
  draw();
  return { el: root, destroy: stop };
}
