// The fit bar: Fit or Stop, what to minimise, how long, and where it stands.

import { h, keepFocus, plain, rich, setText, show, watch } from "../ui/dom.js";
import { icon } from "../draw/icons.js";
import { isFitting, isSearching } from "../state.js";
import { startChoice } from "./start_choice.js";

const DEFAULT_STEPS = 300;
const MAX_STEPS = 100000;
const SPEAK_MS = 5000; // a screen reader hears of progress at most this often

function figure(term, testid, className = "") {
  const value = h("dd", { class: className, "data-testid": testid });
  const row = h("div", { class: term }, h("dt", {}, term), value);
  return { row, set: (...content) => (row.hidden = !content[0]) || value.replaceChildren(...content) };
}

function settings(model) {
  const loss = h("select", { class: "sel", "aria-label": "Loss", "data-testid": "loss" });
  const steps = h("input", { class: "num", type: "number", min: "1", max: String(MAX_STEPS), step: "50",
    value: String(model.get("fit")?.steps || DEFAULT_STEPS), "aria-label": "Steps", "data-testid": "steps" });
  const start = startChoice(model);
  let known = "";
  return {
    el: h("div", { class: "row settings" }, loss, start.el, h("label", { class: "row steps" }, steps, h("span", { class: "xs dim" }, "steps"))),
    fill() {
      const losses = model.get("catalog")?.losses ?? [];
      const key = losses.map(({ name }) => name).join();
      if (key === known) return;
      known = key;
      loss.replaceChildren(...losses.map(({ name, label, doc }) => h("option", { value: name, title: doc }, label)));
    },
    /** What the chosen loss does not hear. */
    about: () => (loss.value ? `${loss.selectedOptions[0].label}. ${loss.selectedOptions[0].title}` : ""),
    disable(off) {
      for (const field of [loss, start.el, steps]) field.disabled = off;
    },
    destroy: start.destroy,
    read: () => ({ loss: loss.value, ...start.read(), steps: Math.min(MAX_STEPS, Math.max(1, Math.round(Number(steps.value)) || DEFAULT_STEPS)) }),
  };
}

/** Says the state politely: a new status at once, progress now and then. */
function speaker() {
  const el = h("p", { class: "vh", role: "status", "aria-live": "polite", "data-testid": "fit-live" });
  let [status, last] = ["", -1e9];
  return {
    el,
    say(fit) {
      const now = performance.now();
      if (fit.status === status && now - last < SPEAK_MS) return;
      const first = status === "";
      [status, last] = [fit.status, now];
      if (first && !isFitting(fit)) return; // nothing has happened yet
      const place = isSearching(fit) ? "Looking for a start" : `Step ${fit.step} of ${fit.steps}`;
      const progress = `${place}, loss ${fit.loss_text}`;
      setText(el, isFitting(fit) ? `${progress}${fit.remaining_text ? `, ${fit.remaining_text} left` : ""}.` : plain(fit.message) || `Fit ${fit.status}. ${progress}.`);
    },
  };
}

function figures() {
  const parts = { step: figure("step", "fit-step"), loss: figure("loss", "fit-loss", "c-fitted"),
    left: figure("left", "fit-left"), elapsed: figure("elapsed", "fit-elapsed") };
  return {
    el: h("dl", {}, Object.values(parts).map((part) => part.row)),
    set(fit) {
      const begun = fit.step > 0 || isFitting(fit);
      const stepping = begun && !isSearching(fit);
      parts.step.set(...(stepping ? [h("b", {}, String(fit.step)), h("span", { class: "dim" }, ` / ${fit.steps}`)] : []));
      parts.loss.set(begun && fit.loss_text);
      parts.left.set(isFitting(fit) && fit.remaining_text);
      parts.elapsed.set(begun && fit.elapsed_text);
    },
  };
}

/** What the bar says of a fit: why it cannot begin, what a search for a start does, or how the last one ended. */
function remark(fit) {
  if (isSearching(fit)) return fit.words ?? "";
  if (isFitting(fit)) return fit.message ?? "";
  if (!fit.ready) return fit.why_not ?? "";
  return fit.message ?? "";
}

export function mountFitBar({ model, call, el, report }) {
  const button = keepFocus(h("button", { class: "btn primary fit-button", type: "button", "data-testid": "fit" }));
  const options = settings(model);
  const numbers = figures();
  const words = h("p", { class: "sm mid words", "data-testid": "fit-words" });
  const kept = h("span", { class: "badge ok", "data-testid": "kept", hidden: true }, "best so far kept");
  const bar = h("b");
  const progress = h("div", { class: "bar", role: "progressbar", "aria-label": "Fit", "aria-valuemin": "0" }, bar);
  const voice = speaker();
  const root = h("div", { class: "fit" }, button, options.el, numbers.el, words, kept, progress, voice.el);
  el.append(root);
  button.addEventListener("click", () => {
    const [name, args] = isFitting(model.get("fit")) ? ["stop", {}] : ["fit", options.read()];
    call(name, args).catch(report);
  });
  let running = null;
  function draw() {
    options.fill();
    const fit = model.get("fit") ?? { status: "idle", step: 0, steps: 0, ready: false };
    if (running !== isFitting(fit)) {
      running = isFitting(fit);
      button.replaceChildren(...(running ? [icon("stop"), "Stop"] : ["Fit"]));
      options.disable(running);
      root.dataset.running = String(running);
    }
    button.disabled = !running && !fit.ready;
    numbers.set(fit);
    const said = remark(fit) || (running ? "" : options.about());
    words.replaceChildren(...rich(said));
    words.classList.toggle("about", !remark(fit)); // where there is room for it
    words.classList.toggle("failed", fit.status === "failed");
    show(words, said !== "");
    show(kept, fit.status === "stopped");
    progress.classList.toggle("searching", isSearching(fit));
    bar.style.transform = `scaleX(${fit.steps ? fit.step / fit.steps : 0})`;
    progress.setAttribute("aria-valuenow", String(fit.step));
    progress.setAttribute("aria-valuemax", String(fit.steps || 1));
    voice.say(fit);
  }
  options.el.addEventListener("change", draw);
  const stop = watch(model, ["fit", "catalog"], draw);
  draw();
  return { destroy: () => (stop(), options.destroy(), root.remove()) };
}
