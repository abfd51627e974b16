// A landscape over two axes, seen aslant: height and shade are the loss. Dragging turns it, and so do the arrow keys; the
// point can be taken by its head, or moved with Shift and the arrow keys.

import { onResize } from "../draw/scales.js";
import { keyRuns, latestWins } from "../ui/gesture.js";
import { clamp, h, s, setText, watch } from "../ui/dom.js";
import { camera } from "./camera.js";
import { FINE, homeward, shades } from "./heat.js";
import { pointMark } from "./marks.js";
import { arrowOf, followPointer } from "./plane_hand.js";
import { paintRelief } from "./relief_paint.js";
import { axisName, described, standing } from "./surface.js";

const TILT = [0.2, 1.35]; // radians: nearly from the side, nearly from above
const KEY_TURN = Math.PI / 24;
const DRAG_TURN = 0.008; // radians a pixel
const NEAR = 16; // pixels from the point within which a press takes it
const START = { turn: -0.62, tilt: 0.62 };

/** Heights between the points of the drawing's grid. */
function heights(even) {
  const last = FINE - 1;
  return (x, y) => {
    const [u, v] = [clamp(x) * last, clamp(y) * last];
    const [i, j] = [Math.min(last - 1, Math.floor(u)), Math.min(last - 1, Math.floor(v))];
    const [a, b, k] = [u - i, v - j, i * FINE + j];
    const z = (1 - a) * ((1 - b) * even[k] + b * even[k + 1]) + a * ((1 - b) * even[k + FINE] + b * even[k + FINE + 1]);
    return z;
  };
}

/** The square on the ground, and at its near edges what the axes are and where they begin and end. */
function base(view, landscape) {
  const corner = (x, y) => view.project(x, y, 0).map((pixel) => pixel.toFixed(1)).join(" ");
  const square = s("path", { class: "base", d: `M${corner(0, 0)}L${corner(1, 0)}L${corner(1, 1)}L${corner(0, 1)}Z` });
  const near = [view.away(0.5, 0) < view.away(0.5, 1) ? 0 : 1, view.away(0, 0.5) < view.away(1, 0.5) ? 0 : 1];
  const out = (edge) => (edge ? 1.02 : -0.02);
  const places = [(along) => [along, out(near[0])], (along) => [out(near[1]), along]];
  const texts = landscape.axes.flatMap((axis, i) => {
    const left = view.project(...places[i](0.5), 0)[0] < view.project(0.5, 0.5, 0)[0];
    const write = (along, text, kind) => {
      const [x, y] = view.project(...places[i](along), 0);
      return s("text", { class: kind, x, y: y + 10, "text-anchor": left ? "end" : "start" }, text);
    };
    return [write(0.04, axis.low_text, "end"), write(0.5, axisName(axis), "name"), write(0.96, axis.high_text, "end")];
  });
  return [square, ...texts];
}

export function mountRelief({ model, hand, look, clock, faces, name, el, report }) {
  const main = name === null;
  const [under, over] = [s("svg", { class: "over", "aria-hidden": "true" }), s("svg", { class: "over", "aria-hidden": "true" })];
  const canvas = h("canvas", { class: "heat", "aria-hidden": "true" });
  const area = h("div", { class: "relief", tabindex: "0", role: "application", "data-testid": "relief",
    title: "Drag to turn; arrow keys turn, with Shift they move the point" }, under, canvas, over);
  const note = h("span", { class: "xs dim mono relief-note", "data-testid": "surface-note" });
  el.append(area, note);
  let [eye, known, view, heightAt] = [{ ...START }, {}, null, null];

  /** The picture changes with what is seen and from where; the marks on it more often. */
  function repaint(landscape, width, height) {
    const basins = main && look.get("basins") ? model.get("basins") : null;
    const wanted = { landscape, basins, kind: look.get("shades"), turn: eye.turn, tilt: eye.tilt, width, height };
    if (Object.keys(wanted).every((key) => wanted[key] === known[key])) return;
    known = wanted;
    const even = shades(landscape, wanted.kind);
    heightAt = heights(even);
    view = camera(eye, width, height);
    paintRelief(canvas, heightAt, homeward(basins, landscape), view, width, height);
    under.replaceChildren(...base(view, landscape));
  }
  function draw() {
    const [landscape, point] = [faces.face(name), model.get("point")];
    const [width, height] = [area.clientWidth, area.clientHeight];
    if (!landscape || landscape.axes.length !== 2 || point?.positions.length !== 2 || !width) return;
    repaint(landscape, width, height);
    const at = (x, y) => {
      const z = heightAt(x, y) || 0; // over a hole marks stand on the ground
      return [...view.project(x, y, z), view.hides(heightAt, x, y, z)];
    };
    const positions = hand.positions();
    const measured = main && point.loss !== null && positions.every((position, i) => Math.abs(position - point.positions[i]) < 1e-4);
    for (const svg of [under, over]) svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    over.replaceChildren(...standing({ model, look, clock, main, landscape, at, width }),
      ...pointMark(positions, measured && point, at, { width, push: null }));
    setText(note, main ? landscape.note : "");
    area.dataset.turn = eye.turn.toFixed(3);
    area.setAttribute("aria-label", `${described(landscape, point, measured)}Seen aslant: arrow keys turn it, with Shift they move the point.`);
  }
  function lookFrom(turn, tilt) {
    eye = { turn: turn % (2 * Math.PI), tilt: clamp(tilt, ...TILT) };
    draw();
  }
  const sender = latestWins(hand.walk, { failed: report, settled: draw });
  const walk = (positions, gesture) => {
    const paths = model.get("landscape").axes.map((axis) => axis.path);
    sender.send(paths.map((path, i) => ({ path, position: positions[i] })), hand.hold(positions, gesture));
  };
  const pixel = (event) => {
    const box = area.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const onPoint = (event) => {
    const [px, py] = hand.positions();
    const [x, y] = view.project(px, py, heightAt(px, py) || 0);
    const [u, v] = pixel(event);
    return Math.hypot(x - u, y - v) < NEAR;
  };
  // Under the pointer lies a line of places; the one at the point's own height is meant.
  const placeUnder = (event) => view.place(...pixel(event), heightAt(...hand.positions()) || 0).map((position) => clamp(position));
  followPointer(area, { at: placeUnder, move: walk, release() {}, take: (event) => view !== null && onPoint(event) });
  let from = null;
  followPointer(area, {
    at: pixel,
    take: (event) => view !== null && !onPoint(event),
    move([x, y]) {
      from ??= { x, y, ...eye };
      lookFrom(from.turn + (x - from.x) * DRAG_TURN, from.tilt + (y - from.y) * DRAG_TURN);
    },
    release: () => (from = null),
  });
  const runOf = keyRuns();
  area.addEventListener("keydown", (event) => {
    const step = arrowOf(event);
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.shiftKey) walk(hand.positions().map((position, i) => clamp(position + step[i] * 0.01)), runOf(event));
    else lookFrom(eye.turn + step[0] * KEY_TURN, eye.tilt + step[1] * KEY_TURN);
  });
  const stops = [watch(model, ["landscape", "beside", "basins", "point", "paths", "race"], draw), hand.onMove(draw),
    look.onChange(draw), clock.onTick(draw), onResize(area, draw)];
  draw();
  return {
    focus: () => area.focus(),
    destroy() {
      stops.forEach((stop) => stop());
      area.remove();
      note.remove();
    },
  };
}
