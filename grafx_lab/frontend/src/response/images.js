// Spectrograms of source, target and fitted, one above the other on one scale.

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

export function drawImages(el, picture) {
  const [low, high] = picture.range;
  el.replaceChildren(
    ...picture.images.map((image) => h("figure", { "data-role": image.role }, h("figcaption", { class: `c-${image.role}` }, image.role),
      paint(image, picture.range))),
    h("p", { class: "row xs dim mono scale" }, `0 to ${picture.x_range[1].toFixed(1)} s`, h("span", { class: "grow" }),
      `${low.toFixed(0).replace("-", "−")}`, h("i", { style: `background:${viridisGradient}` }), `${high.toFixed(0).replace("-", "−")} ${picture.range_label}`));
}
