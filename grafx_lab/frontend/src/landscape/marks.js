// What stands on a landscape over two axes: the gradient field, ways of fits, target, minima, and the point. `at(x, y)`
// is where a place lies in the picture, with a third entry that is true where the ground hides it.

import { s } from "../ui/dom.js";

const FIELD = 11; // pixels of half the longest arrow of the field
const PUSH = [14, 62]; // pixels of the point's own arrow, from the weakest push to the strongest
const OFF = [0.05, 0.25]; // slider lengths off the plane from which a way is drawn thinner, and thinnest
export const INKS = [
  { color: "var(--opt-1)", dash: "" },
  { color: "var(--opt-2)", dash: "7 4" },
  { color: "var(--opt-3)", dash: "2 3" },
];

const n = (x) => x.toFixed(1);
const head = (x, y, angle, size) =>
  `M${n(x - size * Math.cos(angle - 0.5))} ${n(y - size * Math.sin(angle - 0.5))}L${n(x)} ${n(y)}` +
  `L${n(x - size * Math.cos(angle + 0.5))} ${n(y - size * Math.sin(angle + 0.5))}`;

/** Arrows where descent pushes, with a dark casing so that they read on every shade. */
export function fieldArrows({ places, arrows }, at) {
  let d = "";
  for (let k = 0; k < places.length; k += 2) {
    const [x, y] = at(places[k], places[k + 1]);
    const [dx, dy] = [arrows[k], -arrows[k + 1]];
    const length = Math.hypot(dx, dy);
    if (!(length > 0.02)) continue;
    const half = FIELD * Math.max(0.45, length);
    const [u, v] = [(dx / length) * half, (dy / length) * half];
    d += `M${n(x - u)} ${n(y - v)}L${n(x + u)} ${n(y + v)}${head(x + u, y + v, Math.atan2(v, u), 5)}`;
  }
  return [s("path", { class: "field casing", d }), s("path", { class: "field", "data-testid": "field", d })];
}

/** A way as lines: thinner the farther off the plane, faint behind the ground. `ink` is `{color, dash}`. */
export function wayLines(positions, off, at, { color, dash }, { testid, title, count = positions.length / 2 }) {
  const pieces = new Map();
  let last = null;
  for (let k = 0; k < count; k++) {
    const [x, y, hidden] = at(positions[2 * k], positions[2 * k + 1]);
    const thin = off ? OFF.filter((limit) => off[k] > limit).length : 0;
    if (last) {
      const key = `${thin}${hidden ? "h" : ""}`;
      const before = pieces.get(key);
      pieces.set(key, { thin, hidden, last: k, d: `${before?.last === k - 1 ? before.d : `${before?.d ?? ""}M${last}`}L${n(x)} ${n(y)}` });
    }
    last = `${n(x)} ${n(y)}`;
  }
  const lines = [...pieces.values()].flatMap(({ thin, hidden, d }) => {
    const props = { d, opacity: hidden ? 0.35 : null };
    return [s("path", { class: "way casing", ...props, style: `stroke-width:${5.5 - 1.4 * thin}` }),
      s("path", { class: "way", ...props, stroke: color, "stroke-dasharray": dash, style: `stroke-width:${2.25 - 0.7 * thin}` })];
  });
  return s("g", { "data-testid": testid }, s("title", {}, title), lines);
}

/** The ways of fits, the newest white; a square where each began, and how far off the plane it has ended. */
export function ways(paths, at, width) {
  const newest = paths.length - 1;
  return paths.flatMap(({ positions, off_plane: off, label, text }, i) => {
    const ink = INKS[Math.min(INKS.length - 1, newest - i)];
    const [x, y] = at(positions[0], positions[1]);
    const [u, v] = at(positions.at(-2), positions.at(-1));
    const side = u > width - 120 ? -1 : 1;
    const away = i === newest && off?.at(-1) > OFF[0]
      ? [s("text", { class: "on-plane", "data-testid": "off-plane", x: u + 12 * side, y: v + 18, "text-anchor": side > 0 ? "start" : "end" }, text)] : [];
    return [wayLines(positions, off, at, ink, { testid: "way", title: `${label}, ${text}` }),
      s("rect", { x: x - 4.5, y: y - 4.5, width: 9, height: 9, fill: ink.color, stroke: "#0b0d10", "stroke-width": 1.5 }), ...away];
  });
}

export function targetMark([tx, ty], at) {
  if (tx == null || ty == null) return [];
  const [x, y] = at(tx, ty);
  const cross = `M${n(x - 13)} ${n(y)}H${n(x + 13)}M${n(x)} ${n(y - 13)}V${n(y + 13)}`;
  return [s("g", { "data-testid": "target" }, s("title", {}, "target"),
    s("circle", { class: "casing", cx: x, cy: y, r: 8.5 }), s("path", { class: "casing", d: cross }),
    s("circle", { class: "aim", cx: x, cy: y, r: 8.5 }), s("path", { class: "aim", d: cross }))];
}

/** The lowest minimum filled, others hollow. */
export function minimumMarks(minima, at) {
  return minima.map(({ positions, place, text }, rank) => {
    const [x, y] = at(...positions);
    return s("path", { class: rank ? "low" : "lowest", "data-testid": rank ? "low" : "minimum",
      d: `M${n(x)} ${n(y + 5)}l-6 -10h12z` }, s("title", {}, `${rank ? "a minimum" : "lowest"}: ${place}, loss ${text}`));
  });
}

function pushArrow(x, y, push) {
  const [u, v] = [push[0], -push[1]];
  const strength = Math.hypot(u, v);
  if (!(strength > 1e-3)) return [];
  const length = PUSH[0] + (PUSH[1] - PUSH[0]) * Math.min(1, strength ** 0.5);
  const [ax, ay] = [x + (u / strength) * length, y + (v / strength) * length];
  const d = `M${n(x)} ${n(y)}L${n(ax)} ${n(ay)}${head(ax, ay, Math.atan2(v, u), 9)}`;
  return [s("path", { class: "downhill casing", d }), s("path", { class: "downhill", "data-testid": "push", d })];
}

/** The draggable point, the arrow of its own descent (seen from above only), and its loss. `size` is that of the picture. */
export function pointMark(positions, point, at, { width, push }) {
  const [x, y] = at(...positions);
  const parts = push ? pushArrow(x, y, push) : [];
  parts.push(s("circle", { class: "you", "data-testid": "point", cx: x, cy: y, r: 9 }), s("circle", { class: "you-in", cx: x, cy: y, r: 6 }));
  if (!point?.loss_text) return parts;
  const tag = `loss ${point.loss_text}`;
  const wide = 16 + tag.length * 7.3;
  const left = x + 16 + wide > width ? x - 16 - wide : x + 16;
  const top = y < 40 ? y + 12 : y - 32;
  parts.push(s("rect", { class: "tag", x: left, y: top, width: wide, height: 20, rx: 4 }),
    s("text", { class: "tag-text", x: left + wide / 2, y: top + 14, "text-anchor": "middle" }, tag));
  return parts;
}

/** The lines through the point, seen from above. */
export function crossHair([px, py], at, width, height) {
  const [x, y] = at(px, py);
  return [s("path", { class: "hair", d: `M${n(x)} 0V${height}M0 ${n(y)}H${width}` })];
}

/** Where a race begins, or is about to. */
export function startMark(positions, at, width, aiming) {
  const [x, y] = at(...positions);
  const side = x > width - 90 ? -1 : 1;
  return [s("circle", { class: "start", "data-testid": "race-start", cx: x, cy: y, r: aiming ? 8 : 4.5 }),
    s("text", { class: "on-plane", x: x + 12 * side, y: y + 18, "text-anchor": side > 0 ? "start" : "end" }, aiming ? "drop the start" : "start")];
}
