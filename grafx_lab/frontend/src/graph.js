// The graph editor in a notebook, two-way: hands draw, and what Python sets is drawn.

import { mountGraphEditor, mountPalette } from "./graph_editor/index.js";
import { pruneButton } from "./graph/prune.js";
import { panel } from "./host/anywidget.js";
import { mountHead } from "./panel/head.js";
import { selection } from "./panel/selection.js";
import { mountWords } from "./panel/words.js";
import { caller } from "./rpc.js";
import { h, watch } from "./ui/dom.js";
import { mountNotices } from "./ui/notices.js";
import { prepareRoot } from "./ui/root.js";

function render({ model, el }) {
  const release = prepareRoot(el);
  el.classList.add("gl-panel", "gl-graph");
  const call = caller(model);
  const notices = mountNotices({ model, el });
  const selected = selection({ model, call, report: notices.report });
  const prune = pruneButton({ model, call, report: notices.report });
  const head = mountHead({ model, el, aside: prune.el });
  const [side, main] = [h("div", { class: "ge-side" }), h("div", { class: "ge-main" })];
  el.append(h("div", { class: "drawing" }, side, main));
  const words = mountWords({ model, el, slice: "fit" });
  // In a notebook the wheel belongs to the page; pinching and Ctrl with the wheel zoom.
  const editor = mountGraphEditor({ model, call, el: main, history: true, wheelZooms: false,
    getSelected: () => model.get("selection")?.node ?? null, onSelect: selected.choose });
  const palette = mountPalette({ model, el: side, onAdd: editor.add });
  const stop = watch(model, ["selection"], () => editor.select(model.get("selection")?.node ?? null));
  return () => {
    stop();
    [palette, editor, words, prune, head].forEach((part) => part.destroy());
    notices.destroy();
    release();
  };
}

export default panel(render);
