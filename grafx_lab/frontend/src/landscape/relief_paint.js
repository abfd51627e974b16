// Painting a relief: from far to near, so that what is near covers what it hides.

import { colour, FINE } from "./heat.js";

const CELLS = 56; // of the mesh along an axis
const LIGHT = [-0.45, 0.35, 0.82];
const SHADOW = 0.42; // how dark the steepest slope in the shade is
const SMOOTH = 0.05; // the light sees slopes over so far, so that the grid's own facets do not show
const MESH = 7; // every so many cells a line, so that the form is read where the colour is even

function brightness(slopeX, slopeY) {
  const length = Math.hypot(slopeX, slopeY, 1);
  const lit = (-slopeX * LIGHT[0] - slopeY * LIGHT[1] + LIGHT[2]) / length;
  return 1 - SHADOW * (1 - Math.max(0, Math.min(1, lit / LIGHT[2])));
}

const order = (backwards) => Array.from({ length: CELLS }, (_, k) => (backwards ? CELLS - 1 - k : k));

/** The sharpness of the screen, with no more points than are worth their time. */
function fit(canvas, width, height) {
  const dots = Math.min(2, devicePixelRatio || 1);
  canvas.width = Math.round(width * dots);
  canvas.height = Math.round(height * dots);
  const context = canvas.getContext("2d");
  context.setTransform(dots, 0, 0, dots, 0, 0);
  context.clearRect(0, 0, width, height);
  context.lineJoin = "round";
  return context;
}

/** Corners of the mesh: height, light, whether descent leads to the lowest minimum, and where they are seen. */
function corners(heightAt, home, view) {
  const fine = (k) => Math.round((k / CELLS) * (FINE - 1));
  return Array.from({ length: (CELLS + 1) ** 2 }, (_, k) => {
    const [i, j] = [Math.floor(k / (CELLS + 1)), k % (CELLS + 1)];
    const [x, y] = [i / CELLS, j / CELLS];
    const slope = (dx, dy) => (heightAt(x + dx, y + dy) - heightAt(x - dx, y - dy)) / (2 * SMOOTH);
    const z = heightAt(x, y);
    return { z, light: brightness(slope(SMOOTH, 0) || 0, slope(0, SMOOTH) || 0), home: !home || home[fine(i) * FINE + fine(j)] >= 0.5,
      pixel: view.project(x, y, z) };
  });
}

/** `heightAt(x, y)` is the height from 0 to 1, NaN in a hole; `home` and `view` are those of heat.js and camera.js. */
export function paintRelief(canvas, heightAt, home, view, width, height) {
  const context = fit(canvas, width, height);
  const nodes = corners(heightAt, home, view);
  const node = (i, j) => nodes[i * (CELLS + 1) + j];
  const line = (from, to) => {
    context.beginPath();
    context.moveTo(...from.pixel);
    context.lineTo(...to.pixel);
    context.strokeStyle = "rgb(255 255 255 / .2)";
    context.stroke();
  };
  context.lineWidth = 0.8;
  for (const i of order(view.backwards.across)) {
    for (const j of order(view.backwards.along)) {
      const cell = [node(i, j), node(i + 1, j), node(i + 1, j + 1), node(i, j + 1)];
      const mean = (name) => cell.reduce((sum, corner) => sum + corner[name], 0) / 4;
      if (!Number.isFinite(mean("z"))) continue; // no loss there: a hole
      const tint = `rgb(${colour(mean("z"), cell[0].home).map((channel) => Math.round(channel * mean("light"))).join(" ")})`;
      context.beginPath();
      cell.forEach(({ pixel }, k) => (k ? context.lineTo(...pixel) : context.moveTo(...pixel)));
      context.closePath();
      context.fillStyle = context.strokeStyle = tint;
      context.fill();
      context.stroke(); // closes the seams between neighbours
      if (i % MESH === 0) line(cell[0], cell[3]);
      if (j % MESH === 0) line(cell[0], cell[1]);
    }
  }
}
