// A button that shows an icon alone: its name is its label and its tip.

import { icon } from "../draw/icons.js";
import { h, keepFocus } from "./dom.js";

/** `props` are further attributes; a `class` among them stands beside the button's own. */
export const iconButton = (name, label, testid, onclick, { class: extra = "", ...props } = {}) =>
  keepFocus(h("button", { class: `btn ghost icon ${extra}`.trim(), type: "button", "aria-label": label, title: label,
    "data-testid": testid, onclick, ...props }, icon(name)));
