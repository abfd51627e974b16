// Jupyter as a host: anywidget's model is the model. Binary buffers, however deep in a slice, arrive as DataView and
// leave as Float32Array, here and nowhere else; the theme is JupyterLab's.

import { caller } from "../rpc.js";
import { isFitting } from "../state.js";

const floats = (view) => new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

export function unpackBuffers(value) {
  if (value instanceof DataView) return floats(value);
  if (Array.isArray(value)) return value.map(unpackBuffers);
  if (value === null || Object.getPrototypeOf(Object(value)) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpackBuffers(item)]));
}

const HEARTBEAT = 20000; // ms; a fit that nobody looks at ends

/** The model with unpacked slices; each is unpacked once, so that equal reads give the same object. */
function readable(model) {
  const seen = new Map();
  const names = new Map(); // a slice is the trait of its name and "_slice": Python has other uses for the bare names
  const traitOf = (key) => {
    if (!names.has(key)) names.set(key, model.get(`${key}_slice`) === undefined ? key : `${key}_slice`);
    return names.get(key);
  };
  const event = (name) => (name.startsWith("change:") ? `change:${traitOf(name.slice(7))}` : name);
  const readonly = {
    get(key) {
      const packed = model.get(traitOf(key)) ?? null; // slices that a panel does not have
      if (!seen.has(key) || seen.get(key).packed !== packed) seen.set(key, { packed, value: unpackBuffers(packed) });
      return seen.get(key).value;
    },
    on: (name, callback) => model.on(event(name), callback),
    off: (name, callback) => model.off(event(name), callback),
    send: (message, callbacks, buffers) => model.send(message, callbacks, buffers),
  };
  const call = caller(readonly);
  return {
    ...readonly,
    /** The bytes of one of the session's files, by the name that a slice has for it. */
    async readFile(name) {
      const { buffers } = await call("file", { name });
      const [{ buffer, byteOffset, byteLength }] = buffers;
      return buffer.slice(byteOffset, byteOffset + byteLength);
    },
    alive: () => call("alive").catch(() => {}),
  };
}

/** Follows JupyterLab's theme; other hosts say theirs by an attribute further up. */
function followTheme(el) {
  const follow = () => {
    const light = document.body.dataset.jpThemeLight;
    if (light !== undefined) el.dataset.theme = light === "true" ? "light" : "dark";
  };
  const observer = new MutationObserver(follow);
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  follow();
  return () => observer.disconnect();
}

/** A panel's `render` as anywidget calls it. */
export const panel = (render) => ({
  render({ model: theirs, el }) {
    const unfollow = followTheme(el);
    const model = readable(theirs);
    const clean = render({ model, el });
    const heart = setInterval(() => isFitting(model.get("fit")) && model.alive(), HEARTBEAT);
    return () => {
      clearInterval(heart);
      clean?.();
      unfollow();
    };
  },
});
