// What a node shows and how it changes ten times a second, kept outside React's tree: an update re-renders only
// the nodes whose picture, readouts or share changed, never the graph.
import { useEffect, useState, useSyncExternalStore } from "react";
import { sameScreen } from "./screen.js";

function sameEntry(a, b) {
  return a && a.share === b.share && a.readouts[0] === b.readouts[0] && a.readouts[1] === b.readouts[1] &&
    sameScreen(a.screen, b.screen);
}

function readEntries(patch, live, previous) {
  const entries = new Map();
  for (const { name, readouts, screen } of patch?.nodes ?? []) {
    const entry = {
      readouts: live?.readouts?.[name] ?? readouts ?? [],
      screen: live?.screens?.[name] ?? screen ?? null,
      share: live?.shares?.[name] ?? null,
    };
    const old = previous.get(name);
    entries.set(name, sameEntry(old, entry) ? old : entry);
  }
  return entries;
}

export function createLiveStore(model) {
  const listeners = new Set();
  let entries = new Map();
  let flowing = false;
  let renaming = null;
  const notify = () => listeners.forEach((listener) => listener());

  function refresh() {
    const patch = model.get("patch");
    const latest = model.get("live");
    const live = latest && patch && latest.revision === patch.revision ? latest : null;
    entries = readEntries(patch, live, entries);
    flowing = model.get("fit")?.status === "running" || Object.keys(live?.gradients ?? {}).length > 0;
    notify();
  }

  const events = ["change:patch", "change:live", "change:fit"];
  events.forEach((event) => model.on(event, refresh));
  refresh();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    entry: (name) => entries.get(name) ?? null,
    flowing: () => flowing,
    renaming: () => renaming,
    rename(name) {
      renaming = name;
      notify();
    },
    close: () => events.forEach((event) => model.off(event, refresh)),
  };
}

export const useStored = (store, read) => useSyncExternalStore(store.subscribe, read);

export function useSlice(model, key) {
  const [value, setValue] = useState(() => model.get(key) ?? null);
  useEffect(() => {
    const update = () => setValue(model.get(key) ?? null);
    model.on(`change:${key}`, update);
    update();
    return () => model.off(`change:${key}`, update);
  }, [model, key]);
  return value;
}
