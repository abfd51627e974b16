// A fit as it converges: loss, controls on their way, the signal against its target; play, pause, step, stop.

import { caller } from "./rpc.js";
import { mountSignal } from "./convergence/signal.js";
import { mountTransport } from "./convergence/transport.js";
import { mountCurves } from "./fit_view/curves.js";
import { panel } from "./host/anywidget.js";
import { mountHead } from "./panel/head.js";
import { mountWords } from "./panel/words.js";
import { lineKey } from "./draw/icons.js";
import { h } from "./ui/dom.js";
import { mountNotices } from "./ui/notices.js";
import { prepareRoot } from "./ui/root.js";

function render({ model, el }) {
  const release = prepareRoot(el);
  el.classList.add("gl-panel", "gl-convergence");
  const notices = mountNotices({ model, el });
  const side = h("div", { class: "side" });
  const keys = h("div", { class: "row keys" }, lineKey("source"), lineKey("fitted"), lineKey("target"));
  const body = h("div", { class: "body" });
  const parts = [
    mountHead({ model, el, aside: keys }),
    mountCurves({ model, el: body }),
    mountSignal({ model, el: side }),
    mountWords({ model, el: side }),
  ];
  body.append(side);
  el.append(body);
  parts.push(mountTransport({ model, call: caller(model), el, report: notices.report }));
  return () => {
    parts.forEach((part) => part.destroy());
    notices.destroy();
    release();
  };
}

export default panel(render);
