// How a landscape is looked at: from above or aslant, what is drawn on it, and how losses become heights and shades.
// Nothing here is known to Python, except that basins are looked for only when somebody wants to see them.

const FIRST = { view: "map", contours: true, field: true, ways: true, basins: false, shades: "log", heights: "linear" };

export function landscapeLook() {
  const state = { ...FIRST };
  const listeners = new Set();
  return {
    get: (name) => state[name],
    set(name, value) {
      if (state[name] === value) return;
      state[name] = value;
      listeners.forEach((listener) => listener(name));
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
