// The sentence under a picture. Python has computed it from the numbers on show.

import { h, rich, watch } from "../ui/dom.js";

const SPEAK_MS = 3000; // a screen reader hears of changes at most this often

export function mountWords({ model, el }) {
  const words = h("p", { class: "sm mid words", "data-testid": "words" });
  const voice = h("p", { class: "vh", "aria-live": "polite" });
  el.append(words, voice);
  let timer = 0;
  const draw = () => {
    words.replaceChildren(...rich(model.get("words")));
    timer ||= setTimeout(() => {
      timer = 0;
      voice.textContent = words.textContent;
    }, SPEAK_MS);
  };
  const stop = watch(model, ["words"], draw);
  draw();
  return {
    destroy() {
      stop();
      clearTimeout(timer);
      words.remove();
      voice.remove();
    },
  };
}
