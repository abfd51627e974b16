// Save: the files of the session to download, and a patch file to load.

import { h } from "../ui/dom.js";
import { fileButton, loadPatch } from "../ui/files.js";
import { openPopover } from "../ui/popover.js";

function fileLinks(call, report) {
  const list = h("ul", { class: "items", "aria-busy": "true" }, h("li", { class: "sm dim" }, "Preparing the files …"));
  call("downloads").then(({ files }) => {
    list.removeAttribute("aria-busy");
    list.replaceChildren(...files.map((file) => h("li", {}, h("a", { class: "item", href: file.url, download: file.name },
      h("span", { class: "grow" }, file.label, h("small", { class: "mono" }, file.name))))));
  }).catch((error) => {
    list.replaceChildren();
    report(error);
  });
  return list;
}

export function saveItems({ call, report, working, close }) {
  const chosen = (file) => {
    close();
    working(loadPatch(call, file));
  };
  return [
    h("h3", {}, "Download"),
    fileLinks(call, report),
    h("h3", {}, "Go on with an earlier patch"),
    ...fileButton({ label: "Load a patch file", accept: ".json,application/json", testid: "file-patch", chosen }),
  ];
}

export const openSaveMenu = ({ root, anchor, ...rest }) =>
  openPopover(root, anchor, "Save", (close) => saveItems({ ...rest, close }));
