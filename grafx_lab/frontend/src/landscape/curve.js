// A landscape over one control. The area under the curve is the loss; the point rides on it, its tangent shows the slope,
// and the arrow points where descent pushes.

import { h, s, watch } from "../ui/dom.js";
import { latestWins } from "../inspector/gesture.js";
import { followHand } from "../inspector/hand.js";
import { linePath, niceTicks, onResize, scale, tickText } from "../draw/scales.js";

const PAD = { top: 14, bottom: 20 };
const TANGENT = 64; // pixels to either side
const ARROW = 46;
const NEARLY_FLAT = 0.6; // the lowest loss as a share of the highest
const FLAT = 0.02; // pixels of rise a pixel: below it, descent does not push

/** The curve's height between the grid points that Python has computed. */
function heightAt(surface, position) {
  const { positions, losses } = surface;
  let k = positions.findIndex((x) => x >= position);
  if (k < 0) k = positions.length - 1;
  const [a, b] = [Math.max(0, k - 1), k];
  const share = a === b ? 0 : (position - positions[a]) / (positions[b] - positions[a]);
  return losses[a] + share * (losses[b] - losses[a]);
}

function room(svg, surface) {
  const width = svg.clientWidth;
  const height = svg.clientHeight;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const finite = Array.from(surface.losses).filter(Number.isFinite);
  const high = Math.max(...finite, 0) || 1;
  const lowest = Math.min(...finite);
  // From zero, so that the area is the loss; a curve that is nearly flat from there shows its shape instead.
  const low = lowest > NEARLY_FLAT * high ? lowest - 0.35 * (high - lowest) : Math.min(0, lowest);
  const X = scale("linear", [0, 1], [0, width]);
  const Y = scale("linear", [low, high + 0.06 * (high - low)], [height - PAD.bottom, PAD.top]);
  return { width, height, X, Y, low, high, floor: height - PAD.bottom };
}

function frame({ width, height, X, Y, low, high, floor }, surface) {
  const levels = niceTicks(low, high, 3).filter((loss) => loss !== 0);
  return [
    ...levels.map((loss) => s("path", { class: "grid", d: `M0 ${Math.round(Y(loss)) + 0.5}H${width}` })),
    ...levels.map((loss) => s("text", { x: 4, y: Y(loss) - 4 }, tickText(loss))),
    s("path", { class: "ax", d: `M0 ${Math.round(floor) + 0.5}H${width}` }),
    ...surface.ticks.map(([position, text], i, all) => s("text", { x: X(position), y: height - 4,
      "text-anchor": i === 0 ? "start" : i === all.length - 1 ? "end" : "middle" }, text)),
  ];
}

function landmarks({ X, Y, floor, width }, surface) {
  const parts = [];
  const beside = (x) => ({ x: x + (x > width - 70 ? -8 : 8), "text-anchor": x > width - 70 ? "end" : "start" });
  if (surface.target_position != null) {
    const x = X(surface.target_position);
    parts.push(s("path", { class: "l-target", d: `M${x} ${PAD.top}V${floor}` }),
      s("text", { class: "lb", ...beside(x), y: PAD.top + 9, style: "fill:var(--target)" }, "target"));
  }
  const { position, loss } = surface.minimum;
  const [x, y] = [X(position), Y(loss)];
  parts.push(s("path", { "data-testid": "minimum", d: `M${x} ${y - 4}l-5 -9h10z`, fill: "var(--ink)" }),
    s("text", { class: "lb", ...beside(x), y: y - 16, style: "fill:var(--ink-2)" }, "minimum"));
  return parts;
}

/** The tangent where Python has measured it, and downhill on it the arrow. */
function tangent({ X, Y }, point) {
  const [x, y] = [X(point.position), Y(point.loss)];
  const rise = (Y(point.loss + point.slope) - y) / (X(1) - X(0));
  const norm = Math.hypot(1, rise);
  const at = (length) => `${(x + length / norm).toFixed(1)} ${(y + (length * rise) / norm).toFixed(1)}`;
  const parts = [s("path", { class: "tangent", d: `M${at(-TANGENT)}L${at(TANGENT)}` })];
  if (Math.abs(rise) < FLAT) return parts;
  const angle = (Math.atan2(rise, 1) * 180) / Math.PI + (rise > 0 ? 0 : 180); // y runs down on the screen
  parts.push(s("path", { class: "push", "data-testid": "push", transform: `translate(${x} ${y}) rotate(${angle})`,
    d: `M9 0h${ARROW - 9}m-6 -5l6 5l-6 5` }));
  return parts;
}

function thumb({ X, Y, floor }, surface, position) {
  const [x, y] = [X(position), Y(heightAt(surface, position))];
  return [
    s("path", { class: "stem", d: `M${x} ${y}V${floor}` }),
    s("circle", { class: "point", "data-testid": "point", cx: x, cy: y, r: 7 }),
  ];
}

/** The slice as this drawing reads it: one axis. */
function curveOf(landscape) {
  if (!landscape) return null;
  const [axis] = landscape.axes;
  const { minimum } = landscape;
  return { ...landscape, ...axis, positions: landscape.positions[0], losses: landscape.values,
    minimum: { position: minimum.positions[0], loss: minimum.loss } };
}

export function mountCurve({ model, hand, el, report }) {
  const svg = s("svg", { class: "plot", "aria-hidden": "true" });
  const area = h("div", { class: "land", tabindex: "0", role: "slider", "aria-valuemin": "0", "aria-valuemax": "1",
    "data-testid": "land", title: "Drag the point, or use the arrow keys" }, svg);
  const root = h("div", { class: "stage" }, area);
  el.append(root);
  function draw() {
    const [surface, point] = [curveOf(model.get("landscape")), model.get("point")];
    if (!surface || !point || point.positions.length !== 1 || !svg.clientWidth) return;
    const space = room(svg, surface);
    const [position] = hand.positions();
    const line = linePath(surface.positions, surface.losses, space.X, space.Y);
    const measured = point.slopes && Math.abs(point.positions[0] - position) < 1e-4;
    svg.replaceChildren(...frame(space, surface),
      ...(space.low <= 0 ? [s("path", { class: "under-curve", d: `${line}V${space.floor}H${space.X(surface.positions[0])}Z` })] : []),
      s("path", { class: "l-fitted", "data-testid": "curve", d: line }), ...landmarks(space, surface),
      ...(measured ? tangent(space, { position, loss: point.loss, slope: point.slopes[0] }) : []),
      ...thumb(space, surface, position));
    area.setAttribute("aria-label", `${surface.label}, on the curve of ${surface.loss_label}`);
    area.setAttribute("aria-valuenow", position.toFixed(3));
    area.setAttribute("aria-valuetext", [point.texts[0], point.loss_text && `loss ${point.loss_text}`].filter(Boolean).join(", "));
  }
  const path = () => model.get("landscape").axes[0].path;
  const sender = latestWins(hand.walk, { failed: report, settled: draw });
  followHand(area, {
    now: () => hand.positions()[0],
    move: (position, gesture) => sender.send({ path: path(), position }, hand.hold([position], gesture)),
    reset: (gesture) => sender.send({ op: "reset", path: path() }, gesture),
    grab() {},
    release() {},
  });
  const stops = [watch(model, ["landscape", "point"], draw), hand.onMove(draw), onResize(area, draw)];
  draw();
  return {
    destroy() {
      stops.forEach((stop) => stop());
      root.remove();
    },
  };
}
