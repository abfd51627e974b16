// The frame: header, palette, canvas, inspector, dock; on a phone one column with tabs.

import { h } from "../ui/dom.js";

const TABS = { patch: "Patch", inspect: "Inspect", listen: "Listen", fit: "Fit", add: "Add" };

function tabBar(choose) {
  const buttons = Object.entries(TABS).map(([tab, label]) =>
    h("button", { type: "button", "data-testid": `tab-${tab}`, onclick: () => choose(tab) }, label));
  const mark = (tab) => buttons.forEach((button, i) => {
    if (Object.keys(TABS)[i] === tab) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  });
  return { el: h("nav", { class: "tabs", "aria-label": "Sections", "data-testid": "tabs" }, buttons), mark };
}

export function buildFrame(el, chooseTab) {
  const part = (tag, name, className, label) => h(tag, { class: className, "data-testid": name, "aria-label": label });
  const frame = {
    header: part("header", "header", "top"),
    palette: part("div", "palette", "pal"),
    canvas: part("main", "canvas", "can", "Patch"),
    inspector: part("aside", "inspector", "ins", "Inspector"),
    dock: part("section", "dock", "dock", "Fit and listen"),
    editor: h("div", { class: "editor-place" }),
    code: part("section", "code", "code", "Python code"),
    tabs: tabBar(chooseTab),
  };
  frame.canvas.append(frame.editor, frame.code);
  el.append(frame.header, frame.palette, frame.canvas, frame.inspector, frame.dock, frame.tabs.el);
  return frame;
}
