// Nodes on screen with their selection: merged from every patch, owned by the hand in between.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { applyNodeChanges } from "@xyflow/react";
import { mergeNodes } from "./flow.js";

const withSelection = (nodes, names) =>
  nodes.map((node) => (!!node.selected === names.includes(node.id) ? node : { ...node, selected: names.includes(node.id) }));

/**
 * `choose(names)` selects, also nodes that the next patch will bring. `onSelect(name or null)` hears of every
 * change of the one selected node except those that came in through `adopt(name)`.
 */
export function useFlowNodes({ patch, placed, marks, orientation, onSelect, initial }) {
  const [nodes, setNodes] = useState([]);
  const awaited = useRef(initial ? [initial] : null);
  const reported = useRef(initial ?? null);
  const renamed = useRef({});

  useLayoutEffect(() => {
    if (!patch) return;
    const formerName = (name) => renamed.current[name];
    setNodes((previous) => mergeNodes(previous, patch, { placed, marks, orientation, formerName }));
  }, [patch, placed, marks, orientation]);

  useLayoutEffect(() => {
    const wanted = awaited.current;
    if (!wanted?.every((name) => nodes.some((node) => node.id === name))) return;
    awaited.current = null;
    setNodes((previous) => withSelection(previous, wanted));
  }, [nodes]);

  const selectedKey = nodes.filter((node) => node.selected).map((node) => node.id).join(" ");
  useEffect(() => {
    if (awaited.current) return;
    const names = selectedKey ? selectedKey.split(" ") : [];
    const name = names.includes(reported.current) ? reported.current : (names[0] ?? null);
    if (name === reported.current) return;
    reported.current = name;
    onSelect?.(name);
  }, [selectedKey, onSelect]);

  const onNodesChange = useCallback((changes) => {
    if (changes.some((change) => change.type === "select")) awaited.current = null;
    setNodes((previous) => applyNodeChanges(changes, previous));
  }, []);
  const choose = useCallback((names) => {
    awaited.current = names;
    setNodes((previous) => [...previous]);
  }, []);
  const adopt = useCallback(
    (name) => {
      reported.current = name;
      choose(name ? [name] : []);
    },
    [choose],
  );
  const willBecome = useCallback((name, next) => {
    renamed.current = { [next]: name };
  }, []);
  return { nodes, setNodes, onNodesChange, selectedKey, choose, adopt, willBecome };
}
