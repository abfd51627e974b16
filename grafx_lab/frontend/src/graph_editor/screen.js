// The tiny picture on a node, drawn from Python's numbers (0 to 1 both ways, y up). No axis, no label, no guess.
import { memo } from "react";

const WIDTH = 134;
const STROKES = 44;
const PAD = 3;

const finite = (value) => (Number.isFinite(value) ? value : 0);

function scaler(height) {
  return (y) => height - PAD - finite(y) * (height - 2 * PAD);
}

function polyline(values, up) {
  const last = Math.max(1, values.length - 1);
  return "M" + Array.from(values, (y, i) => `${((i / last) * WIDTH).toFixed(1)} ${up(y).toFixed(1)}`).join("L");
}

function Curve({ screen, height }) {
  const up = scaler(height);
  const line = polyline(screen.y, up);
  const hasZero = screen.zero != null;
  const base = hasZero ? up(screen.zero) : height;
  // A transfer through the origin (zero and diagonal) reads as a cross with a line; an area would only blur it.
  const transfer = hasZero && screen.diagonal;
  return (
    <>
      {hasZero && <path className="ge-s-rule" d={`M0 ${base}H${WIDTH}`} />}
      {transfer && <path className="ge-s-rule" d={`M${WIDTH / 2} 0V${height}`} />}
      {screen.diagonal && !transfer && <path className="ge-s-diagonal" d={`M0 ${up(0)}L${WIDTH} ${up(1)}`} />}
      {!transfer && <path className="ge-s-area" d={`${line}L${WIDTH} ${base}L0 ${base}Z`} />}
      <path className="ge-s-line" d={line} />
      {screen.dot && <circle className="ge-s-dot" cx={screen.dot[0] * WIDTH} cy={up(screen.dot[1])} r="3" />}
    </>
  );
}

// The loudest value of each stretch: a single echo survives the thinning.
function thin(values) {
  const count = Math.min(STROKES, values.length);
  return Array.from({ length: count }, (_, i) => {
    const part = values.slice(Math.floor((i * values.length) / count), Math.floor(((i + 1) * values.length) / count));
    return Math.max(0, ...Array.from(part, finite));
  });
}

function Decay({ screen, height }) {
  const middle = height / 2;
  const levels = thin(screen.y);
  const step = (WIDTH - 10) / Math.max(1, levels.length - 1);
  const sounding = levels.filter((level) => level > 0.015).length;
  // Separate echoes are not an envelope: they stand thick and alone, without a line that would join them.
  const dense = sounding > levels.length * 0.5;
  const strokes = levels
    .map((level, i) => [5 + i * step, level * (middle - PAD), level])
    .filter(([, , level]) => level > 0.015)
    .map(([x, half]) => `M${x.toFixed(1)} ${(middle - half).toFixed(1)}V${(middle + half).toFixed(1)}`);
  const envelope = levels.map((level, i) => `${(5 + i * step).toFixed(1)} ${(middle - level * (middle - PAD)).toFixed(1)}`);
  return (
    <>
      <path className={dense ? "ge-s-strokes" : "ge-s-echoes"} d={strokes.join("")} />
      {dense && <path className="ge-s-envelope" d={`M${envelope.join("L")}`} />}
    </>
  );
}

function Bars({ screen, height }) {
  const labels = screen.labels ?? [];
  const left = 8 + 6 * Math.max(0, ...labels.map((label) => Math.min(4, label.length))) + (labels.length ? 4 : 0);
  const room = WIDTH - left - 8;
  const pitch = Math.min(14, (height - 8) / screen.y.length);
  const thick = Math.max(2, pitch * 0.5);
  const top = height / 2 - (pitch * screen.y.length) / 2 + (pitch - thick) / 2;
  const marked = screen.mark == null ? null : left + finite(screen.mark) * room;
  return (
    <>
      {Array.from(screen.y, (value, i) => (
        <g key={i}>
          {labels[i] && pitch >= 9 && (
            <text className="ge-s-label" x="6" y={top + i * pitch + thick / 2 + 3.2}>
              {labels[i].slice(0, 4)}
            </text>
          )}
          <rect className="ge-s-track" x={left} y={top + i * pitch} width={room} height={thick} rx="2" />
          <rect className="ge-s-bar" x={left} y={top + i * pitch} width={Math.max(0, finite(value)) * room} height={thick} rx="2" />
        </g>
      ))}
      {marked != null && <path className="ge-s-mark" d={`M${marked} ${top - 4}V${top + pitch * screen.y.length}`} />}
    </>
  );
}

const KINDS = { curve: Curve, decay: Decay, bars: Bars };

export const Screen = memo(function Screen({ screen, height = 44 }) {
  const Kind = KINDS[screen?.kind];
  if (!Kind || !screen.y?.length) return null;
  return (
    <div className="ge-screen" data-kind={screen.kind}>
      <svg viewBox={`0 0 ${WIDTH} ${height}`} aria-hidden="true">
        <Kind screen={screen} height={height} />
      </svg>
    </div>
  );
});

function sameNumbers(a, b) {
  if (a === b) return true;
  if (!a || !b || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function sameScreen(a, b) {
  if (a === b) return true;
  if (!a || !b) return false;
  return (
    a.kind === b.kind && a.zero === b.zero && a.diagonal === b.diagonal && a.mark === b.mark &&
    sameNumbers(a.y, b.y) && sameNumbers(a.dot, b.dot) && sameNumbers(a.labels, b.labels)
  );
}
