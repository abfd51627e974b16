// The node that people look at: a slice of the session, so that all panels look at the same one.

import { nodeOf } from "../state.js";

export function selection({ model, call, report }) {
  const own = (node) => !node.utility;
  return {
    /** The chosen node, else the first processor. */
    get() {
      const chosen = model.get("selection")?.node ?? null;
      if (chosen && nodeOf(model, chosen)) return chosen;
      return model.get("patch")?.nodes.find(own)?.name ?? null;
    },
    choose(name) {
      if (name !== (model.get("selection")?.node ?? null)) call("select", { node: name }).catch(report);
    },
  };
}
