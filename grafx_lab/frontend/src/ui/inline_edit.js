// Text that is edited where it stands: Enter keeps, Escape restores.

import { h } from "./dom.js";

export function inlineEdit({ label, testid, className = "", commit }) {
  let shown = "";
  const input = h("input", { class: `inline ${className}`, "aria-label": label, "data-testid": testid, spellcheck: "false" });
  const size = () => (input.size = Math.max(2, input.value.length)); // where field-sizing is unknown
  const finish = () => {
    const text = input.value.trim();
    if (text && text !== shown) commit(text);
    else input.value = shown;
    size();
  };
  input.addEventListener("input", size);
  input.addEventListener("blur", finish);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") input.value = shown;
    if (event.key === "Enter" || event.key === "Escape") {
      event.preventDefault();
      input.blur();
    }
  });
  return {
    el: input,
    set(text) {
      shown = text;
      if (document.activeElement !== input) input.value = text;
      size();
    },
  };
}
