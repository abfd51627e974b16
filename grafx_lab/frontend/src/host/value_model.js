// The model of a view that only shows: its slices are the component's value, its calls are Gradio events.

import { createStore } from "./store.js";
import { unpack } from "./unpack.js";

/** A single step of a fit joins those before it; steps that were not seen leave a gap. */
function joined(before, fit) {
  if (!fit.single) return fit;
  if (fit.step === 0 || !before?.losses.length) return { ...fit, start_text: fit.loss_text };
  const losses = new Float32Array(fit.step + 1).fill(NaN);
  losses.set(before.losses.subarray(0, fit.step));
  losses[fit.step] = fit.loss;
  return { ...fit, losses, start_text: before.start_text };
}

export function valueModel({ props, trigger, watch, root }) {
  const store = createStore();
  const read = () => {
    for (const [slice, packed] of Object.entries(props.value ?? {})) {
      const value = unpack(packed, root);
      store.set(slice, slice === "fit" ? joined(store.get("fit"), value) : value);
    }
  };
  read();
  watch("value", read);
  return {
    ...store,
    ready: async () => {},
    send({ id, call, args }) {
      trigger(call, args);
      store.emit("msg:custom", { id, result: {} });
    },
  };
}
