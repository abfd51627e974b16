// The controls of one node: unlabelled groups are always there, labelled ones are alternatives behind a switch.

import { h, keepFocus } from "../ui/dom.js";
import { descentArrow } from "../draw/icons.js";
import { slider } from "./slider.js";

const MAX_SEGMENTS_CHARS = 34;

/** “Band 1, Band 2, High shelf” reads as heading “Band” over “1, 2, High shelf”. */
function shorten(labels) {
  const numbered = labels.map((label) => /^(.+) (\d+)$/.exec(label));
  const word = numbered.find(Boolean)?.[1];
  if (!word || numbered.some((match) => match && match[1] !== word)) return { heading: "Show", short: labels };
  return { heading: word, short: labels.map((label, i) => numbered[i]?.[2] ?? label) };
}

function segments(heading, labels, short, chosen, choose) {
  const buttons = labels.map((label, i) => keepFocus(h("button", { type: "button", "aria-label": label,
    "aria-pressed": String(i === chosen), onclick: () => choose(i) }, short[i])));
  const mark = (i) => buttons.forEach((button, k) => button.setAttribute("aria-pressed", String(k === i)));
  return { el: h("span", { class: "seg small", role: "group", "aria-label": heading }, buttons), mark };
}

function menu(labels, chosen, choose) {
  const select = h("select", { class: "sel", "aria-label": "Group of controls", onchange: () => choose(select.selectedIndex) },
    labels.map((label, i) => h("option", { selected: i === chosen }, label)));
  return { el: select, mark: () => {} };
}

/** The switch between labelled groups; `choose(index)` shows one. */
function groupSwitch(labels, chosen, choose) {
  const { heading, short } = shorten(labels);
  const long = short.join("").length + 3 * short.length > MAX_SEGMENTS_CHARS;
  const widget = long ? menu(labels, chosen, choose) : segments(heading, labels, short, chosen, choose);
  return { el: h("div", { class: "row groups" }, h("h3", { class: "grow" }, heading), widget.el), mark: widget.mark };
}

export function controlList(node, call, startGroup = 0) {
  const sliders = new Map();
  const block = (group) => h("div", {}, group.controls.map((control) => {
    const made = slider(control, call);
    sliders.set(control.path, made);
    return made.el;
  }));
  const labelled = node.groups.filter((group) => group.label != null);
  const blocks = labelled.map(block);
  const plain = node.groups.filter((group) => group.label == null).map(block);
  let chosen = Math.min(startGroup, Math.max(0, labelled.length - 1));
  const choose = (index) => {
    chosen = index;
    blocks.forEach((el, i) => (el.hidden = i !== index));
    pick?.mark(index);
    for (const made of sliders.values()) made.draw();
  };
  const pick = labelled.length > 1 ? groupSwitch(labelled.map((group) => group.label), chosen, choose) : null;
  blocks.forEach((el, i) => (el.hidden = i !== chosen));
  const push = h("span", { class: "row push" }, descentArrow(), "where descent pushes");
  const hints = h("div", { class: "hints" }, push, h("span", {}, "double-click resets"));
  return {
    el: h("div", {}, pick?.el, blocks, plain, sliders.size > 0 && hints),
    group: () => chosen,
    update(next, live) {
      const controls = next.groups.flatMap((group) => group.controls);
      for (const control of controls) {
        sliders.get(control.path)?.update(control, live?.controls?.[control.path], live?.gradients?.[control.path]);
      }
      push.hidden = !controls.some((control) => live?.gradients?.[control.path]);
    },
  };
}
