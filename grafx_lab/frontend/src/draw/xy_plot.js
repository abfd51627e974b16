// The large plot of a node: the ticks, ranges and lines are Python's.

import { h, s, setText, show } from "../ui/dom.js";
import { lineKey } from "./icons.js";
import { linePath, onResize, scale } from "./scales.js";

const HEIGHT = 134;
const PAD = { left: 34, right: 5, top: 8, bottom: 19 };
const clip = (Y, top, bottom) => (y) => Math.min(bottom, Math.max(top, Y(y)));

function grid(plot, X, Y, width) {
  const parts = [];
  const end = width - PAD.right;
  const floor = HEIGHT - PAD.bottom;
  for (const [value, text] of plot.y_ticks) {
    parts.push(s("path", { class: "grid", d: `M${PAD.left} ${Math.round(Y(value)) + 0.5}H${end}` }),
      s("text", { x: PAD.left - 6, y: Y(value) + 4, "text-anchor": "end" }, text));
  }
  for (const [value, text] of plot.x_ticks) {
    const x = X(value);
    const anchor = x > end - 10 ? "end" : x < PAD.left + 6 ? "start" : "middle";
    parts.push(s("path", { class: "grid", d: `M${Math.round(x) + 0.5} ${PAD.top}V${floor}` }),
      s("text", { x, y: HEIGHT - 5, "text-anchor": anchor }, text));
  }
  return parts;
}

/** The line of a sound that passes unchanged: a value, or input equals output. */
function unchanged(plot, X, Y, width) {
  const parts = [];
  if (plot.zero != null) parts.push(s("path", { class: "ax", d: `M${PAD.left} ${Math.round(Y(plot.zero)) + 0.5}H${width - PAD.right}` }));
  if (plot.diagonal) {
    const low = Math.max(plot.x_range[0], plot.y_range[0]);
    const high = Math.min(plot.x_range[1], plot.y_range[1]);
    parts.push(s("path", { class: "l-source", d: `M${X(low)} ${Y(low)}L${X(high)} ${Y(high)}` }));
  }
  return parts;
}

function draw(svg, plot) {
  const width = svg.clientWidth || 300;
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  const X = scale(plot.x_scale, plot.x_range, [PAD.left, width - PAD.right]);
  const Y = scale("linear", plot.y_range, [HEIGHT - PAD.bottom, PAD.top]);
  const inside = clip(Y, PAD.top - 2, HEIGHT - PAD.bottom + 2);
  svg.replaceChildren(...grid(plot, X, Y, width), ...unchanged(plot, X, Y, width),
    ...(plot.target ? [s("path", { class: "l-target", d: linePath(plot.x, plot.target, X, inside) })] : []),
    s("path", { class: "l-fitted", d: linePath(plot.x, plot.y, X, inside) }));
}

export function xyPlot() {
  let plot = null;
  const title = h("span");
  const axes = h("span", { class: "dim" });
  const svg = s("svg", { class: "plot", height: HEIGHT, role: "img" });
  const keys = h("div", { class: "keys" }, lineKey("fitted"), lineKey("target"));
  const el = h("div", { class: "xy", "data-testid": "node-plot" }, h("div", { class: "cap" }, title, axes), svg, keys);
  const stop = onResize(svg, () => plot && draw(svg, plot));
  return {
    el,
    set(next) {
      plot = next;
      show(el, plot !== null);
      if (!plot) return;
      setText(title, plot.title);
      setText(axes, [plot.y_label, plot.x_label].filter(Boolean).join(" over "));
      show(keys, Boolean(plot.target));
      svg.setAttribute("aria-label", plot.target ? `${plot.title}: fitted against target` : plot.title);
      draw(svg, plot);
    },
    destroy: stop,
  };
}
