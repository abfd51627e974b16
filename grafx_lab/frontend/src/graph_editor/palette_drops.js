// The canvas as a place to drop processors: on the ground, or on a wire to stand in it.
import { useCallback, useEffect } from "react";
import { hubOf } from "./hub.js";

const isInside = (element, x, y) => element?.contains(document.elementFromPoint(x, y)) ?? false;

function wireUnder(surface, x, y) {
  const hit = document.elementsFromPoint(x, y).find((element) => element.classList.contains("ge-wire-hit"));
  return hit && surface.contains(hit) ? hit.closest(".react-flow__edge").dataset.id : null;
}

/** Registers the canvas for palettes of the same model; returns `add(type)` for a plain click. */
export function usePaletteDrops({ model, surface, flow, now, actions, setHovered }) {
  const add = useCallback(
    (type) => {
      if (!now().patch) return null;
      const box = surface.current.getBoundingClientRect();
      const middle = flow.screenToFlowPosition({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
      const processor = now().catalog?.processors.find((candidate) => candidate.type === type);
      return actions.addSomewhere(type, processor, middle);
    },
    [surface, flow, now, actions],
  );

  useEffect(() => {
    const hub = hubOf(model);
    const canvas = {
      add,
      over(x, y) {
        const inside = isInside(surface.current, x, y);
        setHovered(inside ? wireUnder(surface.current, x, y) : null);
        return inside;
      },
      leave: () => setHovered(null),
      drop(type, x, y) {
        setHovered(null);
        if (!now().patch || !isInside(surface.current, x, y)) return;
        const wire = wireUnder(surface.current, x, y);
        if (wire) actions.addOnWire(type, wire);
        else actions.addAt(type, flow.screenToFlowPosition({ x, y }));
      },
    };
    hub.canvas = canvas;
    return () => {
      if (hub.canvas === canvas) hub.canvas = null;
    };
  }, [model, add, surface, flow, now, actions, setHovered]);
  return add;
}
