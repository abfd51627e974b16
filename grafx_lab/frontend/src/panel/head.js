// The head of a panel: what it is, of what, and what stands at its right.

import { h, setText, watch } from "../ui/dom.js";

export function mountHead({ model, el, aside }) {
  const title = h("h2");
  const subject = h("p", { class: "xs dim mono" });
  const root = h("header", { class: "row head" }, h("div", { class: "grow" }, title, subject), aside);
  el.append(root);
  el.setAttribute("role", "group");
  const draw = () => {
    const heading = model.get("heading");
    setText(title, heading?.title ?? "");
    setText(subject, heading?.subject ?? "");
    el.setAttribute("aria-label", heading?.title ?? "");
  };
  const stop = watch(model, ["heading"], draw);
  draw();
  return { destroy: () => (stop(), root.remove()) };
}
