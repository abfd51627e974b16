// Hear what is on show: one button for each sound, all on one clock and equally loud; the offset stands beside them.

import { createEngine } from "../ab_player/engine.js";
import { icon } from "../draw/icons.js";
import { h, keepFocus, setText, show, watch } from "../ui/dom.js";

const CALLED = { source: "Source", target: "Target" };

function wordOf(fitted) {
  if (fitted?.pending) return "Rendering …";
  return fitted?.note?.startsWith("step") ? `Hear ${fitted.note}` : "Hear this";
}

export function hearButtons({ model, report }) {
  const engine = createEngine({ changed: draw, failed: report, read: model.readFile });
  function press(role) {
    if (engine.state.playing && engine.state.listen === role) return engine.pause();
    engine.listen(role);
    engine.play();
  }
  const buttons = Object.fromEntries(["fitted", "source", "target"].map((role) => [role, keepFocus(h("button", { class: "btn",
    type: "button", "data-testid": `hear-${role}`, onclick: () => press(role) }))]));
  const matched = h("span", { class: "badge matched", "data-testid": "matched" });
  const el = h("span", { class: "row hear", role: "group", "aria-label": "Listen" }, buttons.fitted,
    h("span", { class: "seg" }, buttons.source, buttons.target), matched);
  function draw() {
    const audio = model.get("audio");
    for (const role of Object.keys(buttons)) {
      const on = engine.state.playing && engine.state.listen === role;
      const word = CALLED[role] ?? wordOf(audio?.fitted);
      buttons[role].replaceChildren(...(role === "fitted" ? [icon(on ? "pause" : "play"), word] : [word]));
      buttons[role].setAttribute("aria-pressed", String(on));
      buttons[role].disabled = !audio?.[role];
    }
    const track = audio?.[engine.state.listen];
    show(matched, Boolean(engine.state.playing && track));
    setText(matched, `matched ${track?.offset_text ?? ""}`);
  }
  const update = () => {
    engine.setTracks(model.get("audio"));
    draw();
  };
  const stop = watch(model, ["audio"], update);
  update();
  return { el, destroy: () => (stop(), engine.destroy()) };
}
