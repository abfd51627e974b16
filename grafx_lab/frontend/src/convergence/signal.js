// The first moments of source, fitted and target over each other. Target before fitted.

import { h, s, setText, watch } from "../ui/dom.js";
import { linePath, niceTicks, onResize, scale, tickText } from "../draw/scales.js";

const PAD = { left: 34, right: 10, top: 8, bottom: 18 };
const ROLES = ["source", "target", "fitted"];

function vertical(signal) {
  let peak = 0;
  for (const role of ROLES) for (const sample of signal[role] ?? []) peak = Math.max(peak, Math.abs(sample) || 0);
  return peak * 1.05 || 1;
}

function draw(svg, signal) {
  const width = svg.clientWidth;
  const height = svg.clientHeight;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const { left, right, top, bottom } = PAD;
  const peak = vertical(signal);
  const X = scale("linear", [0, signal.ms], [left, width - right]);
  const Y = scale("linear", [-peak, peak], [height - bottom, top]);
  const at = (i) => X((i / (signal.fitted.length - 1)) * signal.ms);
  const level = (y) => s("path", { class: y === 0 ? "ax" : "grid", d: `M${left} ${Math.round(Y(y)) + 0.5}H${width - right}` });
  const levels = niceTicks(-peak, peak, 4);
  svg.replaceChildren(...levels.map(level),
    ...levels.map((y) => s("text", { x: left - 6, y: Y(y) + 4, "text-anchor": "end" }, tickText(y))),
    ...niceTicks(0, signal.ms, 5).map((ms) => s("text", { x: X(ms), y: height - 3, "text-anchor": "middle" }, tickText(ms))),
    ...ROLES.map((role) => s("path", { class: `l-${role}`, "data-role": role, d: linePath(null, signal[role] ?? [], at, Y) })));
}

export function mountSignal({ model, el }) {
  const note = h("span", { class: "mono dim" });
  const svg = s("svg", { class: "plot", role: "img", "aria-label": "Source, fitted and target over time" });
  const place = h("div", { class: "plot-place", "data-testid": "signal-plot" }, svg);
  const cap = h("div", { class: "cap" }, h("span", {}, "Signal"), note);
  el.append(cap, place);
  const paint = () => {
    const signal = model.get("signal");
    if (!signal?.fitted || !svg.clientWidth) return;
    setText(note, `first ${tickText(signal.ms)} ms`);
    draw(svg, signal);
  };
  const stops = [watch(model, ["signal"], paint), onResize(place, paint)];
  paint();
  return {
    destroy() {
      stops.forEach((stop) => stop());
      cap.remove();
      place.remove();
    },
  };
}
