// One gesture of a hand: at most one edit under way, the newest position waits, and all share one undo entry.

let count = 0;
const born = Math.random().toString(36).slice(2, 8); // two windows on one session never share a gesture

export const newGesture = () => `hand-${born}-${++count}`;

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
