// Builders for DOM and SVG. Text is always a text node, so what people type never becomes markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, props, children) {
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value == null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

export const h = (tag, props, ...children) => fill(document.createElement(tag), props, children);
export const s = (tag, props, ...children) => fill(document.createElementNS(SVG, tag), props, children);

/** Sets the text only when it differs, so that a selection or a screen reader is not disturbed. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function show(node, visible) {
  node.hidden = !visible;
}

/** Calls `draw` once after any of the slices changed; returns the way to stop. */
export function watch(model, slices, draw) {
  let due = false;
  let over = false;
  const later = () => {
    if (due) return;
    due = true;
    queueMicrotask(() => {
      due = false;
      if (!over) draw();
    });
  };
  for (const slice of slices) model.on(`change:${slice}`, later);
  return () => {
    over = true;
    for (const slice of slices) model.off(`change:${slice}`, later);
  };
}

/** A pointer click must not leave the focus on a button: the next Space would press it instead of playing. */
export function keepFocus(button) {
  button.addEventListener("mousedown", (event) => event.preventDefault());
  return button;
}

/** Text from Python with `**names**` and `` `numbers` `` as nodes. */
export function rich(text) {
  return (text ?? "").split(/(\*\*[^*]+\*\*|`[^`]+`)/).filter(Boolean).map((part) => {
    if (part.startsWith("**")) return h("b", {}, part.slice(2, -2));
    if (part.startsWith("`")) return h("span", { class: "n" }, part.slice(1, -1));
    return part;
  });
}

export const plain = (text) => (text ?? "").replace(/\*\*|`/g, "");

export const clamp = (x, low = 0, high = 1) => Math.min(high, Math.max(low, x));
