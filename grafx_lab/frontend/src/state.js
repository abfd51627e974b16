// Reading the slices: where `live` belongs to the patch on show, it overrides the patch.

export function liveOf(model) {
  const live = model.get("live");
  const patch = model.get("patch");
  return live && patch && live.revision === patch.revision ? live : null;
}

export const nodeOf = (model, name) => model.get("patch")?.nodes.find((node) => node.name === name) ?? null;

export const isFitting = (fit) => fit?.status === "running" || fit?.status === "waiting";
