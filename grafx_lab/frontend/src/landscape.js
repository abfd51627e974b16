// The loss over one or two controls, to be walked on.

import { panel } from "./host/anywidget.js";
import { axisChoice, lossChoice } from "./landscape/menus.js";
import { mountLandscape } from "./landscape/view.js";
import { mountHead } from "./panel/head.js";
import { caller } from "./rpc.js";
import { h } from "./ui/dom.js";
import { mountNotices } from "./ui/notices.js";
import { prepareRoot } from "./ui/root.js";

function render({ model, el }) {
  const release = prepareRoot(el);
  el.classList.add("gl-panel", "gl-landscape");
  const call = caller(model);
  const notices = mountNotices({ model, el });
  const { report } = notices;
  const [axes, losses] = [axisChoice({ model, call, report }), lossChoice({ model, call, report })];
  const parts = [
    mountHead({ model, el, aside: h("div", { class: "row menus" }, axes.el, losses.el) }),
    mountLandscape({ model, call, el, report }),
  ];
  return () => {
    [...parts, axes, losses].forEach((part) => part.destroy());
    notices.destroy();
    release();
  };
}

export default panel(render);
