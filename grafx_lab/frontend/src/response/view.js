// The response as a part of a panel: which picture, and the picture.

import { followSize } from "../draw/scales.js";
import { h, s, setText, show, watch } from "../ui/dom.js";
import { drawImages } from "./images.js";
import { drawLines } from "./picture.js";

/** The pictures to choose from: of the node, and of the whole sound. */
export function pictureChoice({ model, call, report }) {
  const select = h("select", { class: "sel", "aria-label": "Picture", "data-testid": "picture",
    onchange: () => call("response", { kind: select.value }).catch(report) });
  let known = "";
  function draw() {
    const response = model.get("response");
    if (!response) return;
    const key = JSON.stringify([response.node, response.kinds]);
    if (key !== known) {
      known = key;
      const group = (of, label) => h("optgroup", { label }, response.kinds.filter((kind) => kind.of === of)
        .map(({ name, label: text }) => h("option", { value: name }, text)));
      const own = response.kinds.some((kind) => kind.of === "node");
      select.replaceChildren(own && group("node", response.node), group("sound", "the sound"));
    }
    select.value = response.kind;
  }
  const stop = watch(model, ["response"], draw);
  draw();
  return { el: select, destroy: stop };
}

export function mountResponse({ model, el }) {
  const [title, axes] = [h("span"), h("span", { class: "mono dim" })];
  const still = s("svg", { class: "plot", role: "img" });
  const moving = s("svg", { class: "plot moving", "aria-hidden": "true" });
  const images = h("div", { class: "images" });
  const none = h("p", { class: "sm mid none" }, "There is nothing to measure yet.");
  const place = h("div", { class: "picture-place", "data-testid": "picture-place" }, still, moving, images, none);
  const root = h("div", { class: "response" }, h("div", { class: "cap" }, title, axes), place);
  el.append(root);
  function draw() {
    const picture = model.get("response")?.picture ?? null;
    show(none, !picture);
    for (const svg of [still, moving]) svg.style.display = picture?.type === "lines" ? "" : "none";
    show(images, picture?.type === "images");
    if (!picture) return;
    setText(title, picture.title);
    setText(axes, [picture.y_label, picture.x_label].filter(Boolean).join(" over "));
    if (picture.type === "images") return drawImages(images, picture);
    still.setAttribute("aria-label", `${picture.title}: ${picture.lines.map((line) => line.role).join(", ")}`);
    if (size.width) drawLines({ still, moving }, size, picture);
  }
  const size = followSize(place, draw);
  const stops = [watch(model, ["response"], draw), size.stop];
  draw();
  return {
    destroy() {
      stops.forEach((stop) => stop());
      root.remove();
    },
  };
}
