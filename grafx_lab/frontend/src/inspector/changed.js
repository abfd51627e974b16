// “What changed”: Python's sentences, with the mark of the family beside each.

import { h, rich, show } from "../ui/dom.js";
import { familyMark } from "../draw/icons.js";

export function changedList() {
  const list = h("ul", { class: "chg" });
  const el = h("div", { class: "sec changed", "data-testid": "changed", hidden: true },
    h("div", { class: "row" }, h("h3", { class: "grow" }, "What changed"), h("span", { class: "xs dim" }, "by the fit")), list);
  let shown = "";
  return {
    el,
    set(changed) {
      show(el, changed.length > 0);
      const key = JSON.stringify(changed);
      if (key === shown) return;
      shown = key;
      list.replaceChildren(...changed.map(({ family, text }) => h("li", {}, familyMark(family), h("span", {}, rich(text)))));
    },
  };
}
