// Play, loop, position, and the switch between source, fitted and target.

import { h, keepFocus, setText, show } from "../ui/dom.js";
import { icon } from "../draw/icons.js";
import { colourOf, ROLES } from "./graph.js";

const capital = (word) => word[0].toUpperCase() + word.slice(1);

function roleButton(role, number, listen) {
  return keepFocus(h("button", { type: "button", "data-testid": `listen-${role}`, onclick: () => listen(role) },
    h("i", { class: "dot", style: `background:var(--${colourOf(role)})` }), capital(role), h("kbd", { "aria-hidden": "true" }, String(number))));
}

/** `tools` are further buttons. */
export function transport({ toggle, listen, setLoop, tools }) {
  const play = keepFocus(h("button", { class: "btn primary icon", type: "button", "data-testid": "play", onclick: toggle }));
  const loop = keepFocus(h("button", { class: "btn icon ghost loop", type: "button", "aria-label": "Loop", title: "Loop",
    "data-testid": "loop", onclick: () => setLoop(loop.getAttribute("aria-pressed") !== "true") }, icon("loop")));
  const [now, all] = [h("span"), h("span", { class: "dim" })];
  const roles = ROLES.map((role, i) => roleButton(role, i + 1, listen));
  const offset = h("b");
  const word = h("span", { class: "word" }, "matched");
  const matched = h("span", { class: "badge matched", "data-testid": "matched" }, word, offset);
  const choice = h("span", { class: "seg", role: "group", "aria-label": "Listen to" }, roles);
  let drawn = null;
  return {
    el: h("div", { class: "row transport" }, play, loop, h("span", { class: "mono sm time", "data-testid": "position" }, now, " ", all),
      choice, h("span", { class: "grow" }), matched, tools),
    /** In a blind test nothing here says what is heard. */
    set(state, audio, optional, blind) {
      const track = audio?.[state.listen];
      if (drawn !== state.playing) {
        drawn = state.playing;
        play.replaceChildren(icon(drawn ? "pause" : "play"));
        play.setAttribute("aria-label", drawn ? "Pause" : "Play");
      }
      play.disabled = !ROLES.some((role) => audio?.[role]);
      loop.setAttribute("aria-pressed", String(state.loop));
      roles.forEach((button, i) => {
        show(button, optional[ROLES[i]] ?? true);
        button.disabled = !audio?.[ROLES[i]];
        button.setAttribute("aria-pressed", String(ROLES[i] === state.listen));
      });
      show(choice, !blind);
      show(matched, Boolean(track) && !blind);
      if (!track) return;
      setText(offset, track.offset_text);
      matched.title = `The ${state.listen} sound is played with ${track.offset_text}, so that loudness does not decide (BS.1770).`;
    },
    setTime(position, seconds) {
      setText(now, position.toFixed(2));
      setText(all, `/ ${seconds.toFixed(2)} s`);
    },
  };
}
