// What floats over the canvas: zoom, legend, sentences.
import { useReactFlow, useStore } from "@xyflow/react";
import { useStored } from "./live_store.js";
import { Icon } from "./marks.js";

const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

export function ZoomBar({ onFit, onArrange, children }) {
  const { zoomIn, zoomOut, zoomTo } = useReactFlow();
  const percent = useStore((state) => Math.round(state.transform[2] * 100));
  return (
    <div className="ge-hud ge-zoom" role="group" aria-label="View">
      <button type="button" aria-label="Zoom out" onClick={() => zoomOut()}>
        −
      </button>
      <button type="button" className="ge-percent" aria-label={`Zoom is ${percent} %, set 100 %`} onClick={() => zoomTo(1)}>
        {percent} %
      </button>
      <button type="button" aria-label="Zoom in" onClick={() => zoomIn()}>
        +
      </button>
      <button type="button" onClick={onFit}>
        Fit view
      </button>
      <button type="button" title="Lay all nodes out automatically" onClick={onArrange}>
        Arrange
      </button>
      {children}
    </div>
  );
}

export function HistoryBar({ patch, undo, redo }) {
  return (
    <div className="ge-hud ge-history" role="group" aria-label="History">
      <button type="button" aria-label="Undo" title="Undo (Ctrl+Z)" disabled={!patch.can_undo} onClick={undo}>
        <Icon name="undo" size={15} />
      </button>
      <button type="button" aria-label="Redo" title="Redo (Shift+Ctrl+Z)" disabled={!patch.can_redo} onClick={redo}>
        <Icon name="redo" size={15} />
      </button>
    </div>
  );
}

export function Legend({ patch, store }) {
  const flowing = useStored(store, store.flowing);
  const steps = patch.render_steps == null ? "" : ` · ${counted(patch.render_steps, "render step")}`;
  return (
    <div className="ge-hud ge-legend">
      <span className="ge-key">
        <svg width="30" height="8" aria-hidden="true">
          <path className="ge-wire" d="M1 4H29" />
        </svg>
        signal
      </span>
      {flowing && (
        <span className="ge-key ge-key-gradient">
          <svg width="30" height="8" aria-hidden="true">
            <path className="ge-gradient" d="M1 4H29" />
          </svg>
          gradient
        </span>
      )}
      <span className="ge-counts">
        {counted(patch.nodes.length, "node")}
        {steps}
      </span>
    </div>
  );
}

/** A rejected edit in Python's words, and below it what the patch itself still lacks. */
export function Messages({ rejection, problems, onDismiss }) {
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return (
    <div className="ge-messages">
      {rejection && (
        <div className="ge-message" role="alert">
          <p>{rejection.text}</p>
          <button type="button" aria-label="Dismiss" onClick={onDismiss}>
            <Icon name="close" size={12} />
          </button>
        </div>
      )}
      <div role="status">
        {problems.length > 0 && (
          <div className="ge-problem">
            {problems[0].message}
            {more}
          </div>
        )}
      </div>
    </div>
  );
}
