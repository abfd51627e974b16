// The surface itself: shades on a canvas, level lines over it. Logarithmic above the lowest loss, as valleys are small.

import { contour } from "../draw/contours.js";
import { viridis } from "../draw/viridis.js";

export const FINE = 96; // the drawing's own grid: a coarse surface is interpolated, not blocky
const FLOOR = 0.05; // share of the range that is added before the logarithm: how deep valleys look
const LEVELS = 11;
const FADE = 0.8; // how much of its colour a basin loses that does not lead to the lowest minimum

/** For each place of an even grid its left neighbour on an uneven one, and how far it is to the next. */
function between(positions) {
  return Array.from({ length: FINE }, (_, k) => {
    const place = k / (FINE - 1);
    let i = 0;
    while (i < positions.length - 2 && positions[i + 1] <= place) i++;
    return [i, Math.min(1, Math.max(0, (place - positions[i]) / (positions[i + 1] - positions[i])))];
  });
}

function shadeOf(values, kind) {
  const finite = Array.from(values).filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  if (kind === "linear") return (z) => (z - low) / (high - low || 1);
  const floor = FLOOR * (high - low) || 1;
  const range = Math.log(high - low + floor) - Math.log(floor) || 1;
  return (z) => (Math.log(z - low + floor) - Math.log(floor)) / range;
}

/** Numbers on the landscape's own grid, on the drawing's even one, columns first. */
function evenly(numbers, { shape, positions }) {
  const [, rows] = shape;
  const [across, up] = [between(positions[0]), between(positions[1])];
  const even = new Float32Array(FINE * FINE);
  for (let i = 0; i < FINE; i++) {
    const [a, s] = across[i];
    for (let j = 0; j < FINE; j++) {
      const [b, t] = up[j];
      const k = a * rows + b;
      even[i * FINE + j] = (1 - s) * ((1 - t) * numbers[k] + t * numbers[k + 1]) + s * ((1 - t) * numbers[k + rows] + t * numbers[k + rows + 1]);
    }
  }
  return even;
}

/** The losses as shades from 0 (lowest) to 1 on an even grid, columns first; `kind` is "log" or "linear". */
export const shades = (landscape, kind) => evenly(Array.from(landscape.values, shadeOf(landscape.values, kind)), landscape);

/** Above one half where descent leads to the lowest minimum, on the drawing's own grid; null where it always does. */
export function homeward(basins, landscape) {
  const [columns, rows] = landscape.shape;
  if (basins?.labels.length !== columns * rows || !basins.labels.some((label) => label > 0)) return null;
  return evenly(Array.from(basins.labels, (label) => Number(label <= 0)), landscape);
}

/** The colour of a shade; where descent leads elsewhere it is faded. */
export function colour(shade, home) {
  const [r, g, b] = viridis(shade);
  if (home) return [r, g, b];
  const grey = 46 + 0.62 * (0.3 * r + 0.55 * g + 0.15 * b);
  return [[r, 0.95], [g, 0.97], [b, 1.06]].map(([channel, tint]) => channel + (grey * tint - channel) * FADE);
}

export function paintHeat(canvas, even, home) {
  canvas.width = FINE;
  canvas.height = FINE;
  const context = canvas.getContext("2d");
  const image = context.createImageData(FINE, FINE);
  for (let i = 0; i < FINE; i++) {
    for (let j = 0; j < FINE; j++) {
      const k = i * FINE + j;
      const at = 4 * ((FINE - 1 - j) * FINE + i);
      image.data.set(colour(even[k], !home || home[k] >= 0.5), at);
      image.data[at + 3] = Number.isFinite(even[k]) ? 255 : 0; // no loss there: the ground shows
    }
  }
  context.putImageData(image, 0, 0);
}

/** The lines at some levels of an even grid as one path, in the coordinates that `at(x, y)` gives. */
function lines(even, levels, at) {
  const place = (i, j) => at(i / (FINE - 1), j / (FINE - 1));
  return levels.map((level) => contour((i, j) => even[i * FINE + j], FINE, FINE, level, place)).join("");
}

/** All level lines as one path. */
export const levelLines = (even, at) => lines(even, Array.from({ length: LEVELS - 1 }, (_, k) => (k + 1) / LEVELS), at);

/** The line around what leads to the lowest minimum. */
export const rimLine = (home, at) => lines(home, [0.5], at);
