// The header: what this is, what is fitted to what, the views, history, saving, light and dark.

import { h, keepFocus, setText, show, watch } from "../ui/dom.js";
import { iconButton } from "../ui/icon_button.js";
import { inlineEdit } from "../ui/inline_edit.js";
import { openPopover } from "../ui/popover.js";
import { logo } from "../draw/icons.js";
import { isFitting } from "../state.js";
import { openSaveMenu, saveItems } from "./save_menu.js";

const EMPTY = { source: "add a source", target: "add a target" };

function soundButton(role, choose) {
  const button = h("button", { class: `sound c-${role}`, type: "button", "aria-haspopup": "dialog", "aria-expanded": "false",
    "data-testid": `${role}-name`, "data-drop-role": role, onclick: () => choose(role, button) });
  return {
    el: button,
    set(track) {
      setText(button, track?.name ?? EMPTY[role]);
      button.setAttribute("aria-label", track ? `${role}: ${track.name}. Choose another` : `Choose a ${role}`);
    },
  };
}

function viewSwitch(setView) {
  const names = { patch: "Patch", code: "Code" };
  const buttons = Object.entries(names).map(([view, label]) =>
    keepFocus(h("button", { type: "button", "data-testid": `view-${view}`, onclick: () => setView(view) }, label)));
  return {
    el: h("span", { class: "seg only-wide", role: "group", "aria-label": "View" }, buttons),
    mark: (view) => buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(Object.keys(names)[i] === view))),
  };
}

/** On a phone: what has no room in the header. */
function openMoreMenu({ root, anchor, run, setView, model, ...save }) {
  openPopover(root, anchor, "More", (close) => {
    const entry = (label, act, disabled) => h("li", {}, h("button", { class: "item", type: "button", disabled, onclick() {
      close();
      act();
    } }, label));
    const code = root.dataset.view === "code";
    return [
      h("ul", { class: "items" },
        entry("Redo", () => run("redo"), !model.get("patch")?.can_redo),
        entry(code ? "Show the patch" : "Show the Python code", () => setView(code ? "patch" : "code"))),
      ...saveItems({ ...save, close }),
    ];
  });
}

export function mountHeader({ model, call, el, root, theme, choose, setView, report, working }) {
  const run = (name) => call(name).catch(report);
  const title = inlineEdit({ label: "Title of the patch", testid: "title", className: "title",
    commit: (text) => call("edit", { ops: [{ op: "title", title: text }], gesture: null }).catch(report) });
  const sounds = { source: soundButton("source", choose), target: soundButton("target", choose) };
  const between = h("span", { class: "dim sm" });
  const views = viewSwitch(setView);
  const undo = iconButton("undo", "Undo (Ctrl+Z)", "undo", () => run("undo"));
  const redo = iconButton("redo", "Redo (Ctrl+Shift+Z)", "redo", () => run("redo"), { class: "only-wide" });
  const menus = { root, call, report, working };
  const save = h("button", { class: "btn only-wide", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false",
    "data-testid": "save", onclick: () => openSaveMenu({ ...menus, anchor: save }) }, "Save");
  const more = iconButton("more", "More", "more", () => openMoreMenu({ ...menus, anchor: more, run, setView, model }), { class: "only-phone" });
  el.append(
    h("span", { class: "logo" }, logo(), h("span", {}, "grafx_lab")), h("i", { class: "rule only-wide" }),
    h("div", { class: "row grow names" }, title.el,
      h("span", { class: "row sounds only-wide" }, sounds.source.el, between, sounds.target.el)),
    views.el, h("span", { class: "row history" }, undo, redo), save, more,
    iconButton("theme", "Switch light and dark", "theme", theme.toggle));
  function draw() {
    const [patch, audio, fit] = ["patch", "audio", "fit"].map((slice) => model.get(slice));
    title.set(patch?.title ?? "");
    sounds.source.set(audio?.source);
    sounds.target.set(audio?.target);
    const fitted = fit && (fit.step > 0 || isFitting(fit));
    setText(between, fitted ? "fitted to" : "to be fitted to");
    show(between, Boolean(audio?.source && audio.target));
    undo.disabled = !patch?.can_undo;
    redo.disabled = !patch?.can_redo;
    show(title.el, Boolean(patch));
  }
  const stop = watch(model, ["patch", "audio", "fit"], draw);
  draw();
  return { markView: views.mark, destroy: stop };
}
