// An earlier fit beside the latest: how it went, what it came to, and its patch to be taken up.

import { icon } from "../draw/icons.js";
import { h, rich, show, watch } from "../ui/dom.js";
import { isFitting } from "../state.js";

const earlier = (model, chosen) => model.get("fit")?.runs.find((run) => run.number === chosen.get("run")) ?? null;

/** The earlier fits as items of a menu. */
export function runItems({ model, chosen, close }) {
  const pick = (number) => {
    chosen.set("run", number);
    close();
  };
  const item = (number, settings, best) => h("li", {}, h("button", { class: "item", type: "button", "data-run": String(number ?? ""),
    "aria-pressed": String(chosen.get("run") === number), onclick: () => pick(number) },
    h("span", { class: "grow" }, number === null ? "The latest alone" : `Fit ${number}`, h("small", {}, settings)), best && h("span", { class: "n" }, best)));
  const fit = model.get("fit");
  const runs = fit?.runs ?? [];
  if (!runs.length) return [];
  return [h("h3", {}, "Compare with an earlier fit"), h("ul", { class: "items", "data-testid": "runs" },
    [...runs].reverse().map((run) => item(run.number, run.settings, run.best_text)), item(null, fit.settings))];
}

/** The strip that says how the chosen fit went. */
export function mountCompared({ model, call, el, report, chosen }) {
  const words = h("p", { class: "sm mid grow" });
  const take = h("button", { class: "btn", type: "button", "data-testid": "take-run", onclick: () => {
    const run = earlier(model, chosen);
    call("show_step", { step: run.best_step, run: run.number }).catch(report);
  } });
  const close = h("button", { class: "btn ghost icon", type: "button", "aria-label": "Compare no longer", title: "Compare no longer",
    onclick: () => chosen.set("run", null) }, icon("close"));
  const root = h("div", { class: "row strip", role: "status", "data-testid": "compared" }, words, take, close);
  el.append(root);
  function draw() {
    const [fit, run] = [model.get("fit"), earlier(model, chosen)];
    show(root, run !== null);
    if (run === null) return;
    const now = isFitting(fit) ? "The running fit" : "The latest";
    words.replaceChildren(...rich(`**Fit ${run.number}**: ${run.settings}; best \`${run.best_text}\`. ${now}: ${fit.settings}; best \`${fit.best_text}\`.`));
    const there = fit.shown_run === run.number;
    take.textContent = there ? `Fit ${run.number} is in place` : `Take fit ${run.number}`;
    take.disabled = there;
  }
  const stops = [watch(model, ["fit"], draw), watch(chosen, ["run"], draw)];
  draw();
  return { destroy: () => (stops.forEach((stop) => stop()), root.remove()) };
}
