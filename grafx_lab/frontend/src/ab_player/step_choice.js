// Which step of the fit is heard beside the others. It is rendered for listening; the patch stays as it is.

import { isFitting } from "../state.js";
import { h } from "../ui/dom.js";

export function stepChoice({ model, call, report }) {
  const field = h("input", { class: "num", type: "number", min: "0", value: "0", "aria-label": "Step of the fit to hear",
    "data-testid": "hear-step", onchange: hear, onkeydown: (event) => event.key === "Enter" && hear() });
  const el = h("span", { class: "step-choice" }, field);
  let [last, shown] = [-1, false];
  /** The last step of a fit that is over, or −1: a running fit has the worker. */
  const lastStep = () => {
    const fit = model.get("fit");
    return call && fit && !isFitting(fit) ? (fit.losses?.length ?? 0) - 1 : -1;
  };
  function hear() {
    const step = Math.min(Math.max(0, Math.round(Number(field.value) || 0)), Math.max(0, last));
    field.value = String(step);
    call("hear_step", { step }).catch(report);
  }
  return {
    el,
    /** Its lane stands from the begin of a fit, so that the end moves nothing. */
    available: () => shown,
    /** Shows which step is heard, and says whether there is anything else to choose from than before. */
    changed() {
      const now = lastStep();
      const stands = now >= 0 || Boolean(call && isFitting(model.get("fit")));
      const other = now !== last || stands !== shown;
      [last, shown] = [now, stands];
      field.disabled = last < 0;
      field.max = String(Math.max(0, last));
      const heard = model.get("audio")?.step?.step;
      if (heard != null && document.activeElement !== field) field.value = String(heard);
      return other;
    },
  };
}
