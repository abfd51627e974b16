// Sentences for people: what Python reports in `notice`, and calls it refused. Shown until dismissed.

import { h, rich, watch } from "./dom.js";
import { icon } from "../draw/icons.js";

const MOST = 3;

/** `onNode(name)` makes the names of the nodes concerned clickable. */
export function mountNotices({ model, el, onNode }) {
  const list = h("div", { class: "notices", "data-testid": "notices" });
  el.append(list);
  function say({ kind, message, nodes = [] }) {
    const text = h("span", { class: "grow" }, rich(message));
    // The same sentence twice says nothing new: the newer one stays.
    for (const old of [...list.children]) if (old.querySelector(".grow").textContent === text.textContent) old.remove();
    const item = h("div", { class: `err-s ${kind}`, role: kind === "error" ? "alert" : "status" },
      icon(kind === "error" ? "warn" : "info"), text,
      onNode ? nodes.map((name) => h("button", { class: "btn", type: "button", onclick: () => onNode(name) }, `Show ${name}`)) : [],
      h("button", { class: "btn ghost icon", type: "button", "aria-label": "Dismiss", onclick: () => item.remove() }, icon("close")));
    list.append(item);
    while (list.children.length > MOST) list.firstChild.remove();
  }
  const read = () => model.get("notice") && say(model.get("notice"));
  const stop = watch(model, ["notice"], read);
  read();
  return {
    say,
    report: (error) => say({ kind: "error", message: error.message, nodes: error.nodes }),
    destroy() {
      stop();
      list.remove();
    },
  };
}
