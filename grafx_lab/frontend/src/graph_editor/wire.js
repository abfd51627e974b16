// A wire: the signal runs solid, the gradient returns as purple dots at its side.
import { memo, useCallback, useMemo } from "react";
import { EdgeLabelRenderer } from "@xyflow/react";
import { useEditor } from "./editor_context.js";
import { useStored } from "./live_store.js";
import { Icon } from "./marks.js";

const BESIDE = 6;
const SAMPLES = 22;

function curve(sx, sy, tx, ty, down) {
  const reach = (distance, least) => (distance >= 0 ? Math.max(least, distance * 0.5) : Math.min(220, 60 - distance * 0.4));
  if (down) {
    const pull = reach(ty - sy, 10);
    return [sx, sy, sx, sy + pull, tx, ty - pull, tx, ty];
  }
  const pull = reach(tx - sx, 18);
  return [sx, sy, sx + pull, sy, tx - pull, ty, tx, ty];
}

const pathOf = ([sx, sy, ax, ay, bx, by, tx, ty]) => `M${sx} ${sy}C${ax} ${ay} ${bx} ${by} ${tx} ${ty}`;

function pointAt([sx, sy, ax, ay, bx, by, tx, ty], t) {
  const u = 1 - t;
  const at = (p0, p1, p2, p3) => u ** 3 * p0 + 3 * u * u * t * p1 + 3 * u * t * t * p2 + t ** 3 * p3;
  const slope = (p0, p1, p2, p3) => u * u * (p1 - p0) + 2 * u * t * (p2 - p1) + t * t * (p3 - p2);
  return { x: at(sx, ax, bx, tx), y: at(sy, ay, by, ty), dx: slope(sx, ax, bx, tx), dy: slope(sy, ay, by, ty) };
}

// A true parallel: shifting the whole curve would run it into the wire where the wire is steep.
function besides(points, down) {
  const side = down ? -BESIDE : BESIDE;
  const corners = Array.from({ length: SAMPLES + 1 }, (_, i) => {
    const { x, y, dx, dy } = pointAt(points, i / SAMPLES);
    const length = Math.hypot(dx, dy) || 1;
    return `${(x - (dy / length) * side).toFixed(1)} ${(y + (dx / length) * side).toFixed(1)}`;
  });
  return `M${corners.join("L")}`;
}

function CutButton({ id, points, source, target }) {
  const { cut } = useEditor();
  const { x, y } = pointAt(points, 0.5);
  return (
    <EdgeLabelRenderer>
      <button
        type="button"
        className="ge-cut nodrag nopan"
        style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
        aria-label={`Remove the wire from ${source} to ${target}`}
        title="Remove this wire (Delete)"
        onClick={() => cut([id])}
      >
        <Icon name="close" size={10} />
      </button>
    </EdgeLabelRenderer>
  );
}

/** The level of the signal, on the wire. A loud one is drawn strong. */
function Level({ level, points, down, source, target }) {
  const { x, y } = pointAt(points, 0.5);
  const said = `Level from ${source} to ${target}: ${[level.text, level.peak_text].filter(Boolean).join(", ")}`;
  return (
    <EdgeLabelRenderer>
      <span
        className="ge-level"
        role="img"
        aria-label={said}
        title={said}
        data-testid={`level ${source} ${target}`}
        style={{ transform: `${down ? "translate(12px, -50%)" : "translate(-50%, calc(-100% - 5px))"} translate(${x}px, ${y}px)` }}
      >
        {level.text}
      </span>
    </EdgeLabelRenderer>
  );
}

export const Wire = memo(function Wire({ id, source, target, sourceX, sourceY, targetX, targetY, selected, data }) {
  const { store } = useEditor();
  const flowing = useStored(store, store.flowing);
  const level = useStored(store, useCallback(() => store.level(id), [store, id]));
  const points = useMemo(
    () => curve(sourceX, sourceY, targetX, targetY, data.down),
    [sourceX, sourceY, targetX, targetY, data.down],
  );
  const path = pathOf(points);
  const middle = data.hovered ? pointAt(points, 0.5) : null;
  const classes = ["ge-wire", data.hot && "hot", selected && "selected", data.hovered && "hovered", level && "measured"];
  return (
    <>
      <path className={classes.filter(Boolean).join(" ")} d={path} style={level ? { "--level": level.share } : undefined} />
      {flowing && data.heard && <path className="ge-gradient" d={besides(points, data.down)} />}
      <path className="react-flow__edge-interaction ge-wire-hit" d={path} />
      {middle && <circle className="ge-wire-slot" cx={middle.x} cy={middle.y} r="8" />}
      {level && !selected && <Level level={level} points={points} down={data.down} source={source} target={target} />}
      {selected && <CutButton id={id} points={points} source={source} target={target} />}
    </>
  );
});

export function WireInHand({ fromX, fromY, toX, toY, fromHandle, fromPosition }) {
  const down = fromPosition === "bottom" || fromPosition === "top";
  const backwards = fromHandle?.type === "target";
  const points = backwards ? curve(toX, toY, fromX, fromY, down) : curve(fromX, fromY, toX, toY, down);
  return (
    <g>
      <path className="ge-wire in-hand" d={pathOf(points)} />
      <circle className="ge-wire-end" cx={toX} cy={toY} r="4" />
    </g>
  );
}
