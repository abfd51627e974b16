// All panels on one screen, linked: patch, controls, response, landscape, fit and player.

import { mountPlayer, playerKey } from "./ab_player/player.js";
import { mountTransport } from "./convergence/transport.js";
import { lineKey } from "./draw/icons.js";
import { fitSettings } from "./explore/fit_settings.js";
import { mountGraphEditor } from "./graph_editor/index.js";
import { panel } from "./host/anywidget.js";
import { mountInspector } from "./inspector/inspector.js";
import { axisChoice, lossChoice } from "./landscape/menus.js";
import { mountLandscape } from "./landscape/view.js";
import { mountHead } from "./panel/head.js";
import { historyButtons } from "./panel/history.js";
import { selection } from "./panel/selection.js";
import { mountWords } from "./panel/words.js";
import { mountResponse, pictureChoice } from "./response/view.js";
import { caller } from "./rpc.js";
import { h, show, watch } from "./ui/dom.js";
import { mountNotices } from "./ui/notices.js";
import { isEditable, prepareRoot } from "./ui/root.js";

/** A block with a heading and what is chosen in it. */
const block = (name, title, ...aside) => {
  const head = h("div", { class: "row block-head" }, h("h3", {}, title), h("span", { class: "grow" }), aside);
  const el = h("section", { class: `block ${name}`, "aria-label": title }, head);
  return el;
};

function frame(choices) {
  const p = { graph: h("div", { class: "graph-place" }), controls: h("div", { class: "controls" }) };
  p.response = block("response-block", "Response", choices.picture.el);
  p.landscape = block("landscape-block", "Loss landscape", choices.losses.el);
  p.landscape.append(choices.axes.el);
  p.left = h("div", { class: "left" }, p.controls, p.response);
  p.right = h("div", { class: "right" }, p.landscape);
  p.body = h("div", { class: "body" }, p.left, p.right);
  p.fit = h("section", { class: "fit-block", "aria-label": "Fit" });
  p.listen = h("section", { class: "listen-block", "aria-label": "Listen" });
  return p;
}

function render({ model, el }) {
  const release = prepareRoot(el, () => placeEditor());
  el.classList.add("gl-panel", "gl-explore");
  el.dataset.scale = model.get("scale") ?? "notebook";
  const call = caller(model);
  const notices = mountNotices({ model, el });
  const { report } = notices;
  const tools = { model, call, report };
  const selected = selection(tools);
  const history = historyButtons(tools);
  const choices = { picture: pictureChoice(tools), losses: lossChoice({ ...tools, narrow: true }), axes: axisChoice(tools) };
  const keys = h("span", { class: "row keys" }, lineKey("source"), lineKey("fitted"), lineKey("target"));
  const head = mountHead({ model, el, aside: h("div", { class: "row" }, keys, history.el) });
  const p = frame(choices);
  el.append(p.graph, p.body, p.fit, p.listen);

  let editor = null;
  /** The patch runs to the right, in a narrow notebook downwards. */
  function placeEditor() {
    editor?.destroy();
    editor = mountGraphEditor({ model, call, el: p.graph, wheelZooms: false, getSelected: selected.get,
      onSelect: selected.choose, orientation: el.dataset.size === "phone" ? "down" : "right" });
  }
  placeEditor();
  const inspector = mountInspector({ model, call, el: p.controls, getSelected: selected.get, onSelect: selected.choose, report });
  const response = mountResponse({ model, el: p.response });
  const landscape = mountLandscape({ model, call, el: p.landscape, report });
  const settings = fitSettings(tools);
  const player = mountPlayer({ model, el: p.listen, report, call });
  const first = { word: "Fit", icon: null, call: { name: "fit", args: settings.read } };
  const transport = mountTransport({ ...tools, el: p.fit, first, extra: settings.el });
  const words = mountWords({ model, el: p.fit, slice: "fit" });

  const whole = () => {
    const comparable = Boolean(model.get("audio")?.target) || Boolean(model.get("landscape"));
    show(p.right, comparable);
    show(p.fit, comparable);
    p.body.classList.toggle("alone", !comparable);
  };
  const press = (event) => {
    if (event.defaultPrevented || isEditable(event.target) || playerKey(event, player)) return;
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || (key !== "z" && key !== "y")) return;
    call(key === "y" || event.shiftKey ? "redo" : "undo").catch(report);
    event.preventDefault();
  };
  el.addEventListener("keydown", press);
  const stops = [
    watch(model, ["selection"], () => (inspector.draw(), editor.select(selected.get()))),
    watch(model, ["audio", "landscape"], whole),
  ];
  whole();
  return () => {
    stops.forEach((stop) => stop());
    el.removeEventListener("keydown", press);
    [words, transport, settings, player, landscape, response, inspector, editor, head, history, ...Object.values(choices)]
      .forEach((part) => part.destroy());
    notices.destroy();
    release();
  };
}

export default panel(render);
