// What is shown on request: the order of rendering, and the level of every signal.
import { useEffect, useId, useRef, useState } from "react";
import { useSlice, useStored } from "./live_store.js";

/** Closes with Escape, with a press outside, and when the focus goes elsewhere. */
function useDismiss(box, button, open, close) {
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event) => !box.current?.contains(event.target) && close();
    const escape = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close();
      button.current?.focus();
    };
    const root = box.current.getRootNode();
    root.addEventListener("pointerdown", outside, true);
    root.addEventListener("focusin", outside);
    box.current.addEventListener("keydown", escape);
    const element = box.current;
    return () => {
      root.removeEventListener("pointerdown", outside, true);
      root.removeEventListener("focusin", outside);
      element.removeEventListener("keydown", escape);
    };
  }, [open, close, box, button]);
}

function Choice({ label, checked, onChange, testid }) {
  return (
    <label className="ge-choice">
      <input type="checkbox" checked={checked} data-testid={testid} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}

export function ShowMenu({ model, store, call, report }) {
  const [open, setOpen] = useState(false);
  const [box, button, id] = [useRef(null), useRef(null), useId()];
  const ordered = useStored(store, store.ordered);
  const levels = useSlice(model, "levels");
  const close = useRef(() => setOpen(false)).current;
  useDismiss(box, button, open, close);
  return (
    <span ref={box} className="ge-show">
      <button ref={button} type="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        Show
      </button>
      {open && (
        <span id={id} className="ge-choices" role="group" aria-label="Show">
          <Choice label="Signal levels" testid="show-levels" checked={levels !== null}
            onChange={(shown) => call("levels", { shown }).catch(report)} />
          <Choice label="Render order" testid="show-order" checked={ordered} onChange={store.showOrder} />
        </span>
      )}
    </span>
  );
}

/** The calls of the renderer in their order; nodes of one type are rendered together. */
export function OrderList({ patch, store }) {
  const ordered = useStored(store, store.ordered);
  if (!ordered || !patch?.render_order?.length) return null;
  return (
    <div className="ge-hud ge-calls" role="region" aria-label="Render order" tabIndex={0}>
      <ol>
        {patch.render_order.map((names, i) => (
          <li key={names.join()}>
            <span className={names.length > 1 ? "ge-call batch" : "ge-call"}>{i + 1}</span>
            <span className="ge-call-names">{names.join(", ")}</span>
            {names.length > 1 && <em>{names.length} in one call</em>}
          </li>
        ))}
      </ol>
    </div>
  );
}
