// What is rarely changed about a landscape: losses beside it, how losses are shaded, how values lie along the axes.

import { h, keepFocus, watch } from "../ui/dom.js";
import { openPopover } from "../ui/popover.js";
import { icon } from "../draw/icons.js";

const MOST_BESIDE = 3;
const SCALES = [["log", "Logarithmic"], ["linear", "Linear"]];

/** Two or three words of which one holds. */
function choice(label, testid, words, now, choose) {
  const buttons = words.map(([value, word]) => keepFocus(h("button", { type: "button", "data-value": value,
    "aria-pressed": String(value === now), onclick() {
      buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.value === value)));
      choose(value);
    } }, word)));
  return [h("h3", {}, label), h("div", { class: "seg small", role: "group", "aria-label": label, "data-testid": testid }, buttons)];
}

function lossBoxes({ model, call, report }) {
  const { losses, loss } = model.get("landscape");
  const others = losses.filter(({ name }) => name !== loss);
  if (others.length === 0) return [];
  const shown = new Set((model.get("beside") ?? []).map((other) => other.loss));
  const boxes = others.map(({ name, label }) => {
    const box = h("input", { type: "checkbox", "data-loss": name, checked: shown.has(name), onchange() {
      if (box.checked) shown.add(name);
      else shown.delete(name);
      limit();
      call("beside", { losses: [...shown] }).catch(report);
    } });
    return { box, el: h("li", {}, h("label", { class: "item" }, box, label)) };
  });
  const limit = () => boxes.forEach(({ box }) => (box.disabled = !box.checked && shown.size >= MOST_BESIDE));
  limit();
  return [h("h3", {}, "Beside it, on the same grid"), h("ul", { class: "items scroll", "data-testid": "beside-choice" }, boxes.map(({ el }) => el))];
}

function axisScales({ model, call, report }) {
  return model.get("landscape").axes.filter(({ scales }) => scales.length > 1).flatMap(({ path, label, scale }) =>
    choice(`${label}, its axis`, `scale ${path}`, SCALES, scale, (value) => call("axis_scale", { path, scale: value }).catch(report)));
}

function anotherPair({ model, call, report, close }) {
  if (!model.get("landscape").axes.some(({ label }) => label.startsWith("Random"))) return [];
  const seed = Math.floor(Math.random() * 1e6);
  return [h("button", { class: "btn", type: "button", "data-testid": "other-directions", onclick() {
    close();
    call("directions", { kind: "random", seed }).catch(report);
  } }, "Other random directions")];
}

export function optionsButton({ model, call, report, look, root }) {
  const button = keepFocus(h("button", { class: "btn ghost icon", type: "button", "aria-label": "More about this landscape", title: "More",
    "aria-haspopup": "dialog", "aria-expanded": "false", "data-testid": "landscape-more", onclick() {
      const flat = model.get("landscape").axes.length === 1;
      const kind = flat ? "heights" : "shades";
      openPopover(root, button, "More about this landscape", (close) => [
        ...choice(flat ? "Loss upwards" : "Colours and heights", "loss-scale", SCALES, look.get(kind), (value) => look.set(kind, value)),
        ...axisScales({ model, call, report }), ...anotherPair({ model, call, report, close }), ...lossBoxes({ model, call, report })]);
    } }, icon("more")));
  const draw = () => (button.disabled = !model.get("landscape"));
  const stop = watch(model, ["landscape"], draw);
  draw();
  return { el: button, destroy: stop };
}
