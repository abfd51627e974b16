// The sentence under a picture. Python has computed it from the numbers on show.

import { h, rich, watch } from "../ui/dom.js";

const SPEAK_MS = 3000; // a screen reader hears of changes at most this often

/** `slice` is the one whose `words` are shown. */
export function mountWords({ model, el, slice, testid = "words" }) {
  const words = h("p", { class: "sm mid words", "data-testid": testid });
  const voice = h("p", { class: "vh", "aria-live": "polite" });
  el.append(words, voice);
  let [timer, width] = [0, 0];
  // Whatever stands beneath stays under the pointer: the room of the longest words so far is kept at one width.
  function keepRoom() {
    if (words.clientWidth !== width) words.style.minHeight = "";
    width = words.clientWidth;
    if (words.offsetHeight) words.style.minHeight = `${words.offsetHeight}px`;
  }
  const draw = () => {
    const text = model.get(slice)?.words;
    if (!text) return; // what is being measured is said when it is known
    words.replaceChildren(...rich(text));
    keepRoom();
    timer ||= setTimeout(() => {
      timer = 0;
      voice.textContent = words.textContent;
    }, SPEAK_MS);
  };
  const stop = watch(model, [slice], draw);
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
