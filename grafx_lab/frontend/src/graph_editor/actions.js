// What the hand did, said to Python. Nothing here decides whether an edit is allowed.
import { useMemo } from "react";
import { arrange, cardAt, clearOf, fromView, roomOnWire } from "./layout.js";
import { edgeId } from "./flow.js";

// Positions that only dagre gave are stored with the first edit: later edits must not make those nodes jump.
function pin({ patch, placed }) {
  const floating = patch.nodes.filter((node) => !node.position).map(({ name }) => [name, placed.get(name)]);
  return floating.length ? [{ op: "move", positions: Object.fromEntries(floating) }] : [];
}

// `what` is an operation that brings a node: its place and wire are said here.
function insertion(what, edge, { patch, placed }) {
  const { position, positions } = roomOnWire(edge, patch, placed);
  const shift = Object.keys(positions).length ? [{ op: "move", positions }] : [];
  return [...shift, { ...what, position, insert: edge }];
}

const onGround = (what, position) => [{ ...what, position, insert: null }];
const added = (type) => ({ op: "add", type });

function wireIntoOut({ patch }) {
  const outs = new Set(patch.nodes.filter((node) => node.utility === "out").map((node) => node.name));
  const wires = patch.edges.filter((edge) => outs.has(edge.target));
  return wires.length === 1 ? wires[0] : null;
}

function wiring({ edit, edgesOf }) {
  const disconnect = (edges) => edges.map((edge) => ({ op: "disconnect", edge }));
  return {
    connect: (edge) => edit([{ op: "connect", edge }], { edge }),
    reconnect: (id, edge) => edit([...disconnect(edgesOf([id])), { op: "connect", edge }], { edge }),
    cut: (ids) => edit(disconnect(edgesOf(ids))),
    remove(names, wires) {
      // Wires of removed nodes go with them; naming them twice would be an error.
      const loose = edgesOf(wires).filter((edge) => !names.includes(edge.source) && !names.includes(edge.target));
      const ops = disconnect(loose);
      if (names.length) ops.push({ op: "remove", nodes: names });
      return ops.length ? edit(ops) : null;
    },
  };
}

function moving({ edit, now }) {
  return {
    move(centres, gesture) {
      const { patch, orientation } = now();
      const nodes = new Map(patch.nodes.map((node) => [node.name, node]));
      const positions = centres
        .filter(([name]) => nodes.has(name))
        .map(([name, centre]) => [name, fromView(centre, nodes.get(name), orientation)]);
      return positions.length ? edit([{ op: "move", positions: Object.fromEntries(positions) }], { gesture }) : null;
    },
    arrange: () => edit([{ op: "move", positions: Object.fromEntries(arrange(now().patch)) }]),
  };
}

// React draws what a call has changed before the next task.
const drawn = () => new Promise((resolve) => setTimeout(resolve));

function adding({ edit, edgesOf, now, onAdded, reveal }) {
  const add = async (ops) => {
    const name = (await edit(ops))?.names?.at(-1);
    if (name) onAdded(name);
    return name;
  };
  // On a wire it may push others out of view; on the ground the hand has just chosen the place.
  const addInSight = async (ops) => {
    const name = await add(ops);
    if (name) reveal(name);
    return name;
  };
  // A quick hand adds the next one before the last one is drawn: which wire it goes into is only known then.
  let last = Promise.resolve();
  const inTurn = (task) => {
    const done = last.then(task);
    last = done.then(drawn);
    return done;
  };
  return {
    addAt: (type, point) => add(onGround(added(type), cardAt(point, now().orientation))),
    addOnWire: (type, id) => addInSight(insertion(added(type), edgesOf([id])[0], now())),
    /** From a click: in front of `out` where that is unambiguous, else at `point`. */
    addSomewhere(type, processor, point) {
      return inTurn(() => {
        const { placed, orientation } = now();
        const wire = wireIntoOut(now());
        const passes = processor?.inlets.length && processor?.outlets.length;
        if (wire && passes) return addInSight(insertion(added(type), wire, now()));
        return addInSight(onGround(added(type), clearOf(cardAt(point, orientation), placed)));
      });
    },
    /** Behind the node where a single wire leaves it, else below. */
    duplicate(node) {
      return inTurn(() => {
        const { patch, placed } = now();
        const what = { op: "duplicate", node };
        const wires = patch.edges.filter((edge) => edge.source === node);
        const passes = patch.edges.some((edge) => edge.target === node);
        if (wires.length === 1 && passes) return addInSight(insertion(what, wires[0], now()));
        return addInSight(onGround(what, clearOf(placed.get(node), placed)));
      });
    },
  };
}

/**
 * `now()` gives `{patch, placed, orientation}` as shown; `report(error, edge)` shows a rejection, `report(null)` clears;
 * `onAdded(name)` selects a new node, `reveal(name)` brings it into view.
 */
export function useActions({ call, now, report, onAdded, reveal }) {
  return useMemo(() => {
    const attempt = async (name, args, edge) => {
      try {
        const result = await call(name, args);
        report(null);
        return result;
      } catch (error) {
        report(error, edge);
        return null;
      }
    };
    const edit = (ops, { gesture = null, edge = null } = {}) =>
      attempt("edit", { ops: [...pin(now()), ...ops], gesture }, edge);
    const edgesOf = (ids) => now().patch.edges.filter((edge) => ids.includes(edgeId(edge)));
    return {
      undo: () => attempt("undo", {}),
      redo: () => attempt("redo", {}),
      rename: (node, name) => edit([{ op: "rename", node, name }]),
      ...wiring({ edit, edgesOf }),
      ...moving({ edit, now }),
      ...adding({ edit, edgesOf, now, onAdded, reveal }),
    };
  }, [call, now, report, onAdded, reveal]);
}
