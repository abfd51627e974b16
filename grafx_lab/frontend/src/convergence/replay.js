// Replay: the steps of a fit that is over, one after the other, at a chosen speed.

import { icon } from "../draw/icons.js";
import { h, keepFocus, show, watch } from "../ui/dom.js";
import { isFitting } from "../state.js";

const SPEEDS = [5, 15, 40, 120]; // steps a second
const FRAMES = 15; // steps shown a second; what is faster skips some

/** `go(step)` shows a step and resolves when it is in place. */
export function replay({ model, go }) {
  const play = keepFocus(h("button", { class: "btn ghost icon", type: "button", "data-testid": "replay", onclick: toggle }));
  const speed = h("select", { class: "sel small", "aria-label": "Speed of the replay", "data-testid": "speed" },
    SPEEDS.map((rate) => h("option", { value: String(rate), selected: rate === 40 }, `${rate} steps/s`)));
  const el = h("span", { class: "row replay" }, play, speed);
  let [timer, began, from] = [0, 0, 0];
  const last = () => (model.get("fit")?.losses.length ?? 0) - 1;
  function label() {
    play.replaceChildren(icon(timer ? "pause" : "play"));
    play.setAttribute("aria-label", timer ? "Pause the replay" : "Replay the steps");
    play.title = play.getAttribute("aria-label");
  }
  function halt() {
    clearTimeout(timer);
    timer = 0;
    label();
  }
  async function tick() {
    const step = Math.min(last(), from + Math.floor(((performance.now() - began) / 1000) * Number(speed.value)));
    await go(step);
    if (!timer) return;
    if (step >= last()) halt();
    else timer = setTimeout(tick, 1000 / FRAMES);
  }
  function toggle() {
    if (timer) return halt();
    const shown = model.get("fit")?.shown ?? last();
    [began, from] = [performance.now(), shown >= last() ? 0 : shown];
    timer = setTimeout(tick, 0);
    label();
  }
  speed.addEventListener("change", () => ([began, from] = [performance.now(), model.get("fit")?.shown ?? 0]));
  function draw() {
    const fit = model.get("fit");
    show(el, !isFitting(fit) && last() > 0);
    if (timer && isFitting(fit)) halt();
  }
  const stop = watch(model, ["fit"], draw);
  label();
  draw();
  return { el, destroy: () => (stop(), halt()) };
}
