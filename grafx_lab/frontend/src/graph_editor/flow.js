// From a patch to React Flow's nodes and wires. Objects are reused where nothing changed: that is what keeps a
// hundred nodes still while one of them moves.
import { kindOf, toView } from "./layout.js";

const CENTRE = [0.5, 0.5];

export const edgeId = (edge) => `${edge.source}.${edge.outlet}>${edge.target}.${edge.inlet}`;

export const asEdge = ({ source, sourceHandle, target, targetHandle }) => ({
  source,
  outlet: sourceHandle,
  target,
  inlet: targetHandle,
});

function nodeData(node, marks, orientation) {
  const { name, type, label, family, utility, inlets, outlets, bypassed, frozen } = node;
  return {
    node: { name, type, label, family, utility, inlets, outlets, bypassed, frozen },
    down: orientation === "down",
    error: marks.nodes.has(name),
    faultyInlet: marks.edge?.target === name ? marks.edge.inlet : null,
  };
}

const signature = (data) => JSON.stringify(data);

function flowNode(node, data, position, before) {
  const down = data.down;
  const state = [node.bypassed && "bypassed", node.frozen && "frozen"].filter(Boolean).join(", ");
  return {
    ...before,
    id: node.name,
    type: kindOf(node),
    data,
    position,
    origin: CENTRE,
    sourcePosition: down ? "bottom" : "right",
    targetPosition: down ? "top" : "left",
    ariaLabel: `${node.name}, ${node.label}`,
    domAttributes: state ? { "aria-description": state } : {},
  };
}

/** Merges a patch into the nodes on screen; selection, measures and a drag in progress survive. */
export function mergeNodes(previous, patch, { placed, marks, orientation, formerName }) {
  const known = new Map(previous.map((node) => [node.id, node]));
  return patch.nodes.map((node) => {
    const before = known.get(node.name) ?? known.get(formerName(node.name));
    const data = nodeData(node, marks, orientation);
    const view = toView(placed.get(node.name), node, orientation);
    const position = before?.dragging ? before.position : view;
    const same = before?.id === node.name && signature(before.data) === signature(data);
    if (same && before.position.x === position.x && before.position.y === position.y) return before;
    return flowNode(node, same ? before.data : data, position, before);
  });
}

/** Names of the nodes from which an output is reached: only there does a gradient come back. */
function heardNodes(patch) {
  const heard = new Set(patch.nodes.filter((node) => node.utility === "out").map((node) => node.name));
  const sources = new Map(patch.nodes.map((node) => [node.name, []]));
  for (const edge of patch.edges) sources.get(edge.target)?.push(edge.source);
  const waiting = [...heard];
  while (waiting.length) {
    for (const source of sources.get(waiting.pop()) ?? []) {
      if (!heard.has(source)) waiting.push(source);
      heard.add(source);
    }
  }
  return heard;
}

/** Wires of a patch. `selected` and `hovered` are wire ids, `chosen` names of selected nodes. */
export function flowEdges(patch, { selected, hovered, chosen, orientation }) {
  const heard = heardNodes(patch);
  return patch.edges.map((edge) => {
    const id = edgeId(edge);
    return {
      id,
      type: "wire",
      source: edge.source,
      sourceHandle: edge.outlet,
      target: edge.target,
      targetHandle: edge.inlet,
      selected: selected.has(id),
      // Elsewhere the grips at both ends would cover short wires and their clicks.
      reconnectable: selected.has(id),
      ariaLabel: `Wire from ${edge.source} to ${edge.target}`,
      domAttributes: { tabIndex: -1 },
      data: {
        down: orientation === "down",
        hot: chosen.has(edge.source) || chosen.has(edge.target),
        hovered: hovered === id,
        heard: heard.has(edge.target),
      },
    };
  });
}
