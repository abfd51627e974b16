// A waveform from Python's peaks: one stroke every three pixels.

import { s } from "../ui/dom.js";
import { onResize } from "./scales.js";

const PITCH = 3;

function strokes(peaks, width, height, share) {
  const count = Math.max(1, Math.floor((width * share) / PITCH));
  const middle = height / 2;
  let d = "";
  for (let i = 0; i < count; i++) {
    const from = Math.floor((i / count) * peaks.length);
    const to = Math.max(from + 1, Math.floor(((i + 1) / count) * peaks.length));
    let peak = 0;
    for (let k = from; k < to; k++) peak = Math.max(peak, peaks[k] || 0);
    const half = Math.max(0.6, Math.min(1, peak) * (middle - 1));
    d += `M${i * PITCH + 1.5} ${(middle - half).toFixed(1)}V${(middle + half).toFixed(1)}`;
  }
  return d;
}

/** `set(peaks, share)`: `share` is the part of the lane that this sound fills, since all lanes have one clock. */
export function waveform(role) {
  const path = s("path", { stroke: `var(--${role})`, "stroke-width": 1.7, fill: "none" });
  const svg = s("svg", { class: "wave", "aria-hidden": "true", preserveAspectRatio: "none" }, path);
  let peaks = null;
  let share = 1;
  const draw = () => {
    const width = svg.clientWidth;
    const height = svg.clientHeight;
    if (!width || !height) return;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    path.setAttribute("d", peaks ? strokes(peaks, width, height, share) : "");
  };
  return {
    el: svg,
    set(nextPeaks, nextShare = 1) {
      if (nextPeaks === peaks && nextShare === share) return;
      [peaks, share] = [nextPeaks, nextShare];
      draw();
    },
    destroy: onResize(svg, draw),
  };
}
