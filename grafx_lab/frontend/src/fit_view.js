// The fit as a view of its own: the bar, the loss and the controls.

import { caller } from "./rpc.js";
import { mountCurves } from "./fit_view/curves.js";
import { mountFitBar } from "./fit_view/fit_bar.js";
import { mountNotices } from "./ui/notices.js";
import { prepareRoot } from "./ui/root.js";

function render({ model, el }) {
  const release = prepareRoot(el);
  el.classList.add("gl-fit");
  const notices = mountNotices({ model, el });
  const parts = [
    mountFitBar({ model, call: caller(model), el, report: notices.report }),
    mountCurves({ model, el }),
  ];
  return () => {
    parts.forEach((part) => part.destroy());
    notices.destroy();
    release();
  };
}

export default { render };
