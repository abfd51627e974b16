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

/** The controls that span the landscape; the second may be none, and then it is a curve. */
export function axisChoice({ model, call, report }) {
  const select = (label, testid) => h("select", { class: "sel", "aria-label": label, "data-testid": testid });
  const [across, up] = [select("Control across", "axis-x"), select("Control upwards", "axis-y")];
  const el = h("div", { class: "row axis-choice" }, across, h("span", { class: "xs dim", "aria-hidden": "true" }, "×"), up);
  let known = "";
  const groups = (choices) => choices.map(({ node, controls }) =>
    h("optgroup", { label: node }, controls.map(({ path, label }) => option(path, `${node}: ${label}`))));
  function choose() {
    const axes = [across.value, up.value].filter((path, i, all) => path !== NONE && all.indexOf(path) === i);
    call("landscape", { axes }).catch(report);
  }
  across.addEventListener("change", choose);
  up.addEventListener("change", choose);
  function draw() {
    const landscape = model.get("landscape");
    if (!landscape) return;
    const key = JSON.stringify(landscape.choices);
    if (key !== known) {
      known = key;
      show(el, landscape.choices.flatMap(({ controls }) => controls).length > 1);
      across.replaceChildren(...groups(landscape.choices));
      up.replaceChildren(option(NONE, "one control only"), ...groups(landscape.choices));
    }
    across.value = landscape.axes[0].path;
    up.value = landscape.axes[1]?.path ?? NONE;
  }
  const stop = watch(model, ["landscape"], draw);
  draw();
  return { el, destroy: stop };
}
