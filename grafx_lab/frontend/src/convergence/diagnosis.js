// What can be said about a fit that is over, a sentence a finding. Python has computed them.

import { h, rich, setText, show, watch } from "../ui/dom.js";
import { isFitting } from "../state.js";

/** `chosen` is a store whose `run` is the number of an earlier fit that is compared, or null. */
export function mountDiagnosis({ model, el, chosen }) {
  const title = h("summary", { "data-testid": "diagnosis" });
  const list = h("ul");
  const root = h("details", { class: "diagnosis" }, title, list);
  el.append(root);
  let known = "";
  function draw() {
    const fit = model.get("fit");
    const earlier = fit?.runs.find((run) => run.number === chosen.get("run"));
    const findings = earlier?.findings ?? (isFitting(fit) ? [] : fit?.findings) ?? [];
    show(root, findings.length > 0);
    setText(title, `Diagnosis${earlier ? ` of fit ${earlier.number}` : ""}: ${findings.length} finding${findings.length === 1 ? "" : "s"}`);
    const key = JSON.stringify(findings);
    if (key === known) return;
    known = key;
    list.replaceChildren(...findings.map((finding) => h("li", {}, rich(finding))));
  }
  const stops = [watch(model, ["fit"], draw), watch(chosen, ["run"], draw)];
  draw();
  return { destroy: () => (stops.forEach((stop) => stop()), root.remove()) };
}
