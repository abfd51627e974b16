// What a node shows and how it changes ten times a second, kept outside React's tree: an update re-renders only
// the nodes whose picture, readouts or share changed, never the graph.
import { useEffect, useState, useSyncExternalStore } from "react";
import { edgeId } from "./flow.js";
import { sameScreen } from "./screen.js";

function sameEntry(a, b) {
  return a && a.share === b.share && a.wet === b.wet && a.without === b.without && a.readouts[0] === b.readouts[0] && a.readouts[1] === b.readouts[1] &&
    sameScreen(a.screen, b.screen);
}

/** The loss that a fit had when it took a node out; only while the node is still drawn. */
function withoutNode(name, bypassed, live, fit) {
  if (bypassed || !live?.bypassed?.includes(name)) return null;
  return fit?.pruned?.find((entry) => entry.node === name)?.loss_text ?? null;
}

function readEntries(patch, live, fit, previous) {
  const entries = new Map();
  for (const { name, readouts, screen, bypassed } of patch?.nodes ?? []) {
    const entry = {
      readouts: live?.readouts?.[name] ?? readouts ?? [],
      screen: live?.screens?.[name] ?? screen ?? null,
      share: live?.shares?.[name] ?? null,
      wet: live?.wet?.[name] ?? null,
      without: withoutNode(name, bypassed, live, fit),
    };
    const old = previous.get(name);
    entries.set(name, sameEntry(old, entry) ? old : entry);
  }
  return entries;
}

/** Which call of the renderer each node belongs to, and with whom: `{number, together}` by name. */
function readOrder(patch) {
  const calls = patch?.render_order ?? [];
  return new Map(calls.flatMap((names, i) => names.map((name) => [name, { number: i + 1, together: names.filter((other) => other !== name) }])));
}

const readLevels = (levels) => new Map((levels?.wires ?? []).map((wire) => [edgeId(wire), wire]));

export function createLiveStore(model) {
  const listeners = new Set();
  let [order, levels] = [null, new Map()];
  let entries = new Map();
  let flowing = false;
  let renaming = null;
  const notify = () => listeners.forEach((listener) => listener());

  function refresh() {
    const patch = model.get("patch");
    const latest = model.get("live");
    const live = latest && patch && latest.revision === patch.revision ? latest : null;
    entries = readEntries(patch, live, model.get("fit"), entries);
    if (order) order = readOrder(patch);
    flowing = model.get("fit")?.status === "running" || Object.keys(live?.gradients ?? {}).length > 0;
    notify();
  }

  function hear() {
    levels = readLevels(model.get("levels"));
    notify();
  }

  model.on("change:levels", hear);
  hear();
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
    level: (id) => levels.get(id) ?? null,
    measured: () => levels.size > 0,
    call: (name) => order?.get(name) ?? null,
    ordered: () => order !== null,
    showOrder(on) {
      order = on ? readOrder(model.get("patch")) : null;
      notify();
    },
    close() {
      events.forEach((event) => model.off(event, refresh));
      model.off("change:levels", hear);
    },
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
