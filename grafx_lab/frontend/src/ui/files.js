// Choosing a file, and handing one to Python.

import { h } from "./dom.js";

/** A button that opens the browser's file chooser. */
export function fileButton({ label, accept, testid, className = "btn", chosen }) {
  const input = h("input", { type: "file", accept, hidden: true, tabindex: "-1", "aria-label": label, "data-testid": testid,
    onchange: () => input.files[0] && chosen(input.files[0]) });
  return [h("button", { class: className, type: "button", onclick: () => input.click() }, label), input];
}

export const isPatchFile = (file) => /\.json$/i.test(file.name);

export const uploadSound = async (call, role, file) => call("upload", { role, name: file.name }, [await file.arrayBuffer()]);

export const loadPatch = async (call, file) => call("load", { text: await file.text() });
