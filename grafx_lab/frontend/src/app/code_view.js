// The patch as Python: Python writes the script, this shows and copies it.

import { h, setText, watch } from "../ui/dom.js";

const COPIED_MS = 1600;

async function copy(text, code) {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied";
  } catch {
    // No clipboard without https: select the text, so that one key copies it.
    getSelection().selectAllChildren(code);
    return "Selected: press Ctrl+C";
  }
}

const line = (text) => h("span", { class: /^\s*#/.test(text) ? "dim" : /^(import|from) /.test(text) ? "mid" : "" }, `${text}\n`);

export function mountCode({ model, call, el, visible, report }) {
  const code = h("code", { tabindex: "0", "data-testid": "script" });
  const button = h("button", { class: "btn", type: "button", "data-testid": "copy", async onclick() {
    setText(button, await copy(code.textContent, code));
    setTimeout(() => setText(button, "Copy"), COPIED_MS);
  } }, "Copy");
  el.append(h("div", { class: "row" }, h("p", { class: "sm mid grow" }, "This Python script rebuilds the patch."), button), h("pre", {}, code));
  let shown = null;
  async function draw() {
    const revision = model.get("patch")?.revision;
    if (!visible() || revision === shown) return;
    shown = revision;
    try {
      const { text } = await call("script");
      if (shown === revision) code.replaceChildren(...text.replace(/\n$/, "").split("\n").map(line));
    } catch (error) {
      shown = null;
      report(error);
    }
  }
  const stop = watch(model, ["patch"], draw);
  return { draw, destroy: stop };
}
