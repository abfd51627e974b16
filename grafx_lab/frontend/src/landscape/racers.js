// Racers as marks: a trail as far as the clock has got, and a shape at its head. Colour, line and shape all differ.

import { s } from "../ui/dom.js";
import { INKS, wayLines } from "./marks.js";

const SHAPES = {
  circle: (x, y, r) => s("circle", { cx: x, cy: y, r }),
  square: (x, y, r) => s("rect", { x: x - 0.9 * r, y: y - 0.9 * r, width: 1.8 * r, height: 1.8 * r }),
  triangle: (x, y, r) => s("path", { d: `M${x} ${y - 1.15 * r}L${x + 1.1 * r} ${y + 0.8 * r}H${x - 1.1 * r}Z` }),
};
const LANES = Object.keys(SHAPES).map((shape, i) => ({ ...INKS[i], shape }));

export const laneOf = (number) => LANES[number % LANES.length];

export function racerShape(number, x, y, r) {
  const { color, shape } = laneOf(number);
  return s("g", { class: "racer", fill: color }, SHAPES[shape](x, y, r));
}

/** The place of a racer after a step: one number or two. */
export function placeOf({ positions, losses }, step) {
  const axes = positions.length / losses.length;
  const k = Math.min(step, losses.length - 1);
  return Array.from(positions.subarray(k * axes, (k + 1) * axes));
}

/** Trails and heads on a landscape over two axes. */
export function racerMarks(race, step, at) {
  const trails = race.racers.map((racer, number) => wayLines(racer.positions, racer.off_plane, at, laneOf(number),
    { testid: "trail", title: racer.label, count: Math.min(step + 1, racer.losses.length) }));
  const heads = race.racers.map((racer, number) => {
    const [x, y] = at(...placeOf(racer, step));
    return racerShape(number, x, y, 7);
  });
  return [...trails, ...heads];
}
