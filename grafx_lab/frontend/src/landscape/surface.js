// A landscape over two axes, seen from above: a map to walk on. The hand moves both controls at once.

import { onResize } from "../draw/scales.js";
import { viridisGradient } from "../draw/viridis.js";
import { latestWins } from "../ui/gesture.js";
import { clamp, h, s, setText, watch } from "../ui/dom.js";
import { homeward, levelLines, paintHeat, rimLine, shades } from "./heat.js";
import { crossHair, fieldArrows, minimumMarks, pointMark, startMark, targetMark, ways } from "./marks.js";
import { followKeys, followPointer } from "./plane_hand.js";
import { racerMarks } from "./racers.js";

function ticks(axis, side) {
  const place = ([position]) => (side === "x" ? `left:${position * 100}%` : `top:${(1 - position) * 100}%`);
  return axis.ticks.map((tick, i, all) => h("span", { class: `tick ${i === 0 ? "first" : i === all.length - 1 ? "last" : ""}`,
    style: place(tick) }, tick[1]));
}

/** What people call an axis, with its node where it has one. */
export const axisName = ({ node, label }) => (node ? `${node}: ${label.toLowerCase()}` : label);

/** A sentence about a landscape and the point, for those who do not see it. */
export function described(landscape, point, measured) {
  const [x, y] = landscape.axes;
  const loss = measured && point.loss_text ? `, loss ${point.loss_text}` : "";
  return `Landscape of ${landscape.loss_label}. ${x.label} ${point.texts[0]}, ${y.label} ${point.texts[1]}${loss}. `;
}

/** What stands on a landscape, from above and aslant alike: what the machine has left there. */
export function standing({ model, look, clock, main, landscape, at, width }) {
  const race = model.get("race");
  const basins = main && look.get("basins") ? model.get("basins") : null;
  return [
    ...targetMark(landscape.axes.map((axis) => axis.target_position), at),
    ...minimumMarks(basins?.minima ?? [landscape.minimum], at),
    ...(look.get("ways") && !race ? ways(model.get("paths") ?? [], at, width) : []),
    ...(race ? [...startMark(race.start, at, width, false), ...racerMarks(race, clock.step(), at)] : []),
  ];
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
  p.root = h("div", { class: "surface" }, h("div", { class: "row over-plane" }, p.up, h("span", { class: "grow" }), p.note),
    p.left, p.area, p.bottom, h("div", { class: "row under-plane" }, p.across, h("span", { class: "grow" }), p.scale));
  return p;
}

/** `name` is the loss of a landscape that stands beside; null for the present one, which has the point's loss and slope. */
export function mountSurface({ model, hand, look, clock, aim, faces, name, el, report }) {
  const p = frame();
  el.append(p.root);
  const main = name === null;
  let painted = { landscape: null };
  const axes = () => model.get("landscape").axes;
  const paths = () => axes().map((axis) => axis.path);

  function repaint(landscape) {
    const basins = main && look.get("basins") ? model.get("basins") : null;
    const kind = look.get("shades");
    if (painted.landscape === landscape && painted.basins === basins && painted.kind === kind) return;
    const even = shades(landscape, kind);
    const home = homeward(basins, landscape);
    painted = { landscape, basins, kind, even, home, lines: null };
    paintHeat(p.canvas, even, home);
    const [x, y] = landscape.axes;
    p.bottom.replaceChildren(...ticks(x, "x"));
    p.left.replaceChildren(...ticks(y, "y"));
    setText(p.across, axisName(x));
    setText(p.up, axisName(y));
    setText(p.note, main ? landscape.note : "");
    p.root.classList.toggle("preview", landscape.preview);
  }
  /** Level lines and the rim of the lowest basin change with the picture and its size only. */
  function outlines(at, width, height) {
    if (painted.lines?.width !== width || painted.lines.height !== height) {
      painted.lines = { width, height, levels: levelLines(painted.even, at), rim: painted.home ? rimLine(painted.home, at) : "" };
    }
    const { levels, rim } = painted.lines;
    return [look.get("contours") && s("path", { class: "contour", d: levels }),
      rim && s("path", { class: "rim casing", d: rim }), rim && s("path", { class: "rim", "data-testid": "rim", d: rim })].filter(Boolean);
  }
  function draw() {
    const [landscape, point] = [faces.face(name), model.get("point")];
    const [width, height] = [p.area.clientWidth, p.area.clientHeight];
    if (!landscape || landscape.axes.length !== 2 || point?.positions.length !== 2 || !width) return;
    repaint(landscape);
    const at = (x, y) => [x * width, height - y * height];
    const positions = hand.positions();
    const measured = main && point.loss !== null && positions.every((position, i) => Math.abs(position - point.positions[i]) < 1e-4);
    const flag = aim.flag();
    p.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    p.svg.replaceChildren(...outlines(at, width, height),
      ...(look.get("field") && landscape.field ? fieldArrows(landscape.field, at) : []),
      ...crossHair(flag ?? positions, at, width, height),
      ...standing({ model, look, clock, main, landscape, at, width }),
      ...pointMark(positions, measured && point, at, { width, push: measured && point.push }),
      ...(flag ? startMark(flag, at, width, true) : []));
    p.area.setAttribute("aria-label", described(landscape, point, measured) +
      (flag ? "Arrow keys move the start of the race, Enter drops it." : "Arrow keys move the point."));
  }
  const sender = latestWins(hand.walk, { failed: report, settled: draw });
  const walk = (positions, gesture) =>
    sender.send(paths().map((path, i) => ({ path, position: positions[i] })), hand.hold(positions, gesture));
  const move = (positions, gesture) => (aim.flag() ? aim.move(positions) : walk(positions, gesture));
  const reset = (gesture) =>
    sender.send(paths().map((path) => ({ op: "reset", path })), hand.hold(axes().map((axis) => axis.default_position), gesture));
  followPointer(p.area, {
    at(event) {
      const box = p.area.getBoundingClientRect();
      return [clamp((event.clientX - box.left) / box.width), clamp(1 - (event.clientY - box.top) / box.height)];
    },
    move,
    release: () => aim.drop(),
  });
  followKeys(p.area, { now: () => aim.flag() ?? hand.positions(), move, reset });
  p.area.addEventListener("keydown", (event) => aim.key(event));
  p.area.addEventListener("dblclick", () => reset(null));
  const stops = [watch(model, ["landscape", "beside", "basins", "point", "paths", "race"], draw), hand.onMove(draw),
    look.onChange(draw), clock.onTick(draw), aim.onMove(draw), onResize(p.area, draw)];
  draw();
  return {
    focus: () => p.area.focus(),
    destroy() {
      stops.forEach((stop) => stop());
      p.root.remove();
    },
  };
}
