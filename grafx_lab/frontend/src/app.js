// The laboratory on one screen. This file only introduces the parts to each other.

import { mountPlayer } from "./ab_player/player.js";
import { mountCode } from "./app/code_view.js";
import { acceptDrops } from "./app/drop.js";
import { mountHeader } from "./app/header.js";
import { listenKeys } from "./app/keys.js";
import { buildFrame } from "./app/layout.js";
import { openSoundMenu } from "./app/sound_menu.js";
import { themeSwitch } from "./app/theme.js";
import { mountCurves } from "./fit_view/curves.js";
import { mountFitBar } from "./fit_view/fit_bar.js";
import { mountGraphEditor, mountPalette } from "./graph_editor/index.js";
import { mountInspector } from "./inspector/inspector.js";
import { caller } from "./rpc.js";
import { nodeOf } from "./state.js";
import { watch } from "./ui/dom.js";
import { mountNotices } from "./ui/notices.js";
import { prepareRoot } from "./ui/root.js";

function render({ model, el }) {
  const call = caller(model);
  el.classList.add("gl-app");
  const releaseRoot = prepareRoot(el, placeEditor);
  const theme = themeSwitch(el);
  const frame = buildFrame(el, setTab);
  let selected = null;
  let editor = null;

  function setTab(tab) {
    el.dataset.tab = tab;
    frame.tabs.mark(tab);
  }
  function setView(view) {
    el.dataset.view = view;
    header.markView(view);
    if (view === "code") setTab("patch");
    code.draw();
  }
  function select(name, byEditor = false) {
    if (name === selected) return;
    selected = name;
    inspector.draw();
    if (!byEditor) editor?.select(name);
  }
  /** The patch runs to the right, on a phone downwards: the editor is built anew when that changes. */
  function placeEditor(size) {
    editor?.destroy();
    editor = mountGraphEditor({ model, call, el: frame.editor, getSelected: () => selected,
      onSelect: (name) => select(name, true), orientation: size === "phone" ? "down" : "right" });
  }

  const notices = mountNotices({ model, el: frame.canvas, onNode: (name) => select(name) });
  const { report } = notices;
  const working = async (promise, role) => {
    el.dataset.busy = role ?? "patch";
    await promise.catch(report);
    delete el.dataset.busy;
  };
  const choose = (role, anchor) => openSoundMenu({ root: el, anchor, role, model, call, working });
  const header = mountHeader({ model, call, el: frame.header, root: el, theme, choose, setView, report, working });
  const code = mountCode({ model, call, el: frame.code, visible: () => el.dataset.view === "code", report });
  const inspector = mountInspector({ model, call, el: frame.inspector, getSelected: () => selected, onSelect: select, report });
  const fitBar = mountFitBar({ model, call, el: frame.dock, report });
  const player = mountPlayer({ model, el: frame.dock, report, choose, call });
  const curves = mountCurves({ model, el: frame.dock });
  const palette = mountPalette({ model, call, el: frame.palette, onAdd(type) {
    setTab("patch"); // on a phone the palette covers the canvas
    editor.add(type);
  } });
  placeEditor(el.dataset.size);
  setTab("patch");
  setView("patch");

  const run = (name) => call(name).catch(report);
  const stops = [
    // What was selected may be gone after an undo, a load or a deletion.
    watch(model, ["patch"], () => selected !== null && !nodeOf(model, selected) && select(null, true)),
    acceptDrops({ el, call, working }),
    listenKeys({ el, player, undo: () => run("undo"), redo: () => run("redo"), findProcessor() {
      setTab("add");
      palette.focus();
    } }),
  ];
  return () => {
    stops.forEach((stop) => stop());
    [editor, palette, curves, player, fitBar, inspector, code, header, notices, theme].forEach((part) => part.destroy());
    releaseRoot();
    el.replaceChildren();
  };
}

export default { render };
