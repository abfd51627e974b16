// Choosing a source or a target: a file, an example clip, or a whole example.

import { h } from "../ui/dom.js";
import { fileButton, uploadSound } from "../ui/files.js";
import { openPopover } from "../ui/popover.js";

const LEAD = {
  source: "The sound that enters the patch.",
  target: "The recording the patch should come to sound like.",
};

const item = (testid, onclick, ...content) => h("li", {}, h("button", { class: "item", type: "button", "data-testid": testid, onclick }, content));

function clipList(clips, take) {
  if (!clips.length) return [];
  return [h("h3", {}, "Example sounds"), h("ul", { class: "items" }, clips.map((clip) =>
    item(`clip-${clip.id}`, () => take("clip", clip.id),
      h("span", { class: "grow" }, clip.label), h("span", { class: "mono xs dim" }, `${clip.seconds.toFixed(1)} s`))))];
}

function exampleList(examples, take) {
  if (!examples.length) return [];
  return [h("h3", {}, "Source, target and a patch to start from"), h("ul", { class: "items" }, examples.map((example) =>
    item(`example-${example.id}`, () => take("example", example.id),
      h("span", { class: "grow" }, example.label, h("small", {}, example.doc)))))];
}

/** `working(promise, role)` shows that something is on its way and reports what fails. */
export function openSoundMenu({ root, anchor, role, model, call, working }) {
  const catalog = model.get("catalog") ?? { clips: [], examples: [] };
  openPopover(root, anchor, `Choose the ${role}`, (close) => {
    const take = (name, id) => {
      close();
      working(call(name, name === "clip" ? { role, id } : { id }), role);
    };
    const chosen = (file) => {
      close();
      working(uploadSound(call, role, file), role);
    };
    return [
      h("h2", { class: `c-${role}` }, role === "source" ? "Source" : "Target"),
      h("p", { class: "sm mid" }, LEAD[role]),
      h("div", { class: "dropzone", "data-drop-role": role },
        fileButton({ label: "Choose a file", accept: "audio/*", testid: `file-${role}`, chosen }),
        h("span", { class: "sm dim" }, "or drop a sound here")),
      h("div", { class: "scroll" }, clipList(catalog.clips, take), exampleList(catalog.examples, take)),
    ];
  });
}

/** A dropped sound: as what? */
export function openRoleMenu({ root, point, file, call, working }) {
  openPopover(root, point, "Use the sound as", (close) => {
    const use = (role) => h("button", { class: "btn", type: "button", "data-testid": `use-as-${role}`, onclick() {
      close();
      working(uploadSound(call, role, file), role);
    } }, h("i", { class: "dot", style: `background:var(--${role})` }), role === "source" ? "Source" : "Target");
    return [h("p", { class: "sm" }, "Use ", h("b", {}, file.name), " as"), h("div", { class: "row" }, use("source"), use("target"))];
  });
}
