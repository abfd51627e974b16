// The graph editor for other modules: two mounts that find each other through their model.
import { createRef } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { GraphEditor } from "./canvas.js";
import { hubOf } from "./hub.js";
import { createLiveStore } from "./live_store.js";
import { Palette } from "./palette.js";

// JupyterLab acts on keys pressed inside a panel unless the focused element itself says otherwise.
const keepKeys = (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true");

function mountRoot(el, element) {
  const root = createRoot(el);
  el.addEventListener("focusin", keepKeys);
  flushSync(() => root.render(element));
  return () => {
    el.removeEventListener("focusin", keepKeys);
    root.unmount();
  };
}

/**
 * Mounts the canvas in `el` (which gives it its size). Returns a clean-up function that carries the handle:
 * `select(name or null)`, `fitView()`, `focusPalette()`, `add(type)`, `arrange()`, `destroy()`.
 * `onSelect(name or null)` hears of selections made by hand; `getSelected()` gives the initial one.
 * `orientation`: "right", "down", or nothing to follow the width of `el`.
 * `history`: own undo and redo buttons and keys; `wheelZooms`: false leaves the wheel to the page.
 */
export function mountGraphEditor({
  model, call, el, onSelect, getSelected, orientation, history = false, wheelZooms = true,
}) {
  const store = createLiveStore(model);
  const api = createRef();
  const props = { model, call, host: el, store, onSelect, getSelected, orientation, history, wheelZooms, api };
  const unmount = mountRoot(el, <GraphEditor {...props} />);
  const destroy = () => {
    unmount();
    store.close();
  };
  return Object.assign(destroy, {
    destroy,
    select: (name) => api.current?.select(name),
    fitView: () => api.current?.fitView(),
    focusPalette: () => hubOf(model).palette?.focus(),
    add: (type) => api.current?.add(type),
    arrange: () => api.current?.arrange(),
  });
}

/** Mounts the palette in `el`. Without `onAdd(type)` a click adds to the canvas of the same model. */
export function mountPalette({ model, el, onAdd }) {
  const unmount = mountRoot(el, <Palette model={model} host={el} onAdd={onAdd} />);
  return Object.assign(unmount, { destroy: unmount, focus: () => hubOf(model).palette?.focus() });
}
