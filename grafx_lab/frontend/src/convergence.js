// A fit as it converges: loss, controls on their way, the signal against its target; and every step of it, seen and heard.

import { mountCompared } from "./convergence/compare.js";
import { mountDiagnosis } from "./convergence/diagnosis.js";
import { mountFilm } from "./convergence/film.js";
import { hearButtons } from "./convergence/hear.js";
import { moreButton } from "./convergence/more.js";
import { signalChoice } from "./convergence/signal_choice.js";
import { mountTransport } from "./convergence/transport.js";
import { lineKey } from "./draw/icons.js";
import { mountCurves } from "./fit_view/curves.js";
import { startChoice } from "./fit_view/start_choice.js";
import { panel } from "./host/anywidget.js";
import { createStore } from "./host/store.js";
import { mountHead } from "./panel/head.js";
import { mountWords } from "./panel/words.js";
import { mountResponse } from "./response/view.js";
import { caller } from "./rpc.js";
import { h } from "./ui/dom.js";
import { mountNotices } from "./ui/notices.js";
import { prepareRoot } from "./ui/root.js";

function render({ model, el }) {
  const release = prepareRoot(el);
  el.classList.add("gl-panel", "gl-convergence");
  const call = caller(model);
  const notices = mountNotices({ model, el });
  const { report } = notices;
  const chosen = createStore({ run: null }); // the earlier fit that is compared
  const tools = { model, call, report, chosen };
  const side = h("div", { class: "side" });
  const keys = h("div", { class: "row keys" }, lineKey("source"), lineKey("fitted"), lineKey("target"));
  const body = h("div", { class: "body" });
  const signal = signalChoice(tools);
  side.append(h("div", { class: "signal" }, signal.el));
  const more = moreButton({ ...tools, el });
  const parts = [
    mountHead({ model, el, aside: h("div", { class: "row" }, keys, more.el) }),
    mountCurves({ model, el: body, chosen }),
    mountResponse({ model, el: side }),
    mountWords({ model, el: side, slice: "fit" }),
    signal,
  ];
  body.append(side);
  el.append(body);
  parts.push(mountDiagnosis({ model, el, chosen }), mountCompared({ ...tools, el }), mountFilm({ ...tools, el }));
  const hear = hearButtons({ model, report });
  const start = startChoice(model);
  const fit = { name: "fit", args: () => ({ ...start.read(), steps: model.get("fit")?.steps || 300 }) };
  const first = { word: "Fit", call: fit, icon: null, again: { name: "again" } };
  parts.push(hear, more, start, mountTransport({ model, call, el, report, first, extra: start.el, hear: hear.el }));
  return () => {
    parts.forEach((part) => part.destroy());
    notices.destroy();
    release();
  };
}

export default panel(render);
