// A fit as a film to keep: GIF, a page that plays by itself, or MP4. Made in Python, beside whatever else runs.

import { icon } from "../draw/icons.js";
import { h, rich, show, watch } from "../ui/dom.js";
import { isFitting } from "../state.js";
import { saveFile } from "../ui/files.js";

/** The formats as items of a menu; what this machine cannot make is said, not offered. */
export function filmItems({ model, call, report, chosen, close }) {
  const fit = model.get("fit");
  const run = chosen.get("run");
  if (run === null && (isFitting(fit) || !(fit?.losses.length > 1))) return [];
  const make = (format) => {
    close();
    call("export", { format, run }).catch(report);
  };
  const busy = model.get("export")?.status === "running";
  const items = model.get("export")?.formats.map(({ name, label, why_not }) => h("li", {}, why_not
    ? h("p", { class: "xs dim", "data-testid": `no-${name}` }, why_not)
    : h("button", { class: "item", type: "button", disabled: busy, "data-testid": `export-${name}`, onclick: () => make(name) }, label)));
  return [h("h3", {}, run === null ? "Save as a film" : `Save fit ${run} as a film`), h("ul", { class: "items" }, items)];
}

/** How far the film is, the way to give it up, and when it is there, the file. */
export function mountFilm({ model, call, el, report }) {
  const words = h("p", { class: "sm mid grow", role: "status", "data-testid": "film-words" });
  const bar = h("b");
  const progress = h("div", { class: "bar", role: "progressbar", "aria-label": "Film", "aria-valuemin": "0", "aria-valuemax": "100" }, bar);
  const cancel = h("button", { class: "btn", type: "button", "data-testid": "cancel-film",
    onclick: () => call("cancel_export").catch(report) }, "Cancel");
  const save = h("button", { class: "btn", type: "button", "data-testid": "save-film",
    onclick: () => saveFile(model, model.get("export").file).catch(report) }, "Download");
  const close = h("button", { class: "btn ghost icon", type: "button", "aria-label": "Dismiss", title: "Dismiss", onclick: () => {
    dismissed = model.get("export");
    draw();
  } }, icon("close"));
  const root = h("div", { class: "row strip film", "data-testid": "film" }, words, cancel, save, close, progress);
  el.append(root);
  let dismissed = null;
  function draw() {
    const film = model.get("export");
    const running = film?.status === "running";
    show(root, Boolean(film) && film.status !== "idle" && film !== dismissed);
    show(cancel, running);
    show(progress, running);
    show(save, Boolean(film?.file));
    show(close, !running);
    if (!film) return;
    words.replaceChildren(...rich(film.message));
    bar.style.width = `${100 * film.share}%`;
    progress.setAttribute("aria-valuenow", String(Math.round(100 * film.share)));
  }
  const stop = watch(model, ["export"], draw);
  draw();
  return { destroy: () => (stop(), root.remove()) };
}
