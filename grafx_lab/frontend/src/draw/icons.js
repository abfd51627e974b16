// Icons, logo and the tiles of the families: strokes in the current colour.

import { h, s } from "../ui/dom.js";
import { familyColor, MARKS } from "./marks.js";

export const ICONS = {
  play: [14, ["M3 1.5v11l9.5-5.5z", "fill"]],
  pause: [14, ["M3 2h3v10H3zM8 2h3v10H8z", "fill"]],
  stop: [12, ["M2.5 1.5h7a1 1 0 011 1v7a1 1 0 01-1 1h-7a1 1 0 01-1-1v-7a1 1 0 011-1z", "fill"]],
  loop: [15, ["M12.5 6A5 5 0 003 5M2.5 9a5 5 0 009.5 1M3 2v3h3M12 13v-3H9"]],
  undo: [15, ["M5.5 3L2.5 6l3 3M2.5 6h6a4 4 0 010 7h-2"]],
  redo: [15, ["M9.5 3l3 3-3 3M12.5 6h-6a4 4 0 000 7h2"]],
  theme: [15, ["M7.5 2a5.5 5.5 0 100 11a5.5 5.5 0 100-11"], ["M7.5 2v11a5.5 5.5 0 000-11z", "fill"]],
  warn: [14, ["M7 1.5L13 12.5H1zM7 5.5v3.2M7 10.3v.6"]],
  info: [14, ["M7 1.5a5.5 5.5 0 100 11a5.5 5.5 0 100-11M7 6.5v3.5M7 4v.4"]],
  close: [14, ["M3 3l8 8M11 3l-8 8"]],
  more: [15, ["M3 7.5h.01M7.5 7.5h.01M12 7.5h.01", "dots"]],
  bin: [14, ["M2 3.5h10M5.5 3.5V2h3v1.5M3.5 3.5l.6 8.5h5.8l.6-8.5M5.7 6v3.5M8.3 6v3.5"]],
  search: [14, ["M9 9l3.5 3.5M6 2a4 4 0 100 8a4 4 0 100-8"]],
  spectrogram: [15, ["M2 12.5h11M3.5 10v-3M6.2 10V3M8.8 10V5.5M11.5 10V8"]],
  blind: [15, ["M2 2l11 11M4.2 4.6C2.8 5.5 1.8 6.7 1.5 7.5c.8 2 3.2 4 6 4 1 0 1.9-.2 2.7-.6M6 3.7c.5-.1 1-.2 1.5-.2 2.8 0 5.2 2 6 4-.3.7-.8 1.5-1.6 2.2"]],
  plus: [14, [MARKS.routing]],
  lock: [14, ["M4 6.5h6a1.5 1.5 0 011.5 1.5v3a1.5 1.5 0 01-1.5 1.5H4A1.5 1.5 0 012.5 11V8A1.5 1.5 0 014 6.5zM4.5 6.5V4.5a2.5 2.5 0 015 0v2"]],
  unlock: [14, ["M4 6.5h6a1.5 1.5 0 011.5 1.5v3a1.5 1.5 0 01-1.5 1.5H4A1.5 1.5 0 012.5 11V8A1.5 1.5 0 014 6.5zM4.5 6.5V4.5a2.5 2.5 0 014.9-.6"]],
};

function stroke([d, kind]) {
  if (kind === "fill") return s("path", { d, fill: "currentColor" });
  return s("path", { d, fill: "none", stroke: "currentColor", "stroke-width": kind === "dots" ? 2.4 : 1.55,
    "stroke-linecap": "round", "stroke-linejoin": "round" });
}

export function icon(name) {
  const [size, ...paths] = ICONS[name];
  return s("svg", { width: size, height: size, viewBox: `0 0 ${size} ${size}`, "aria-hidden": "true" }, paths.map(stroke));
}

/** The tile that says a family by shape and hue. */
export function familyMark(family, size = 22) {
  return h("span", { class: "fm", style: `--f:${familyColor(family)};width:${size}px;height:${size}px` },
    s("svg", { width: 14, height: 14, viewBox: "0 0 14 14", fill: "none", stroke: "currentColor", "stroke-width": 1.7,
      "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" }, s("path", { d: MARKS[family] ?? MARKS.container })));
}

export const logo = () =>
  s("svg", { width: 34, height: 18, viewBox: "0 0 34 18", fill: "none", "aria-hidden": "true" },
    s("path", { d: "M5 9C13 9 13 5 20 5s5 4 9 4", stroke: "var(--ink)", "stroke-width": 2.2 }),
    s("path", { d: "M27 13.5C20 17 13 16 8 12.5", stroke: "var(--gradient)", "stroke-width": 2.2,
      "stroke-dasharray": ".1 4", "stroke-linecap": "round" }),
    s("circle", { cx: 5, cy: 9, r: 3.6, fill: "var(--surface)", stroke: "var(--ink)", "stroke-width": 2.2 }),
    s("circle", { cx: 29, cy: 9, r: 3.6, fill: "var(--ink)", stroke: "var(--ink)", "stroke-width": 2.2 }));

export const descentArrow = () =>
  s("svg", { width: 24, height: 10, viewBox: "0 0 24 10", class: "c-gradient", "aria-hidden": "true" },
    s("path", { d: "M1 5h20m-4-4l4 4l-4 4", stroke: "currentColor", "stroke-width": 2.2, fill: "none",
      "stroke-linecap": "round", "stroke-linejoin": "round" }));

/** A key of a plot: the line as it is drawn, and its word. */
export const lineKey = (kind, text = kind) =>
  h("span", { class: "swl" },
    s("svg", { class: "key", viewBox: "0 0 22 10", "aria-hidden": "true" }, s("path", { class: `l-${kind}`, d: "M1 5H21" })),
    h("span", { class: kind === "source" ? "mid" : `c-${kind}` }, text));
