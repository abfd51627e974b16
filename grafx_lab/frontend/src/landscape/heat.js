// The surface itself: shades on a canvas, level lines over it. Logarithmic above the lowest loss, as valleys are small.

import { contour } from "../draw/contours.js";
import { viridis } from "../draw/viridis.js";

const FINE = 96; // the drawing's own grid: a coarse surface is interpolated, not blocky
const FLOOR = 0.05; // share of the range that is added before the logarithm: how deep valleys look
const LEVELS = 11;

/** For each place of an even grid its left neighbour on an uneven one, and how far it is to the next. */
function between(positions) {
  return Array.from({ length: FINE }, (_, k) => {
    const place = k / (FINE - 1);
    let i = 0;
    while (i < positions.length - 2 && positions[i + 1] <= place) i++;
    return [i, Math.min(1, Math.max(0, (place - positions[i]) / (positions[i + 1] - positions[i])))];
  });
}

/** The losses as shades from 0 (lowest) to 1 on an even grid, columns first. */
export function shades({ values, shape, positions }) {
  const [, rows] = shape;
  const finite = Array.from(values).filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const floor = FLOOR * (high - low) || 1;
  const range = Math.log(high - low + floor) - Math.log(floor) || 1;
  const shade = Array.from(values, (z) => (Math.log(z - low + floor) - Math.log(floor)) / range);
  const [across, up] = [between(positions[0]), between(positions[1])];
  const even = new Float32Array(FINE * FINE);
  for (let i = 0; i < FINE; i++) {
    const [a, s] = across[i];
    for (let j = 0; j < FINE; j++) {
      const [b, t] = up[j];
      const k = a * rows + b;
      even[i * FINE + j] = (1 - s) * ((1 - t) * shade[k] + t * shade[k + 1]) + s * ((1 - t) * shade[k + rows] + t * shade[k + rows + 1]);
    }
  }
  return even;
}

export function paintHeat(canvas, even) {
  canvas.width = FINE;
  canvas.height = FINE;
  const context = canvas.getContext("2d");
  const image = context.createImageData(FINE, FINE);
  for (let i = 0; i < FINE; i++) {
    for (let j = 0; j < FINE; j++) {
      const shade = even[i * FINE + j];
      const at = 4 * ((FINE - 1 - j) * FINE + i);
      image.data.set(viridis(shade), at);
      image.data[at + 3] = Number.isFinite(shade) ? 255 : 0; // no loss there: the ground shows
    }
  }
  context.putImageData(image, 0, 0);
}

/** All level lines as one path over `width` by `height` pixels. */
export function levelLines(even, width, height) {
  const at = (i, j) => [(i / (FINE - 1)) * width, height - (j / (FINE - 1)) * height];
  let d = "";
  for (let k = 1; k < LEVELS; k++) d += contour((i, j) => even[i * FINE + j], FINE, FINE, k / LEVELS, at);
  return d;
}
