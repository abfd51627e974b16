// What a node does, and what the sound is like before, after and at the target.

import { lineKey } from "./draw/icons.js";
import { panel } from "./host/anywidget.js";
import { mountHead } from "./panel/head.js";
import { mountNodeTabs } from "./panel/node_tabs.js";
import { selection } from "./panel/selection.js";
import { mountResponse, pictureChoice } from "./response/view.js";
import { caller } from "./rpc.js";
import { h } from "./ui/dom.js";
import { mountNotices } from "./ui/notices.js";
import { prepareRoot } from "./ui/root.js";

function render({ model, el }) {
  const release = prepareRoot(el);
  el.classList.add("gl-panel", "gl-response");
  const call = caller(model);
  const notices = mountNotices({ model, el });
  const { report } = notices;
  const selected = selection({ model, call, report });
  const choice = pictureChoice({ model, call, report });
  const keys = h("span", { class: "row keys" }, lineKey("source"), lineKey("fitted"), lineKey("target"));
  const body = h("div", { class: "body" });
  const parts = [
    mountHead({ model, el, aside: h("div", { class: "row" }, keys, choice.el) }),
    mountNodeTabs({ model, el, chosen: selected.get, choose: selected.choose }),
    mountResponse({ model, el: body }),
  ];
  el.append(body);
  return () => {
    [...parts, choice].forEach((part) => part.destroy());
    notices.destroy();
    release();
  };
}

export default panel(render);
