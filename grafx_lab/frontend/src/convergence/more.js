// What is needed now and then, behind one button: earlier fits to compare, and films.

import { icon } from "../draw/icons.js";
import { h, watch } from "../ui/dom.js";
import { openPopover } from "../ui/popover.js";
import { runItems } from "./compare.js";
import { filmItems } from "./film.js";

export function moreButton({ model, call, el, report, chosen }) {
  const fill = (close) => {
    const tools = { model, call, report, chosen, close };
    const items = [...runItems(tools), ...filmItems(tools)];
    return items.length ? items : [h("p", { class: "sm dim" }, "A fit that is over can be compared and saved as a film.")];
  };
  const button = h("button", { class: "btn ghost icon", type: "button", "aria-label": "Compare and save", title: "Compare and save",
    "aria-haspopup": "dialog", "aria-expanded": "false", "data-testid": "more", onclick: () => openPopover(el, button, "Compare and save", fill) }, icon("more"));
  // A fit that is no longer kept cannot be compared.
  const stop = watch(model, ["fit"], () => {
    const number = chosen.get("run");
    if (number !== null && !model.get("fit")?.runs.some((run) => run.number === number)) chosen.set("run", null);
  });
  return { el: button, destroy: stop };
}
