// A landscape over one control. The area under the curve is the loss; the point rides on it, its tangent shows the slope,
// and the arrow points where descent pushes.

import { h, s, setText, watch } from "../ui/dom.js";
import { latestWins } from "../ui/gesture.js";
import { followHand } from "../inspector/hand.js";
import { linePath, logTicks, niceTicks, onResize, scale, tickText } from "../draw/scales.js";
import { laneOf, placeOf, racerShape } from "./racers.js";

const PAD = { top: 14, bottom: 20 };
const TANGENT = 64; // pixels to either side
const ARROW = 46;
const LABELS = 40; // pixels that the levels' numbers take left of the curve
const NEARLY_FLAT = 0.6; // the lowest loss as a share of the highest
const DECADES = 1e-5; // a logarithmic height shows no less than this share of the highest loss
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

function room(svg, surface, kind) {
  const width = svg.clientWidth;
  const height = svg.clientHeight;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const finite = Array.from(surface.losses).filter(Number.isFinite);
  const high = Math.max(...finite, 0) || 1;
  const lowest = Math.min(...finite);
  const X = scale("linear", [0, 1], [0, width]);
  const floor = height - PAD.bottom;
  if (kind === "log" && high > 0) {
    const least = Math.max(lowest, high * DECADES);
    const Y = scale("log", [least / 1.3, high * 1.3], [floor, PAD.top]);
    return { width, height, X, Y: (loss) => Y(Math.max(loss, least / 1.3)), low: least / 1.3, high, floor, levels: logTicks(least / 1.3, high) };
  }
  // From zero, so that the area is the loss; a curve that is nearly flat from there shows its shape instead.
  const low = lowest > NEARLY_FLAT * high ? lowest - 0.35 * (high - lowest) : Math.min(0, lowest);
  const Y = scale("linear", [low, high + 0.06 * (high - low)], [floor, PAD.top]);
  return { width, height, X, Y, low, high, floor, levels: niceTicks(low, high, 3).filter((loss) => loss !== 0) };
}

/** Levels stand left of the curve where there is room, else on their lines. */
function frame({ width, height, X, Y, floor, levels }, surface, roomy) {
  const beside = (loss) => (roomy ? { x: -8, y: Y(loss) + 4, "text-anchor": "end" } : { x: 4, y: Y(loss) - 4 });
  return [
    ...levels.map((loss) => s("path", { class: "grid", d: `M0 ${Math.round(Y(loss)) + 0.5}H${width}` })),
    ...levels.map((loss) => s("text", beside(loss), tickText(loss))),
    ...(roomy ? [s("text", { x: -8, y: 8, "text-anchor": "end" }, "loss")] : []),
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

/** Minima beside the lowest, and veils over what leads to them. */
function elsewhere({ X, Y, floor }, surface, basins) {
  if (!basins || basins.labels.length !== surface.losses.length) return [];
  const { positions } = surface;
  const veils = Array.from(basins.labels).flatMap((label, i) => {
    if (label <= 0) return [];
    const [from, to] = [i ? (positions[i - 1] + positions[i]) / 2 : 0, i + 1 < positions.length ? (positions[i] + positions[i + 1]) / 2 : 1];
    return [`M${X(from).toFixed(1)} ${PAD.top}H${X(to).toFixed(1)}V${floor}H${X(from).toFixed(1)}Z`];
  });
  return [s("path", { class: "veil", "data-testid": "rim", d: veils.join("") }),
    ...basins.minima.slice(1).map(({ positions: [place], loss, text }) =>
      s("path", { class: "low", "data-testid": "low", d: `M${X(place)} ${Y(loss) - 4}l-4 -7h8z` }, s("title", {}, `a minimum: loss ${text}`)))];
}

/** The racers on the curve; whoever has left the picture stands at its edge. */
function racersOn({ X, Y }, surface, race, step) {
  return race.racers.flatMap((racer, number) => {
    const path = Array.from({ length: Math.min(step + 1, racer.losses.length) }, (_, k) => placeOf(racer, k)[0]);
    const heights = path.map((place) => heightAt(surface, Math.min(1, Math.max(0, place))));
    const { color, dash } = laneOf(number);
    return [s("path", { class: "way casing", d: linePath(path, heights, X, Y) }),
      s("path", { class: "way", "data-testid": "trail", d: linePath(path, heights, X, Y), stroke: color, "stroke-dasharray": dash }),
      racerShape(number, X(path.at(-1)), Y(heights.at(-1)), 6)];
  });
}

/** Where the start of a race is about to be dropped. */
const flagOn = ({ X, floor }, [position]) => [s("path", { class: "flag", "data-testid": "race-start", d: `M${X(position)} ${PAD.top}V${floor}` }),
  s("text", { class: "lb", x: X(position) + 6, y: floor - 6 }, "drop the start")];

/** The landscape as this drawing reads it: one axis. */
function curveOf(landscape) {
  if (landscape?.axes.length !== 1) return null;
  const [axis] = landscape.axes;
  const { minimum } = landscape;
  return { ...landscape, ...axis, positions: landscape.positions[0], losses: landscape.values,
    minimum: { position: minimum.positions[0], loss: minimum.loss } };
}

function draw(svg, { surface, position, slope, loss, kind, basins, race, step, flag, roomy }) {
  const space = room(svg, surface, kind);
  const line = linePath(surface.positions, surface.losses, space.X, space.Y);
  const grounded = kind !== "log" && space.low <= 0; // the area is the loss only when it begins at zero
  svg.replaceChildren(...frame(space, surface, roomy),
    ...(grounded ? [s("path", { class: "under-curve", d: `${line}V${space.floor}H${space.X(surface.positions[0])}Z` })] : []),
    ...elsewhere(space, surface, basins),
    s("path", { class: "l-fitted", "data-testid": "curve", d: line }), ...landmarks(space, surface),
    ...(slope != null && kind !== "log" ? tangent(space, { position, loss, slope }) : []),
    ...thumb(space, surface, position),
    ...(race ? racersOn(space, surface, race, step) : []),
    ...(flag ? flagOn(space, flag) : []));
}

/** `name` is the loss of a landscape that stands beside; null for the present one, which has the point's loss and slope. */
export function mountCurve({ model, hand, look, clock, aim, faces, name, el, report }) {
  const svg = s("svg", { class: "plot", "aria-hidden": "true" });
  const area = h("div", { class: "land", tabindex: "0", role: "slider", "aria-valuemin": "0", "aria-valuemax": "1",
    "data-testid": "land", title: "Drag the point, or use the arrow keys" }, svg);
  const note = h("span", { class: "vh", "data-testid": "surface-note" });
  const root = h("div", { class: "stage" }, area, note);
  el.append(root);
  function redraw() {
    const [surface, point] = [curveOf(faces.face(name)), model.get("point")];
    if (!surface || !point || point.positions.length !== 1 || !svg.clientWidth) return;
    const [position] = hand.positions();
    const measured = name === null && point.slopes && Math.abs(point.positions[0] - position) < 1e-4;
    draw(svg, { surface, position, slope: measured ? point.slopes[0] : null, loss: point.loss, kind: look.get("heights"),
      basins: name === null && look.get("basins") ? model.get("basins") : null, race: model.get("race"), step: clock.step(), flag: aim.flag(),
      roomy: area.offsetLeft - root.offsetLeft > LABELS });
    area.setAttribute("aria-label", `${surface.label}, on the curve of ${surface.loss_label}`);
    area.setAttribute("aria-valuenow", (aim.flag()?.[0] ?? position).toFixed(3));
    const loss = name === null && point.loss_text && `loss ${point.loss_text}`;
    area.setAttribute("aria-valuetext", [point.texts[0], loss].filter(Boolean).join(", "));
    setText(note, surface.note);
  }
  const axis = () => model.get("landscape").axes[0];
  const sender = latestWins(hand.walk, { failed: report, settled: redraw });
  followHand(area, {
    now: () => (aim.flag() ?? hand.positions())[0],
    move(position, gesture) {
      if (aim.flag()) aim.move([position]);
      else sender.send({ path: axis().path, position }, hand.hold([position], gesture));
    },
    reset: (gesture) => sender.send({ op: "reset", path: axis().path }, hand.hold([axis().default_position], gesture)),
    grab() {},
    release: () => aim.drop(),
  });
  area.addEventListener("keydown", (event) => aim.key(event));
  const stops = [watch(model, ["landscape", "beside", "basins", "point", "race"], redraw), hand.onMove(redraw), look.onChange(redraw),
    clock.onTick(redraw), aim.onMove(redraw), onResize(area, redraw)];
  redraw();
  return {
    focus: () => area.focus(),
    destroy() {
      stops.forEach((stop) => stop());
      root.remove();
    },
  };
}
