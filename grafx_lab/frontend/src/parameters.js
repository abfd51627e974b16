// Every control of a patch, node by node: the app's inspector in a notebook.

import { mountInspector } from "./inspector/inspector.js";
import { panel } from "./host/anywidget.js";
import { mountHead } from "./panel/head.js";
import { historyButtons } from "./panel/history.js";
import { mountNodeTabs } from "./panel/node_tabs.js";
import { selection } from "./panel/selection.js";
import { caller } from "./rpc.js";
import { h, watch } from "./ui/dom.js";
import { mountNotices } from "./ui/notices.js";
import { prepareRoot } from "./ui/root.js";

function render({ model, el }) {
  const release = prepareRoot(el);
  el.classList.add("gl-panel", "gl-parameters");
  const call = caller(model);
  const notices = mountNotices({ model, el });
  const { report } = notices;
  const selected = selection({ model, call, report });
  const history = historyButtons({ model, call, report });
  const body = h("div", { class: "inspect" });
  const parts = [
    mountHead({ model, el, aside: history.el }),
    mountNodeTabs({ model, el, chosen: selected.get, choose: selected.choose }),
  ];
  el.append(body);
  const inspector = mountInspector({ model, call, el: body, getSelected: selected.get, onSelect: selected.choose, report });
  const stop = watch(model, ["selection"], inspector.draw);
  return () => {
    stop();
    [inspector, history, ...parts].forEach((part) => part.destroy());
    notices.destroy();
    release();
  };
}

export default panel(render);
