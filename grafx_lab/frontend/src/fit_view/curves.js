// The two curves of a fit. Before the first step they say what will be here.

import { h, s, setText, show, watch } from "../ui/dom.js";
import { createStore } from "../host/store.js";
import { followSize } from "../draw/scales.js";
import { isSearching } from "../state.js";
import { drawLoss } from "./loss_plot.js";
import { drawPositions } from "./position_plot.js";

const INVITE = "How the controls move during a fit is drawn here.";
const STILL = "No control has moved by more than 1 % of its slider.";

function panel(title, testid, empty) {
  const note = h("span", { class: "mono dim" });
  const svg = s("svg", { class: "plot", role: "img" });
  const invite = h("p", { class: "sm mid" }, empty);
  const place = h("div", { class: "plot-place", "data-testid": testid }, svg, invite);
  return { cap: h("div", { class: "cap" }, h("span", {}, title), note), place, svg, invite, note, size: null };
}

/** `chosen` is a store whose `run` is the number of the earlier fit that is compared, or null. */
export function mountCurves({ model, el, chosen = createStore({ run: null }) }) {
  const loss = panel("Loss", "loss-plot", "Press Fit, and the loss of every step is drawn here.");
  const controls = panel("Controls, as slider position", "position-plot", INVITE);
  const root = h("div", { class: "crv", "data-testid": "curves" }, loss.cap, loss.place, controls.cap, controls.place);
  el.append(root);
  function fill(part, has, note, paint) {
    part.svg.style.visibility = has ? "" : "hidden";
    show(part.invite, !has);
    setText(part.note, has ? note : "");
    if (!has || !part.size.width) return;
    part.svg.setAttribute("viewBox", `0 0 ${part.size.width} ${part.size.height}`);
    paint(part.svg, part.size);
  }
  function draw() {
    const fit = model.get("fit");
    const begun = Array.from(fit?.losses ?? []).some(Number.isFinite);
    fill(loss, begun, `${fit?.start_text} at start, ${fit?.loss_text} now`, (svg, size) => drawLoss(svg, size, fit, { chosen: chosen.get("run"), pick: (run) => chosen.set("run", run) }));
    setText(controls.invite, begun && !isSearching(fit) ? STILL : INVITE);
    const moved = (fit?.curves ?? []).some((curve) => curve.positions.length > 0);
    fill(controls, moved, "0 to 1", (svg, size) => drawPositions(svg, size, fit));
  }
  for (const part of [loss, controls]) part.size = followSize(part.place, draw);
  const stops = [watch(model, ["fit"], draw), watch(chosen, ["run"], draw), loss.size.stop, controls.size.stop];
  draw();
  return {
    destroy() {
      stops.forEach((stop) => stop());
      root.remove();
    },
  };
}
