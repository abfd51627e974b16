// Reading the slices: where `live` belongs to the patch on show, it overrides the patch.

export function liveOf(model) {
  const live = model.get("live");
  const patch = model.get("patch");
  return live && patch && live.revision === patch.revision ? live : null;
}

export const nodeOf = (model, name) => model.get("patch")?.nodes.find((node) => node.name === name) ?? null;

/** A fit that still looks for its start has no steps yet. */
export const isSearching = (fit) => isFitting(fit) && fit.phase === "init";

export const isFitting = (fit) => fit?.status === "running" || fit?.status === "waiting";
