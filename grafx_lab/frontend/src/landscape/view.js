// The landscape as a part of a panel: a curve over one control or a surface over two, whichever Python has drawn.

import { slider } from "../inspector/slider.js";
import { mountWords } from "../panel/words.js";
import { h, show, watch } from "../ui/dom.js";
import { mountCurve } from "./curve.js";
import { follower } from "./follower.js";
import { mountSurface } from "./surface.js";

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

export function mountLandscape({ model, call, el, report }) {
  const hand = follower(model, call);
  const wait = h("p", { class: "sm mid wait" }, "The landscape is being computed.");
  const place = h("div", { class: "land-place" }, wait);
  el.append(place);
  const words = mountWords({ model, el, slice: "point" });
  let [shown, parts] = ["", []];
  function build() {
    const axes = model.get("landscape")?.axes ?? [];
    const key = axes.map((axis) => axis.path).join();
    if (key === shown || !model.get("point")) return;
    shown = key;
    parts.forEach((part) => part.destroy());
    const mounted = { model, hand, el: place, report };
    parts = axes.length === 1 ? [mountCurve(mounted), mountSlider(mounted)] : [mountSurface(mounted)];
    show(wait, false);
  }
  const stop = watch(model, ["landscape", "point"], build);
  build();
  return {
    destroy() {
      stop();
      [...parts, words, hand].forEach((part) => part.destroy());
      place.remove();
    },
  };
}
