// The state and the events of an anywidget model; `send` is the host's business.

export function createStore(initial = {}) {
  const state = { ...initial };
  const listeners = new Map();
  const emit = (event, ...details) => [...(listeners.get(event) ?? [])].forEach((listener) => listener(...details));
  return {
    get: (key) => state[key] ?? null,
    set(key, value) {
      if (state[key] === value) return;
      state[key] = value;
      emit(`change:${key}`);
    },
    save_changes() {},
    on(event, callback) {
      if (!listeners.has(event)) listeners.set(event, new Set());
      listeners.get(event).add(callback);
    },
    off(event, callback) {
      listeners.get(event)?.delete(callback);
    },
    emit,
  };
}
