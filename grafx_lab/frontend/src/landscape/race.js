// A race on show: who runs, how the losses fall, and in the end who has arrived, in words.

import { icon } from "../draw/icons.js";
import { linePath, logTicks, niceTicks, onResize, scale, tickText } from "../draw/scales.js";
import { h, keepFocus, rich, s, setText, show, watch } from "../ui/dom.js";
import { laneOf, racerShape } from "./racers.js";

const PAD = { left: 44, right: 12, top: 10, bottom: 18 };
const STATES = { arrived: ["there", "ok"], elsewhere: ["elsewhere", "warn"], outside: ["outside", "warn"], moving: ["not there yet", ""] };

function key(number) {
  const { color, dash } = laneOf(number);
  return h("span", { class: "lane-key" }, s("svg", { width: 26, height: 16, viewBox: "0 0 26 16", "aria-hidden": "true" },
    s("path", { d: "M1 8H25", stroke: color, "stroke-width": 2.25, "stroke-dasharray": dash }), racerShape(number, 13, 8, 5)));
}

/** What is known of a racer when the clock is at a step: nothing that lies in its future. */
function stateOf({ arrived, state, losses }, step, over) {
  if (arrived !== null && step >= arrived) return ["arrived", `there at ${arrived}`];
  if (over || (step >= losses.length - 1 && state !== "moving" && state !== "arrived")) return [state, STATES[state][0]];
  return ["moving", "on its way"];
}

function row(racer, number, step, over) {
  const [state, text] = stateOf(racer, step, over);
  return h("li", { class: "row racer-row", "data-testid": `racer ${racer.name}`, "data-state": state }, key(number), h("b", { class: "sm grow" }, racer.label),
    h("span", { class: "mono sm" }, racer.texts[Math.min(step, racer.texts.length - 1)]), h("span", { class: `badge ${STATES[state][1]}` }, text));
}

function drawLosses(svg, race, step) {
  const [width, height] = [svg.clientWidth, svg.clientHeight];
  if (!width) return;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const finite = race.racers.flatMap(({ losses }) => Array.from(losses)).filter(Number.isFinite);
  const high = Math.max(...finite);
  const least = Math.max(Math.min(...finite), high * 1e-4);
  const kind = high > 0 ? "log" : "linear";
  const range = kind === "log" ? [least / 1.2, high * 1.2] : [Math.min(...finite), high];
  const X = scale("linear", [0, race.steps], [PAD.left, width - PAD.right]);
  const Y = scale(kind, range, [height - PAD.bottom, PAD.top]);
  const floor = (loss) => Y(Math.max(loss, range[0]));
  const levels = (kind === "log" ? logTicks(...range) : niceTicks(...range, 3)).filter((_, i, all) => all.length < 6 || i % 2 === 0);
  svg.replaceChildren(
    ...levels.flatMap((loss) => [s("path", { class: "grid", d: `M${PAD.left} ${Math.round(Y(loss)) + 0.5}H${width - PAD.right}` }),
      s("text", { x: PAD.left - 5, y: Y(loss) + 4, "text-anchor": "end" }, loss < 0.001 ? tickText(loss.toExponential(0)) : tickText(loss))]),
    ...niceTicks(0, race.steps, 4).map((x) => s("text", { x: X(x), y: height - 3, "text-anchor": "middle" }, tickText(x))),
    ...race.racers.flatMap(({ losses }, number) => {
      const { color, dash } = laneOf(number);
      const shown = losses.subarray(0, step + 1);
      return [s("path", { class: "loss-line", d: linePath(null, shown, X, floor), stroke: color, "stroke-dasharray": dash }),
        racerShape(number, X(shown.length - 1), floor(shown.at(-1)), 4.5)];
    }));
}

/** `aimed()` says whether a start can be dropped in the picture on show; `onAim` begins it. */
export function mountRace({ model, call, clock, el, report, aimed, onAim }) {
  const run = (name, args) => () => call(name, args).catch(report);
  const button = (label, testid, onclick, mark) => keepFocus(h("button", { class: `btn ghost small${mark ? " icon" : ""}`, type: "button", onclick,
    "data-testid": testid, ...(mark ? { "aria-label": label, title: label } : {}) }, mark ? icon(mark) : label));
  const place = h("span", { class: "xs dim mono", "data-testid": "race-step" });
  const elsewhere = button("Start elsewhere", "race-aim", onAim);
  const replay = button("Replay", "race-replay", clock.replay);
  const lanes = h("ul", { class: "racers", "data-testid": "racers" });
  const svg = s("svg", { class: "plot night", role: "img" });
  const words = h("p", { class: "sm mid words", "data-testid": "race-words", "aria-live": "polite" });
  const root = h("section", { class: "race", "aria-label": "Race", "data-testid": "race-strip", hidden: true },
    h("div", { class: "row race-head" }, h("h3", {}, "Race"), place, h("span", { class: "grow" }), elsewhere, replay,
      button("End the race", "race-end", run("end_race"), "close")),
    h("div", { class: "race-body" }, lanes, svg), words);
  el.append(root);
  function draw() {
    const race = model.get("race");
    show(root, Boolean(race?.racers.length));
    if (root.hidden) return;
    const [step, over] = [clock.step(), clock.over()];
    setText(place, `step ${step} of ${race.steps}`);
    show(elsewhere, aimed());
    show(replay, over);
    lanes.replaceChildren(...race.racers.map((racer, number) => row(racer, number, step, over)));
    svg.setAttribute("aria-label", `Loss by step: ${race.racers.map(({ label, texts }) => `${label} from ${texts[0]} to ${texts.at(-1)}`).join(", ")}`);
    drawLosses(svg, race, step);
    const said = over ? race.words : "";
    if (words.dataset.said !== said) {
      words.dataset.said = said;
      words.replaceChildren(...rich(said));
    }
  }
  const stops = [clock.onTick(draw), watch(model, ["race"], draw), onResize(svg, draw)];
  draw();
  return {
    draw,
    destroy() {
      stops.forEach((stop) => stop());
      root.remove();
    },
  };
}
