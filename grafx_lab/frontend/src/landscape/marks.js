// What stands on a surface over two controls: the gradient field, ways of fits, target, minimum, and the point.

import { s } from "../ui/dom.js";

const FIELD = 11; // pixels of half the longest arrow of the field
const PUSH = [14, 62]; // pixels of the point's own arrow, from the weakest push to the strongest
const WAYS = [
  { color: "var(--opt-1)", dash: "" },
  { color: "var(--opt-2)", dash: "7 4" },
  { color: "var(--opt-3)", dash: "2 3" },
];

const n = (x) => x.toFixed(1);
const head = (x, y, angle, size) =>
  `M${n(x - size * Math.cos(angle - 0.5))} ${n(y - size * Math.sin(angle - 0.5))}L${n(x)} ${n(y)}` +
  `L${n(x - size * Math.cos(angle + 0.5))} ${n(y - size * Math.sin(angle + 0.5))}`;

/** Arrows where descent pushes, with a dark casing so that they read on every shade. */
export function fieldArrows({ places, arrows }, X, Y) {
  let d = "";
  for (let k = 0; k < places.length; k += 2) {
    const [x, y] = [X(places[k]), Y(places[k + 1])];
    const [dx, dy] = [arrows[k], -arrows[k + 1]];
    const length = Math.hypot(dx, dy);
    if (!(length > 0.02)) continue;
    const half = FIELD * Math.max(0.45, length);
    const [u, v] = [(dx / length) * half, (dy / length) * half];
    d += `M${n(x - u)} ${n(y - v)}L${n(x + u)} ${n(y + v)}${head(x + u, y + v, Math.atan2(v, u), 5)}`;
  }
  return [s("path", { class: "field casing", d }), s("path", { class: "field", "data-testid": "field", d })];
}

function wayLine(positions, X, Y) {
  let d = "";
  for (let k = 0; k < positions.length; k += 2) d += `${k ? "L" : "M"}${n(X(positions[k]))} ${n(Y(positions[k + 1]))}`;
  return d;
}

/** The ways of fits, the newest white; a square where each began. */
export function ways(paths, X, Y) {
  const newest = paths.length - 1;
  return paths.flatMap(({ positions, label }, i) => {
    const { color, dash } = WAYS[Math.min(WAYS.length - 1, newest - i)];
    const d = wayLine(positions, X, Y);
    const [x, y] = [X(positions[0]), Y(positions[1])];
    return [
      s("path", { class: "way casing", d }),
      s("path", { class: "way", "data-testid": "way", d, stroke: color, "stroke-dasharray": dash }, s("title", {}, label)),
      s("rect", { x: x - 4.5, y: y - 4.5, width: 9, height: 9, fill: color, stroke: "#0b0d10", "stroke-width": 1.5 }),
    ];
  });
}

export function targetMark([tx, ty], X, Y) {
  if (tx == null || ty == null) return [];
  const [x, y] = [X(tx), Y(ty)];
  const cross = `M${n(x - 13)} ${n(y)}H${n(x + 13)}M${n(x)} ${n(y - 13)}V${n(y + 13)}`;
  return [s("g", { "data-testid": "target" }, s("title", {}, "target"),
    s("circle", { class: "casing", cx: x, cy: y, r: 8.5 }), s("path", { class: "casing", d: cross }),
    s("circle", { class: "aim", cx: x, cy: y, r: 8.5 }), s("path", { class: "aim", d: cross }))];
}

export function minimumMark({ positions, text }, X, Y) {
  const [x, y] = [X(positions[0]), Y(positions[1])];
  return [s("path", { class: "lowest", "data-testid": "minimum", d: `M${n(x)} ${n(y + 5)}l-6 -10h12z` },
    s("title", {}, `lowest of the grid: ${text}`))];
}

/** The draggable point with its cross-hair, the arrow of its own descent, and its loss. */
export function pointMark(positions, point, measured, X, Y, width, height) {
  const [x, y] = [X(positions[0]), Y(positions[1])];
  const parts = [s("path", { class: "hair", d: `M${n(x)} 0V${height}M0 ${n(y)}H${width}` })];
  const [u, v] = measured && point.push ? [point.push[0], -point.push[1]] : [0, 0];
  const strength = Math.hypot(u, v);
  if (strength > 1e-3) {
    const length = PUSH[0] + (PUSH[1] - PUSH[0]) * Math.min(1, strength ** 0.5);
    const [ax, ay] = [x + (u / strength) * length, y + (v / strength) * length];
    const d = `M${n(x)} ${n(y)}L${n(ax)} ${n(ay)}${head(ax, ay, Math.atan2(v, u), 9)}`;
    parts.push(s("path", { class: "downhill casing", d }), s("path", { class: "downhill", "data-testid": "push", d }));
  }
  parts.push(s("circle", { class: "you", "data-testid": "point", cx: x, cy: y, r: 9 }), s("circle", { class: "you-in", cx: x, cy: y, r: 6 }));
  if (!measured || !point.loss_text) return parts;
  const tag = `loss ${point.loss_text}`;
  const wide = 16 + tag.length * 7.3;
  const left = x + 16 + wide > width ? x - 16 - wide : x + 16;
  const top = y < 40 ? y + 12 : y - 32;
  parts.push(s("rect", { class: "tag", x: left, y: top, width: wide, height: 20, rx: 4 }),
    s("text", { class: "tag-text", x: left + wide / 2, y: top + 14, "text-anchor": "middle" }, tag));
  return parts;
}
