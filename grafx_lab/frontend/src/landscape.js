// The loss over one control: the curve, the point that the hand moves on it, and the same control as a slider.

import { caller } from "./rpc.js";
import { mountCurve } from "./landscape/curve.js";
import { lossSwitch } from "./landscape/loss_switch.js";
import { follower } from "./landscape/follower.js";
import { panel } from "./host/anywidget.js";
import { slider } from "./inspector/slider.js";
import { mountHead } from "./panel/head.js";
import { mountWords } from "./panel/words.js";
import { h, watch } from "./ui/dom.js";
import { mountNotices } from "./ui/notices.js";
import { prepareRoot } from "./ui/root.js";

/** The slider beneath the curve is the inspector's, and stands exactly under it. */
function mountSlider({ model, hand, el }) {
  const made = slider(model.get("control"), hand.edit);
  const root = h("div", { class: "under" }, made.el);
  el.append(root);
  const draw = () => {
    const [control, point] = [model.get("control"), model.get("point")];
    const position = hand.position();
    made.update(control, { position, text: point.text }, point.push);
  };
  const stops = [watch(model, ["control", "point"], draw), hand.onMove(draw)];
  requestAnimationFrame(draw); // the arrow needs the width of the rail
  return { destroy: () => (stops.forEach((stop) => stop()), root.remove()) };
}

function render({ model, el }) {
  const release = prepareRoot(el);
  el.classList.add("gl-panel", "gl-landscape");
  const notices = mountNotices({ model, el });
  const call = caller(model);
  const hand = follower(model, call);
  const losses = lossSwitch({ model, call, report: notices.report });
  const parts = [
    mountHead({ model, el, aside: losses.el }),
    losses,
    mountCurve({ model, hand, el, report: notices.report }),
    mountSlider({ model, hand, el }),
    mountWords({ model, el }),
  ];
  return () => {
    parts.forEach((part) => part.destroy());
    hand.destroy();
    notices.destroy();
    release();
  };
}

export default panel(render);
