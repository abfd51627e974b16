// The clock of a race: it runs at a pace to be watched, however fast Python is, and never ahead of it.

import { watch } from "../ui/dom.js";

const TICK_MS = 33;

export function raceClock(model) {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const listeners = new Set();
  let [step, number, timer] = [0, null, 0];
  const race = () => model.get("race");
  const known = () => Math.max(0, ...(race()?.racers ?? []).map(({ losses }) => losses.length - 1));
  const over = () => race()?.status === "done" && step >= known();
  const tell = () => listeners.forEach((listener) => listener());
  function halt() {
    clearInterval(timer);
    timer = 0;
  }
  function tick() {
    step = still.matches ? known() : Math.min(known(), step + 1);
    if (over()) halt();
    tell();
  }
  function run() {
    if (!timer && !over()) timer = setInterval(tick, TICK_MS);
  }
  function follow() {
    if (race()?.number !== number) {
      number = race()?.number;
      step = 0;
    }
    if (race()) run();
    else halt();
    tell();
  }
  const stop = watch(model, ["race"], follow);
  // A race that was over before this view was opened is shown as it ended.
  [number, step] = [race()?.number, known()];
  return {
    step: () => step,
    over,
    replay() {
      step = 0;
      run();
      tell();
    },
    onTick(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    destroy: () => (halt(), stop()),
  };
}
