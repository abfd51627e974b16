// Fit, pause, play, step, stop; the loss as a rail on which any step is taken up; replay at a chosen speed; hear the step.

import { icon } from "../draw/icons.js";
import { h, setText, show, watch } from "../ui/dom.js";
import { isFitting, isSearching } from "../state.js";
import { replay } from "./replay.js";
import { stepRail } from "./step_rail.js";

/** What the main button would do now: its word, its call and its icon. */
function offer(fit, first) {
  if (!isFitting(fit)) return fit?.losses?.length > 1 && first.again ? { word: "Fit again", call: first.again, icon: "play" } : first;
  return fit.playing ? { word: "Pause", call: { name: "pause" }, icon: "pause" } : { word: "Play", call: { name: "play" }, icon: "play" };
}

function button(testid, word, name, onclick) {
  return h("button", { class: "btn", type: "button", "data-testid": testid, onclick }, name && icon(name), word);
}

/**
 * `first` is what the main button offers while no fit runs: `{word, call, icon, again}`; `extra` is chosen for it, and stands
 * left of the place;
 * `hear` is an element at the right.
 */
export function mountTransport({ model, call, el, report, first, extra, hear }) {
  const run = ({ name, args }) => call(name, args?.()).catch(report);
  const main = h("button", { class: "btn primary main", type: "button", "data-testid": "main", onclick: () => run(offered.call) });
  const step = button("step", "Step", null, () => run({ name: "step" }));
  const stop = button("stop", "Stop", "stop", () => run({ name: "stop" }));
  const place = h("output", { class: "mono sm", "data-testid": "fit-step" });
  const bar = h("b");
  const progress = h("div", { class: "bar", role: "progressbar", "aria-label": "Fit", "aria-valuemin": "0" }, bar);
  const rail = stepRail({ model, call, report });
  const again = replay({ model, go: rail.go });
  const root = h("footer", { class: "transport-bar" },
    h("div", { class: "row transport" }, main, step, stop, extra, h("span", { class: "grow" }), again.el, place, hear),
    rail.el, progress);
  el.append(root);
  let offered = {};
  function draw() {
    const fit = model.get("fit");
    const now = offer(fit, first);
    if (offered.word !== now.word) main.replaceChildren(now.icon ? icon(now.icon) : "", now.word);
    offered = now;
    const over = !isFitting(fit);
    main.disabled = over && now === first && fit?.ready === false;
    main.title = main.disabled ? fit.why_not : "";
    step.disabled = over;
    stop.disabled = over;
    const shown = over ? fit?.shown : fit.step;
    show(extra, now === first);
    if (isSearching(fit)) setText(place, "finding a start");
    else setText(place, shown == null ? `${fit?.steps || 0} steps` : `step ${shown} of ${fit.steps}`);
    show(place, Boolean(fit?.steps));
    const longest = `step ${fit?.steps ?? 0} of ${fit?.steps ?? 0}`;
    place.style.minWidth = `${longest.length}ch`; // what stands beside it stays in its place
    place.dataset.held = String(Boolean(fit?.held));
    bar.style.transform = `scaleX(${(fit?.step ?? 0) / (fit?.steps || 1)})`;
    show(progress, !over);
    progress.classList.toggle("searching", isSearching(fit));
    progress.setAttribute("aria-valuenow", String(fit?.step ?? 0));
    progress.setAttribute("aria-valuemax", String(fit?.steps || 1));
  }
  const unwatch = watch(model, ["fit"], draw);
  draw();
  return {
    destroy() {
      unwatch();
      rail.destroy();
      again.destroy();
      root.remove();
    },
  };
}
