// The nodes of the patch as a switch: which one is looked at.

import { familyMark } from "../draw/icons.js";
import { h, keepFocus, watch } from "../ui/dom.js";

export function mountNodeTabs({ model, el, chosen, choose }) {
  const root = h("div", { class: "node-tabs", role: "group", "aria-label": "Nodes", "data-testid": "node-tabs" });
  el.append(root);
  let known = "";
  function draw() {
    const nodes = (model.get("patch")?.nodes ?? []).filter((node) => !node.utility);
    const key = JSON.stringify(nodes.map((node) => [node.name, node.family]));
    if (key !== known) {
      known = key;
      root.replaceChildren(...nodes.map((node) => keepFocus(h("button", { type: "button", class: "node-tab", title: node.label,
        "data-node": node.name, onclick: () => choose(node.name) }, familyMark(node.family, 18), h("span", {}, node.name)))));
    }
    nodes.forEach((node, i) => {
      const tab = root.children[i];
      tab.setAttribute("aria-pressed", String(node.name === chosen()));
      tab.classList.toggle("bypassed", node.bypassed);
    });
  }
  const stop = watch(model, ["patch", "selection"], draw);
  draw();
  return { destroy: () => (stop(), root.remove()) };
}
