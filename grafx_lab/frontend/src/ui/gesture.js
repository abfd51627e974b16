// One gesture of a hand: at most one edit under way, the newest position waits, and all share one undo entry.

const RUN_MS = 800; // key presses closer than this are one undo entry

let count = 0;
const born = Math.random().toString(36).slice(2, 8); // two windows on one session never share a gesture

export const newGesture = () => `hand-${born}-${++count}`;

/** The gesture of a key press; presses in quick succession share one. */
export function keyRuns() {
  let [run, time] = [null, -1e9];
  return (event) => {
    if (event.timeStamp - time > RUN_MS) run = newGesture();
    time = event.timeStamp;
    return run;
  };
}

const holdingBack = new Set();

/** Sends what hands hold back: whatever is called next must not overtake it. */
export function letGo() {
  for (const send of [...holdingBack]) send();
}

export function latestWins(call, { failed, settled }) {
  let under = 0; // edits that Python has not answered yet
  let waiting = null;
  function next() {
    const args = waiting;
    waiting = null;
    holdingBack.delete(next);
    if (args) run(args);
  }
  async function run(args) {
    under += 1;
    try {
      await call("edit", args);
    } catch (error) {
      waiting = null;
      failed(error);
    }
    under -= 1;
    if (under > 0) return;
    if (waiting) next();
    else settled();
  }
  return {
    /** Only a newer position of the same gesture takes the place of one that waits. */
    send(op, gesture) {
      if (waiting && (gesture === null || waiting.gesture !== gesture)) next();
      const args = { ops: [op].flat(), gesture };
      if (under === 0) return run(args);
      waiting = args;
      holdingBack.add(next);
    },
    get busy() {
      return under > 0;
    },
  };
}
