// Choosing a file, handing one to Python, and handing one to the person.

import { h } from "./dom.js";

const KEPT = 60000; // ms that a file stays in the browser for its download to begin

/** A button that opens the browser's file chooser. */
export function fileButton({ label, accept, testid, className = "btn", chosen }) {
  const input = h("input", { type: "file", accept, hidden: true, tabindex: "-1", "aria-label": label, "data-testid": testid,
    onchange: () => input.files[0] && chosen(input.files[0]) });
  return [h("button", { class: className, type: "button", onclick: () => input.click() }, label), input];
}

export const isPatchFile = (file) => /\.json$/i.test(file.name);

export const uploadSound = async (call, role, file) => call("upload", { role, name: file.name }, [await file.arrayBuffer()]);

export const loadPatch = async (call, file) => call("load", { text: await file.text() });

/** Hands a file of the session to the person: `{name, url}`, fetched through the kernel where there is no address. */
export async function saveFile(model, { name, url }) {
  const made = model.readFile ? URL.createObjectURL(new Blob([await model.readFile(url)])) : null;
  h("a", { href: made ?? url, download: name }).click();
  if (made) setTimeout(() => URL.revokeObjectURL(made), KEPT);
}
