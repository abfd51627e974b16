// Jupyter as a host: anywidget's model is the model. Binary buffers, however deep in a slice, arrive as DataView and
// leave as Float32Array, here and nowhere else; the theme is JupyterLab's.

const floats = (view) => new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

export function unpackBuffers(value) {
  if (value instanceof DataView) return floats(value);
  if (Array.isArray(value)) return value.map(unpackBuffers);
  if (value === null || Object.getPrototypeOf(Object(value)) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpackBuffers(item)]));
}

/** The model with unpacked slices; each is unpacked once, so that equal reads give the same object. */
function readable(model) {
  const seen = new Map();
  return {
    get(key) {
      const packed = model.get(key) ?? null; // slices that a panel does not have
      if (!seen.has(key) || seen.get(key).packed !== packed) seen.set(key, { packed, value: unpackBuffers(packed) });
      return seen.get(key).value;
    },
    set: (key, value) => model.set(key, value),
    save_changes: () => model.save_changes(),
    on: (event, callback) => model.on(event, callback),
    off: (event, callback) => model.off(event, callback),
    send: (message, callbacks, buffers) => model.send(message, callbacks, buffers),
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
  render({ model, el }) {
    const unfollow = followTheme(el);
    const clean = render({ model: readable(model), el });
    return () => {
      clean?.();
      unfollow();
    };
  },
});
