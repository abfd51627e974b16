// Dragging out of the palette with pointer events: the browser's own drag and drop does not exist on touch screens.
import { useEffect, useMemo, useRef, useState } from "react";
import { hubOf } from "./hub.js";
import { FamilyMark } from "./marks.js";

const THRESHOLD = 6;

function Ghost({ at, processor, over }) {
  return (
    <div className="ge-ghost" data-over={over} style={{ left: at.x, top: at.y }} aria-hidden="true">
      <FamilyMark family={processor.family} />
      <span>{processor.type}</span>
    </div>
  );
}

export function usePaletteDrag(model) {
  const [held, setHeld] = useState(null);
  const end = useRef(null);
  const dragged = useRef(false);
  useEffect(() => () => end.current?.(), []);

  const tools = useMemo(() => {
    function start(event, processor) {
      if (event.button !== 0) return;
      end.current?.();
      dragged.current = false;
      const from = { x: event.clientX, y: event.clientY };
      const canvas = () => hubOf(model).canvas;
      const move = ({ clientX: x, clientY: y }) => {
        if (!dragged.current && Math.hypot(x - from.x, y - from.y) < THRESHOLD) return;
        dragged.current = true;
        setHeld({ at: { x, y }, processor, over: canvas()?.over(x, y) ?? false });
      };
      const finish = () => {
        window.removeEventListener("pointermove", move);
        window.removeEventListener("pointerup", up);
        window.removeEventListener("pointercancel", finish);
        window.removeEventListener("keydown", escape, true);
        canvas()?.leave();
        setHeld(null);
        end.current = null;
        // A drag that ends over its own button clicks it next; later clicks are meant again.
        setTimeout(() => (dragged.current = false));
      };
      const up = ({ clientX, clientY }) => {
        const drop = dragged.current;
        finish();
        if (drop) canvas()?.drop(processor.type, clientX, clientY);
      };
      const escape = (keyEvent) => {
        if (keyEvent.key === "Escape") finish();
      };
      end.current = finish;
      window.addEventListener("pointermove", move);
      window.addEventListener("pointerup", up);
      window.addEventListener("pointercancel", finish);
      window.addEventListener("keydown", escape, true);
    }
    return { start, wasClick: () => !dragged.current };
  }, [model]);
  return { ...tools, ghost: held && <Ghost {...held} /> };
}
