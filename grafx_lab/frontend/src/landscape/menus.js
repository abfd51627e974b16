// What the landscape is drawn of: its loss, and the one or two controls that span it.

import { h, keepFocus, show, watch } from "../ui/dom.js";

const MOST_BUTTONS = 3;
const NONE = "";

const option = (value, label, selected) => h("option", { value, selected }, label);

function lossButtons(losses, choose) {
  const buttons = losses.map(({ name, label }) => keepFocus(h("button", { type: "button", "data-loss": name,
    onclick: () => choose(name) }, label)));
  return { el: h("div", { class: "seg small", role: "group", "aria-label": "Loss", "data-testid": "losses" }, buttons),
    mark: (name) => buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.loss === name))) };
}

function lossMenu(losses, choose) {
  const select = h("select", { class: "sel", "aria-label": "Loss", "data-testid": "losses",
    onchange: () => choose(select.value) }, losses.map(({ name, label }) => option(name, label)));
  return { el: select, mark: (name) => (select.value = name) };
}

/** Which loss is drawn, where there are several: buttons for a few, a menu for many or where there is no room. */
export function lossChoice({ model, call, report, narrow = false }) {
  const el = h("span", { class: "loss-choice" });
  let [known, made] = ["", null];
  function draw() {
    const landscape = model.get("landscape");
    const losses = landscape?.losses ?? [];
    const key = losses.map(({ name }) => name).join();
    if (key !== known) {
      known = key;
      made = (narrow || losses.length > MOST_BUTTONS ? lossMenu : lossButtons)(losses, (name) => call("loss", { name }).catch(report));
      el.replaceChildren(made.el);
    }
    made?.mark(landscape?.loss);
    show(el, losses.length > 1);
  }
  const stop = watch(model, ["landscape"], draw);
  draw();
  return { el, destroy: stop };
}

const DIRECTIONS = [["principal", "Main directions of the latest fit"], ["random", "Random directions"]];

/** The controls that span the landscape; the second may be none, and then it is a curve. Or directions through all. */
export function axisChoice({ model, call, report }) {
  const select = (label, testid) => h("select", { class: "sel", "aria-label": label, "data-testid": testid });
  const [across, up] = [select("Across", "axis-x"), select("Upwards", "axis-y")];
  const el = h("div", { class: "row axis-choice" }, across, h("span", { class: "xs dim", "aria-hidden": "true" }, "×"), up);
  let known = "";
  const groups = (choices) => choices.map(({ node, controls }) =>
    h("optgroup", { label: node }, controls.map(({ path, label }) => option(path, `${node}: ${label}`))));
  const isDirection = ({ node }) => node === null;
  function choose(event) {
    if (DIRECTIONS.some(([kind]) => kind === across.value)) {
      call("directions", { kind: across.value }).catch((error) => (draw(), report(error)));
      return;
    }
    const second = event.currentTarget === across && model.get("landscape").axes.some(isDirection) ? NONE : up.value;
    const axes = [across.value, second].filter((path, i, all) => path !== NONE && all.indexOf(path) === i);
    call("landscape", { axes }).catch(report);
  }
  across.addEventListener("change", choose);
  up.addEventListener("change", choose);
  /** Directions come in pairs: the second menu only says which. */
  function fill({ choices, axes }) {
    const directed = axes.some(isDirection);
    const kinds = DIRECTIONS.filter(([kind]) => kind === "random" || (model.get("paths") ?? []).length > 0);
    const present = directed ? axes.map(({ path, label }) => option(path, label)) : [];
    across.replaceChildren(...present.slice(0, 1), ...groups(choices), h("optgroup", { label: "all controls at once" }, kinds.map(([kind, label]) => option(kind, label))));
    up.replaceChildren(...present.slice(1), ...(directed ? [] : [option(NONE, "one control only"), ...groups(choices)]));
    up.disabled = directed;
    show(el, directed || choices.flatMap(({ controls }) => controls).length > 1);
  }
  function draw() {
    const landscape = model.get("landscape");
    if (!landscape) return;
    const key = JSON.stringify([landscape.choices, landscape.axes.map(({ path, label }) => [path, label]), (model.get("paths") ?? []).length > 0]);
    if (key !== known) {
      known = key;
      fill(landscape);
    }
    across.value = landscape.axes[0].path;
    up.value = landscape.axes[1]?.path ?? NONE;
  }
  const stop = watch(model, ["landscape", "paths"], draw);
  draw();
  return { el, destroy: stop };
}
