// The large plot of a node: the ticks, ranges and lines are Python's.

import { h, s, setText, show } from "../ui/dom.js";
import { lineKey } from "./icons.js";
import { plotFrame, plotSpace } from "./plot_frame.js";
import { redraw, shape } from "./retained.js";
import { linePath, onResize } from "./scales.js";

const HEIGHT = 134;
const PAD = { left: 34, right: 5, top: 8, bottom: 19 };

function draw(svg, plot) {
  const width = svg.clientWidth || 300;
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  const space = plotSpace(plot, width, HEIGHT, PAD);
  const line = (role, ys) => shape("path", { class: `l-${role}`, d: linePath(plot.x, ys, space.X, space.inside) });
  redraw(svg, [...plotFrame(plot, space), ...(plot.target ? [line("target", plot.target)] : []), line("fitted", plot.y)]);
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
