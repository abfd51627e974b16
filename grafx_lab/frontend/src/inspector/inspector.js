// The selected node: what it is, what it does to the sound, and its controls. Below, what a fit has changed.

import { h, keepFocus, rich, show, watch } from "../ui/dom.js";
import { inlineEdit } from "../ui/inline_edit.js";
import { familyMark, icon } from "../draw/icons.js";
import { xyPlot } from "../draw/xy_plot.js";
import { liveOf, nodeOf } from "../state.js";
import { controlList } from "./controls.js";
import { changedList } from "./changed.js";

const UTILITY = {
  in: "Here the source enters the patch.",
  out: "What arrives here is what you hear as fitted.",
  mix: "Adds up everything that arrives.",
};

/** While this stays the same, the same sliders can go on showing the node. */
const structure = (node) => JSON.stringify([node.name, node.type, node.utility,
  node.groups.map((group) => [group.label, group.controls.map((control) => [control.path, control.label, control.display])])]);

function toggle(label, testid, onclick, ...children) {
  const button = keepFocus(h("button", { class: `btn ghost${children.length ? " icon" : ""}`, type: "button",
    "aria-label": label, title: label, "data-testid": testid, onclick }));
  button.append(...(children.length ? children : [label]));
  return button;
}

function nodeHead(node, { edit, onRename }) {
  const name = inlineEdit({ label: "Name of the node", testid: "node-name", className: "h2", commit: onRename });
  name.set(node.name);
  if (node.utility && node.utility !== "mix") name.el.readOnly = true;
  const own = !node.utility;
  const bypass = own && toggle("Bypass", "bypass", () => edit({ op: "bypass", node: node.name, bypassed: !state.bypassed }));
  const freeze = own && toggle("Freeze the node: the fit leaves it alone", "freeze-node",
    () => edit({ op: "freeze", path: node.name, frozen: !state.frozen }), icon("unlock"));
  const removable = node.utility !== "in" && node.utility !== "out";
  const remove = removable && toggle("Remove the node", "remove-node", () => edit({ op: "remove", nodes: [node.name] }), icon("bin"));
  if (remove) remove.classList.add("only-phone"); // elsewhere the Delete key does it
  let state = node;
  return {
    el: h("div", { class: "row head" }, familyMark(node.family, 34),
      h("div", { class: "grow" }, name.el, h("div", { class: "mono xs dim type", title: node.label }, node.type)),
      bypass, freeze, remove),
    set(next) {
      state = next;
      name.set(next.name);
      bypass && bypass.setAttribute("aria-pressed", String(next.bypassed));
      if (!freeze || freeze.getAttribute("aria-pressed") === String(next.frozen)) return;
      freeze.setAttribute("aria-pressed", String(next.frozen));
      freeze.replaceChildren(icon(next.frozen ? "lock" : "unlock"));
    },
  };
}

function nodeView(node, { call, report, onSelect, doc, group }) {
  const send = (op) => call("edit", { ops: [op], gesture: null });
  const edit = (op) => send(op).catch(report);
  // The selection goes with the name.
  const onRename = (name) => send({ op: "rename", node: node.name, name }).then(() => onSelect(name), report);
  const head = nodeHead(node, { edit, onRename });
  const plot = xyPlot();
  const errors = h("div", { class: "errors" });
  const list = controlList(node, call, group);
  const about = node.utility ? UTILITY[node.utility] : doc;
  const text = h("p", { class: "sm mid about" }, about ?? "");
  const body = h("div", { class: "sec", hidden: node.groups.length === 0 }, list.el);
  return {
    el: h("div", {}, h("div", { class: "sec" }, head.el, errors, plot.el, text), body),
    group: list.group,
    update(next, live, problems) {
      head.set(next);
      plot.set(live?.plots?.[next.name] ?? next.plot);
      show(text, !next.plot && Boolean(about));
      errors.replaceChildren(...problems.map((problem) =>
        h("p", { class: "err-s" }, icon("warn"), h("span", {}, rich(problem.message)))));
      list.update(next, live);
    },
    destroy: plot.destroy,
  };
}

const HELP = "Select a node to see what it does to the sound and to move its controls. " +
  "Numbers can be typed: 12k is 12 kHz.";

export function mountInspector({ model, call, el, getSelected, onSelect, report }) {
  const help = h("div", { class: "sec help" }, h("h2", {}, "Nothing selected"), h("p", { class: "sm mid" }, HELP));
  const place = h("div", { class: "node-view" }, help);
  const changed = changedList();
  el.append(place, changed.el);
  let [view, key] = [null, ""];
  const groups = new Map(); // the band that was open, by node
  function swap(node) {
    if (view) groups.set(view.name, view.group());
    view?.destroy();
    view = null;
    if (!node) return place.replaceChildren(help);
    const doc = model.get("catalog")?.processors.find((processor) => processor.type === node.type)?.doc;
    view = { name: node.name, ...nodeView(node, { call, report, onSelect, doc, group: groups.get(node.name) ?? 0 }) };
    place.replaceChildren(view.el);
  }
  function draw() {
    const node = nodeOf(model, getSelected());
    const nextKey = node ? structure(node) : "";
    if (nextKey !== key) swap(node);
    key = nextKey;
    const problems = (model.get("patch")?.errors ?? []).filter((problem) => problem.nodes.includes(node?.name));
    if (node) view.update(node, liveOf(model), problems);
    changed.set(model.get("fit")?.changed ?? []);
  }
  const stop = watch(model, ["patch", "live", "fit"], draw);
  draw();
  return {
    draw,
    destroy() {
      stop();
      view?.destroy();
      el.replaceChildren();
    },
  };
}
