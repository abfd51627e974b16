// Moves and keys of the canvas: what they do between the hand and the call.
import { useCallback, useMemo, useRef, useState } from "react";
import { newGesture } from "../ui/gesture.js";
import { isTyping, nodeUnder } from "./keys.js";

const NUDGE_REST = 350;
const FRAMES_TO_APPEAR = 60;

/** Dragging and nudging: local at once, one `move` for all nodes when the hand rests. */
export function useMoves({ shown, actions }) {
  const starts = useRef(new Map());
  const resting = useRef(null);
  const current = useRef(shown.nodes);
  current.current = shown.nodes;
  const { setNodes } = shown;

  return useMemo(
    () => ({
      onDragStart(_event, _node, dragged) {
        starts.current = new Map(dragged.map((node) => [node.id, node.position]));
      },
      onDragStop(_event, _node, dragged) {
        const moved = dragged.filter(({ id, position }) => {
          const start = starts.current.get(id);
          return !start || start.x !== position.x || start.y !== position.y;
        });
        if (moved.length) actions.move(moved.map(({ id, position }) => [id, position]), newGesture());
      },
      nudge(id, dx, dy) {
        const selected = current.current.filter((node) => node.selected).map((node) => node.id);
        const names = selected.includes(id) ? selected : [id];
        const shift = (node) => ({ ...node, position: { x: node.position.x + dx, y: node.position.y + dy } });
        setNodes((previous) => previous.map((node) => (names.includes(node.id) ? shift(node) : node)));
        clearTimeout(resting.current);
        resting.current = setTimeout(() => {
          const moved = current.current.filter((node) => names.includes(node.id));
          actions.move(moved.map((node) => [node.id, node.position]), newGesture());
        }, NUDGE_REST);
      },
    }),
    [actions, setNodes],
  );
}

const only = (key) => (key && !key.includes(" ") ? key : null);

export function useEditKeys({ surface, store, shown, wires, actions, frame }) {
  const [connecting, setConnecting] = useState(null);
  const { selectedKey, choose, willBecome } = shown;
  const focusNode = useCallback(
    (name) => surface.current?.querySelector(`.react-flow__node[data-id="${CSS.escape(name)}"]`)?.focus(),
    [surface],
  );
  // The new element exists only after React has drawn it.
  const focusSoon = useCallback((name) => requestAnimationFrame(() => focusNode(name)), [focusNode]);

  const rename = useCallback(
    async (name, value) => {
      store.rename(null);
      focusSoon(name);
      if (!value || value === name) return;
      willBecome(name, value);
      if (await actions.rename(name, value)) focusSoon(value);
    },
    [store, actions, focusSoon, willBecome],
  );
  const arrange = useCallback(async () => {
    if (await actions.arrange()) frame.fitSoon();
  }, [actions, frame.fitSoon]);

  const duplicate = useCallback(
    async (name) => {
      const copy = await actions.duplicate(name);
      const before = document.activeElement;
      // A new node is hidden, and takes no focus, until React Flow has measured it.
      const follow = (frames) => {
        focusNode(copy);
        if (frames && document.activeElement === before) requestAnimationFrame(() => follow(frames - 1));
      };
      if (copy && nodeUnder(before) === name) follow(FRAMES_TO_APPEAR);
    },
    [actions, focusNode],
  );

  return {
    connecting,
    selected: only(selectedKey),
    focusNode,
    rename,
    arrange,
    duplicate,
    openConnect: setConnecting,
    closeConnect: () => {
      const name = connecting;
      setConnecting(null);
      if (name) focusSoon(name);
    },
    startRename: (name) => store.rename(name),
    escape: () => {
      choose([]);
      wires.clearWires();
    },
    remove(focused) {
      const names = selectedKey ? selectedKey.split(" ") : [];
      const cuts = [...wires.selectedWires];
      if (!names.length && !cuts.length && focused) names.push(focused);
      wires.clearWires();
      // What had the focus is about to vanish; the next key should still reach the canvas.
      surface.current?.focus({ preventScroll: true });
      actions.remove(names, cuts);
    },
    takeFocus(event) {
      if (!isTyping(event.target) && !surface.current.contains(document.activeElement)) {
        surface.current.focus({ preventScroll: true });
      }
    },
  };
}
