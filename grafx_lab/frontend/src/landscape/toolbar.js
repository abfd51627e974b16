// What is done with a landscape: seen from above or aslant, what is drawn on it, a race, and the rest.

import { icon } from "../draw/icons.js";
import { h, keepFocus, show, watch } from "../ui/dom.js";
import { optionsButton } from "./options.js";

const VIEWS = [["map", "Map"], ["relief", "3-D"]];
const LAYERS = [["contours", "Contours"], ["field", "Gradient field"], ["ways", "Ways"], ["basins", "Basins"]];
const HINTS = { contours: "Lines of equal loss", field: "Where descent pushes", ways: "Where fits have gone, thinner where they left this plane",
  basins: "All minima, and what leads to the lowest" };

export function mountToolbar({ model, call, look, el, report, root }) {
  const views = VIEWS.map(([view, label]) => keepFocus(h("button", { type: "button", "data-view": view, onclick: () => look.set("view", view) }, label)));
  const seg = h("span", { class: "seg small", role: "group", "aria-label": "Seen", "data-testid": "views" }, views);
  const chips = LAYERS.map(([name, label]) => keepFocus(h("button", { class: "chip", type: "button", "data-layer": name, title: HINTS[name], onclick() {
    look.set(name, !look.get(name));
    if (name === "basins") call("basins", { wanted: look.get(name) }).catch(report);
  } }, label)));
  const race = keepFocus(h("button", { class: "btn small", type: "button", "data-testid": "race", title: "Optimisers descend from the point",
    onclick: () => call("race").catch(report) }, icon("play"), "Race"));
  const more = optionsButton({ model, call, report, look, root });
  const bar = h("div", { class: "row land-tools" }, seg, h("div", { class: "row chips", role: "group", "aria-label": "Layers" }, chips),
    h("span", { class: "grow" }), race, more.el);
  el.append(bar);
  function draw() {
    const landscape = model.get("landscape");
    const [plane, map] = [landscape?.axes.length === 2, look.get("view") === "map"];
    show(bar, Boolean(landscape));
    show(seg, plane);
    views.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.view === look.get("view"))));
    for (const chip of chips) {
      const name = chip.dataset.layer;
      chip.setAttribute("aria-pressed", String(look.get(name)));
      const fits = { contours: plane && map, field: plane && map, ways: plane && (model.get("paths") ?? []).length > 0 && !model.get("race"), basins: true };
      show(chip, fits[name]);
    }
  }
  const stops = [watch(model, ["landscape", "paths", "race"], draw), look.onChange(draw)];
  // What somebody has asked for before this view was opened is shown.
  if (model.get("basins")) look.set("basins", true);
  const stop = watch(model, ["basins"], () => model.get("basins") && look.set("basins", true));
  draw();
  return {
    destroy() {
      [...stops, stop].forEach((end) => end());
      more.destroy();
      bar.remove();
    },
  };
}
