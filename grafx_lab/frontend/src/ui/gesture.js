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

export function latestWins(call, { failed, settled }) {
  let busy = false;
  let waiting = null;
  async function run(args) {
    busy = true;
    try {
      await call("edit", args);
    } catch (error) {
      waiting = null;
      failed(error);
    }
    busy = false;
    const next = waiting;
    waiting = null;
    if (next) run(next);
    else settled();
  }
  return {
    send(op, gesture) {
      const args = { ops: [op].flat(), gesture };
      if (busy) waiting = args;
      else run(args);
    },
    get busy() {
      return busy;
    },
  };
}
