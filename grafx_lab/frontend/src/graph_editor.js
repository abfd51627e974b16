// The graph editor as a module of its own: palette, canvas, undo and redo in one box.
import { mountGraphEditor, mountPalette } from "./graph_editor/index.js";
import { caller } from "./rpc.js";
import { mountNotices } from "./ui/notices.js";

function child(parent, className) {
  const element = document.createElement("div");
  element.className = className;
  parent.append(element);
  return element;
}

export default {
  render({ model, el }) {
    el.classList.add("gl", "ge-host");
    const box = child(el, "ge-solo");
    const side = child(box, "ge-side");
    const main = child(box, "ge-main");
    const call = caller(model);
    // In a notebook the wheel belongs to the page; pinching and Ctrl with the wheel zoom.
    const editor = mountGraphEditor({ model, call, el: main, history: true, wheelZooms: false });
    const palette = mountPalette({ model, call, el: side });
    const notices = mountNotices({ model, el: main });
    return () => {
      notices.destroy();
      palette();
      editor();
      box.remove();
    };
  },
};
