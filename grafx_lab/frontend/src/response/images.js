// Spectrograms of source, target and fitted, one above the other on one scale.

import { scale, tickText } from "../draw/scales.js";
import { viridis, viridisGradient } from "../draw/viridis.js";
import { h } from "../ui/dom.js";

function paint({ values, shape }, [low, high]) {
  const [rows, columns] = shape;
  const canvas = h("canvas", { width: columns, height: rows });
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = 4 * ((rows - 1 - row) * columns + column);
      image.data.set(viridis((values[row * columns + column] - low) / (high - low)), at);
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Texts beside an edge; `place` gives the share of the edge at which a value stands. */
const tickTexts = (side, ticks, place) => h("div", { class: `ticks ${side}` }, ticks.map(([value, text]) =>
  h("span", { class: "tick", style: `${side === "x" ? "left" : "top"}:${place(value).toFixed(2)}%` }, text)));

export function drawImages(el, picture) {
  const [low, high] = picture.range.map((level) => tickText(Math.round(level)));
  const across = scale("linear", picture.x_range, [0, 100]);
  const down = scale("log", picture.y_range, [100, 0]);
  el.style.gridTemplateRows = `repeat(${picture.images.length}, minmax(0, 1fr)) auto auto`;
  el.replaceChildren(
    ...picture.images.flatMap((image) => [tickTexts("y", picture.y_ticks, down),
      h("figure", { "data-role": image.role }, h("figcaption", { class: `c-${image.role}` }, image.role), paint(image, picture.range))]),
    tickTexts("x", picture.x_ticks, across),
    h("p", { class: "row xs dim mono scale" }, h("span", { class: "grow" }), low, h("i", { style: `background:${viridisGradient}` }), `${high} ${picture.range_label}`));
}
