// The landscape as a part of a panel: a curve over one axis or a surface over two, whichever Python has drawn, and beside
// it those of other losses.

import { slider } from "../inspector/slider.js";
import { mountWords } from "../panel/words.js";
import { h, show, watch } from "../ui/dom.js";
import { raceAim } from "./aim.js";
import { mountCurve } from "./curve.js";
import { facesOf } from "./faces.js";
import { follower } from "./follower.js";
import { landscapeLook } from "./look.js";
import { mountRace } from "./race.js";
import { raceClock } from "./race_clock.js";
import { mountRelief } from "./relief.js";
import { mountSurface } from "./surface.js";
import { mountToolbar } from "./toolbar.js";

/** What the slider beneath a curve shows: the axis, which may be a part of the control's own range. */
const controlOf = (axis, point) => ({ ...axis, display: "slider", frozen: null, position: point.positions[0], text: point.texts[0] });

/** The slider beneath the curve is the inspector's, and stands exactly under it. */
function mountSlider({ model, hand, el }) {
  const axis = () => model.get("landscape").axes[0];
  const made = slider(controlOf(axis(), model.get("point")), hand.walk);
  const root = h("div", { class: "under" }, made.el);
  el.append(root);
  const draw = () => {
    const point = model.get("point");
    if (point.positions.length !== 1) return;
    const position = hand.positions()[0];
    made.update(controlOf(axis(), point), { position, text: point.texts[0] }, point.push?.[0] ?? 0);
  };
  const stops = [watch(model, ["landscape", "point"], draw), hand.onMove(draw)];
  requestAnimationFrame(draw); // the arrow needs the width of the rail
  return { destroy: () => (stops.forEach((stop) => stop()), root.remove()) };
}

/** One landscape with what its loss is called, where there are several. */
function mountFace({ tools, name, several, flat }) {
  const { model, look, faces, el } = tools;
  const title = several ? h("h3", { class: "face-title" }, faces.face(name)?.loss_label) : null;
  const box = h("div", { class: "face", "data-testid": "face" }, title);
  el.append(box);
  const mount = flat ? mountCurve : look.get("view") === "relief" ? mountRelief : mountSurface;
  const parts = [mount({ ...tools, el: box, name })];
  if (flat && name === null && !several) parts.push(mountSlider({ model, hand: tools.hand, el: box }));
  return { focus: parts[0].focus, destroy: () => (parts.forEach((part) => part.destroy()), box.remove()) };
}

/** Words that are there while basins are on show. */
function basinWords({ model, look, el }) {
  const place = h("div", { hidden: true });
  el.append(place);
  const words = mountWords({ model, el: place, slice: "basins", testid: "basin-words" });
  const draw = () => show(place, look.get("basins") && Boolean(model.get("basins")?.words));
  const stops = [look.onChange(draw), watch(model, ["basins"], draw)];
  draw();
  return { destroy: () => (stops.forEach((stop) => stop()), words.destroy(), place.remove()) };
}

export function mountLandscape({ model, call, el, report }) {
  const [hand, look, clock, aim, faces] = [follower(model, call), landscapeLook(), raceClock(model), raceAim({ call, report }), facesOf(model)];
  const wait = h("p", { class: "sm mid wait" }, "The landscape is being computed.");
  const grid = h("div", { class: "faces" });
  const place = h("div", { class: "land-place" }, wait, grid);
  el.append(place);
  const toolbar = mountToolbar({ model, call, look, el: place, report, root: el.closest(".gl") });
  const race = mountRace({ model, call, clock, el: place, report,
    aimed: () => look.get("view") === "map" || model.get("landscape")?.axes.length === 1,
    onAim() {
      aim.move(hand.positions());
      shown[0]?.focus();
    } });
  const words = mountWords({ model, el, slice: "point" });
  const basins = basinWords({ model, look, el });
  let [key, shown] = ["", []];
  function build() {
    const landscape = model.get("landscape");
    const names = faces.names();
    const wanted = JSON.stringify([landscape?.axes.map((axis) => axis.path), names, look.get("view"), landscape?.loss]);
    if (wanted === key || !landscape || !model.get("point")) return;
    key = wanted;
    shown.forEach((part) => part.destroy());
    aim.cancel();
    const tools = { model, hand, look, clock, aim, faces, el: grid, report };
    grid.dataset.count = names.length;
    shown = names.map((name) => mountFace({ tools, name, several: names.length > 1, flat: landscape.axes.length === 1 }));
    show(wait, false);
    race.draw();
  }
  const stops = [watch(model, ["landscape", "point", "beside"], build), look.onChange(build)];
  build();
  return {
    destroy() {
      stops.forEach((stop) => stop());
      [...shown, race, toolbar, words, basins, hand, clock].forEach((part) => part.destroy());
      place.remove();
    },
  };
}
