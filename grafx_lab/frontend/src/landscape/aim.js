// Dropping the start of a race: while it is being aimed, hand and keys move a flag instead of the point.

export function raceAim({ call, report }) {
  let flag = null;
  const listeners = new Set();
  const put = (positions) => {
    flag = positions;
    listeners.forEach((listener) => listener());
  };
  return {
    /** Where the flag is along each axis, or null: nobody aims. */
    flag: () => flag,
    move: put,
    cancel: () => put(null),
    drop() {
      if (flag === null) return;
      call("race", { positions: flag }).catch(report);
      put(null);
    },
    /** Enter drops the flag, Escape takes it back; true where the key was one of them. */
    key(event) {
      if (flag === null || (event.key !== "Enter" && event.key !== "Escape")) return false;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Enter") this.drop();
      else put(null);
      return true;
    },
    onMove(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
