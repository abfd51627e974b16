// The blind test of the player: unnamed lanes on the same clock, a question, and after the choice which was which.

import { clamp, h, keepFocus, rich, show } from "../ui/dom.js";
import { blindRounds, LETTERS, QUESTIONS } from "./blind_rounds.js";
import { seeking } from "./seeking.js";

function lane(index, { pick, choose, seek, position }) {
  const [name, head] = [h("b", { class: "sm" }, LETTERS[index]), h("i", { class: "ph" })];
  const button = keepFocus(h("button", { class: "lane-head", type: "button", "data-testid": `blind-${LETTERS[index]}`,
    "aria-label": `Listen to ${LETTERS[index]}`, onclick: () => pick(index) }, name));
  const place = h("div", { class: "wv blank", role: "slider", tabindex: "0", "aria-label": `Position in ${LETTERS[index]}`,
    "aria-valuemin": "0", "aria-valuemax": "1", "aria-valuenow": "0" }, h("i", { class: "line" }), head);
  const choice = keepFocus(h("button", { class: "btn", type: "button", "data-testid": `choose-${LETTERS[index]}`,
    "aria-label": `This one: ${LETTERS[index]}`, onclick: () => choose(index) }, "This one"));
  const el = h("div", { class: "lane", "data-letter": LETTERS[index] }, button, place, choice);
  seeking(place, seek, position);
  return { el, name, head, place, button, choice };
}

/** `listen(role)` lets one be heard; `changed()` is called when the test begins, goes on or ends. */
export function blindTest({ seed, listen, seek, position, changed }) {
  let rounds = null;
  let lanes = [];
  const list = h("div", { class: "lanes" });
  const asks = Object.entries(QUESTIONS).map(([key, text]) => keepFocus(h("button", { type: "button",
    "data-testid": `ask-${key}`, onclick: () => (rounds.ask(key), changed()) }, text)));
  const words = h("p", { class: "sm mid grow", "aria-live": "polite", "data-testid": "blind-words" });
  const next = keepFocus(h("button", { class: "btn", type: "button", "data-testid": "blind-next", onclick: begin }, "Next round"));
  const end = keepFocus(h("button", { class: "btn ghost", type: "button", "data-testid": "blind-end", onclick: stop }, "End"));
  const bar = h("div", { class: "row blind-bar" }, h("span", { class: "seg small", role: "group", "aria-label": "Question" }, asks),
    words, next, end);
  const el = h("div", { class: "blind", role: "group", "aria-label": "Blind test", hidden: true }, list, bar);
  let roles = [];
  function pick(index) {
    const role = rounds.order[index];
    if (role) listen(role);
  }
  function begin() {
    rounds.begin(roles);
    lanes = rounds.order.map((_, index) => lane(index, { pick, choose, seek, position }));
    list.replaceChildren(...lanes.map((each) => each.el));
    pick(0);
    changed();
    lanes[0].button.focus({ preventScroll: true });
  }
  function choose(index) {
    rounds.choose(index);
    changed();
    next.focus({ preventScroll: true });
  }
  function stop() {
    rounds = null;
    changed();
  }
  return {
    el,
    pick,
    get running() {
      return rounds !== null;
    },
    start(available) {
      roles = available;
      rounds = blindRounds(seed());
      begin();
    },
    set(listening) {
      show(el, rounds !== null);
      if (!rounds) return;
      const revealed = rounds.chosen !== null;
      asks.forEach((button, i) => {
        const key = Object.keys(QUESTIONS)[i];
        button.setAttribute("aria-pressed", String(rounds.question === key));
        button.disabled = revealed || (key === "target" && !roles.includes("target"));
      });
      lanes.forEach((each, index) => {
        const role = rounds.order[index];
        each.name.textContent = revealed ? `${LETTERS[index]}: ${role}` : LETTERS[index];
        each.el.classList.toggle("on", role === listening);
        each.el.classList.toggle("chosen", rounds.chosen === index);
        each.button.setAttribute("aria-pressed", String(role === listening));
        show(each.choice, !revealed);
      });
      words.replaceChildren(...rich(rounds.words()));
      show(next, revealed);
    },
    moveHeads(now, seconds) {
      const share = seconds > 0 ? clamp(now / seconds) : 0;
      for (const { head, place } of lanes) {
        head.style.left = `${(share * 100).toFixed(3)}%`;
        place.setAttribute("aria-valuenow", share.toFixed(2));
        place.setAttribute("aria-valuetext", `${now.toFixed(1)} of ${seconds.toFixed(1)} seconds`);
      }
    },
  };
}
