// A landscape over two controls: a surface to walk on. The hand moves both controls at once.

import { onResize } from "../draw/scales.js";
import { viridisGradient } from "../draw/viridis.js";
import { latestWins, newGesture } from "../inspector/gesture.js";
import { clamp, h, keepFocus, s, setText, watch } from "../ui/dom.js";
import { levelLines, paintHeat, shades } from "./heat.js";
import { fieldArrows, minimumMark, pointMark, targetMark, ways } from "./marks.js";

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
const RUN_MS = 800; // key presses closer than this are one undo entry
const LAYERS = [["contours", "Contours"], ["field", "Gradient field"], ["ways", "Ways of fits"]];

/** Pointer and keys on the plane become pairs of positions. */
function followHand(area, { now, move, reset }) {
  let gesture = null;
  let [run, time] = [null, -1e9];
  const at = (event) => {
    const box = area.getBoundingClientRect();
    return [clamp((event.clientX - box.left) / box.width), clamp(1 - (event.clientY - box.top) / box.height)];
  };
  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    gesture = newGesture();
    area.setPointerCapture(event.pointerId);
    move(at(event), gesture);
  });
  area.addEventListener("pointermove", (event) => gesture && move(at(event), gesture));
  for (const end of ["pointerup", "pointercancel"]) area.addEventListener(end, () => (gesture = null));
  area.addEventListener("dblclick", () => reset(newGesture()));
  area.addEventListener("keydown", (event) => {
    const step = MOVES[event.key];
    const back = event.key === "Delete" || event.key === "Backspace";
    if (event.ctrlKey || event.metaKey || event.altKey || (!step && !back)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.timeStamp - time > RUN_MS) run = newGesture();
    time = event.timeStamp;
    if (back) return reset(run);
    const size = event.shiftKey ? 0.001 : 0.01;
    move(now().map((position, i) => clamp(position + step[i] * size)), run);
  });
}

function ticks(axis, side) {
  const place = ([position]) => (side === "x" ? `left:${position * 100}%` : `top:${(1 - position) * 100}%`);
  return axis.ticks.map((tick, i, all) => h("span", { class: `tick ${i === 0 ? "first" : i === all.length - 1 ? "last" : ""}`,
    style: place(tick) }, tick[1]));
}

function layerChips(redraw) {
  const on = Object.fromEntries(LAYERS.map(([name]) => [name, true]));
  const chips = LAYERS.map(([name, label]) => keepFocus(h("button", { class: "chip", type: "button", "aria-pressed": "true",
    "data-layer": name, onclick(event) {
      on[name] = !on[name];
      event.currentTarget.setAttribute("aria-pressed", String(on[name]));
      redraw();
    } }, label)));
  return { on, el: h("div", { class: "row chips", role: "group", "aria-label": "Layers" }, chips) };
}

function frame() {
  const p = { canvas: h("canvas", { class: "heat", "aria-hidden": "true" }), svg: s("svg", { class: "over", "aria-hidden": "true" }) };
  p.area = h("div", { class: "plane", tabindex: "0", role: "application", "data-testid": "plane",
    title: "Drag the point, or use the arrow keys; a double click resets both controls" }, p.canvas, p.svg);
  p.left = h("div", { class: "ticks y" });
  p.bottom = h("div", { class: "ticks x" });
  [p.up, p.across] = [h("span", { class: "xs mid" }), h("span", { class: "xs mid" })];
  p.note = h("span", { class: "xs dim mono", "data-testid": "surface-note" });
  p.scale = h("span", { class: "row xs dim mono scale" }, "low", h("i", { style: `background:${viridisGradient}` }), "high loss");
  return p;
}

export function mountSurface({ model, hand, el, report }) {
  const p = frame();
  const chips = layerChips(() => draw());
  const root = h("div", { class: "surface" }, h("div", { class: "row over-plane" }, p.up, h("span", { class: "grow" }), p.note),
    p.left, p.area, p.bottom, h("div", { class: "row under-plane" }, p.across, h("span", { class: "grow" }), p.scale), chips.el);
  el.append(root);
  let [painted, even, lines] = [null, null, { width: 0, height: 0, d: "" }];
  const paths = () => model.get("landscape").axes.map((axis) => axis.path);

  function repaint(landscape) {
    if (painted === landscape) return;
    painted = landscape;
    even = shades(landscape);
    paintHeat(p.canvas, even);
    lines = { width: 0, height: 0, d: "" };
    const [x, y] = landscape.axes;
    p.bottom.replaceChildren(...ticks(x, "x"));
    p.left.replaceChildren(...ticks(y, "y"));
    setText(p.across, `${x.node}: ${x.label.toLowerCase()}`);
    setText(p.up, `${y.node}: ${y.label.toLowerCase()}`);
    setText(p.note, landscape.note);
    root.classList.toggle("preview", landscape.preview);
  }
  function contours(width, height) {
    if (lines.width !== width || lines.height !== height) lines = { width, height, d: levelLines(even, width, height) };
    return s("path", { class: "contour", d: lines.d });
  }
  function draw() {
    const [landscape, point] = [model.get("landscape"), model.get("point")];
    const [width, height] = [p.area.clientWidth, p.area.clientHeight];
    if (!landscape || landscape.axes.length !== 2 || point?.positions.length !== 2 || !width) return;
    repaint(landscape);
    const [X, Y] = [(x) => x * width, (y) => height - y * height];
    const positions = hand.positions();
    const measured = point.loss !== null && positions.every((position, i) => Math.abs(position - point.positions[i]) < 1e-4);
    p.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    p.svg.replaceChildren(...(chips.on.contours ? [contours(width, height)] : []),
      ...(chips.on.field && landscape.field ? fieldArrows(landscape.field, X, Y) : []),
      ...targetMark(landscape.axes.map((axis) => axis.target_position), X, Y), ...minimumMark(landscape.minimum, X, Y),
      ...(chips.on.ways ? ways(model.get("paths") ?? [], X, Y) : []),
      ...pointMark(positions, point, measured, X, Y, width, height));
    const [x, y] = landscape.axes;
    const loss = measured && point.loss_text ? `, loss ${point.loss_text}` : "";
    p.area.setAttribute("aria-label", `Landscape of ${landscape.loss_label}. ${x.label} ${point.texts[0]}, ${y.label} ${point.texts[1]}${loss}. ` +
      "Arrow keys move the point.");
  }
  const sender = latestWins(hand.walk, { failed: report, settled: draw });
  followHand(p.area, {
    now: hand.positions,
    move: (positions, gesture) =>
      sender.send(paths().map((path, i) => ({ path, position: positions[i] })), hand.hold(positions, gesture)),
    reset: (gesture) => sender.send(paths().map((path) => ({ op: "reset", path })), gesture),
  });
  const stops = [watch(model, ["landscape", "point", "paths"], draw), hand.onMove(draw), onResize(p.area, draw)];
  draw();
  return {
    destroy() {
      stops.forEach((stop) => stop());
      root.remove();
    },
  };
}
