// Where nodes stand. Python stores one position per node, for the flow from left to right; the flow downwards on
// narrow screens is the same picture turned about its diagonal, so that moving a node there means something here.
import dagre from "@dagrejs/dagre";

const SIZES = { card: [148, 104], pill: [52, 32], mix: [38, 38] };
const TURN = { x: 0.95, y: 0.57 };
const RANK_GAP = 44;
const NODE_GAP = 96;

export const kindOf = (node) => (node.utility === "mix" ? "mix" : node.utility ? "pill" : "card");
const sizeOf = (node) => SIZES[kindOf(node)];

const half = (node) => sizeOf(node).map((side) => side / 2);

/** Stored top-left corner to the centre on screen (React Flow gets centres, so that a long name grows both ways). */
export function toView(position, node, orientation) {
  const [dx, dy] = half(node);
  const centre = { x: position.x + dx, y: position.y + dy };
  return orientation === "down" ? { x: centre.y * TURN.x, y: centre.x * TURN.y } : centre;
}

/** The centre on screen to the stored corner: the inverse of `toView`. */
export function fromView(centre, node, orientation) {
  const [dx, dy] = half(node);
  const { x, y } = orientation === "down" ? { x: centre.y / TURN.y, y: centre.x / TURN.x } : centre;
  return { x: Math.round(x - dx), y: Math.round(y - dy) };
}

/** Stored corner of a new card whose centre is under the pointer. */
export const cardAt = (centre, orientation) => fromView(centre, { utility: null }, orientation);

/** Do parallel branches stand in the opposite order of the patch's nodes? dagre minds crossings only. */
function isUpsideDown({ nodes }, graph) {
  let balance = 0;
  nodes.forEach(({ name }, i) => {
    for (const later of nodes.slice(i + 1)) {
      const [a, b] = [graph.node(name), graph.node(later.name)];
      if (Math.abs(a.x - b.x) < 1) balance += Math.sign(b.y - a.y);
    }
  });
  return balance < 0;
}

/** Stored positions for every node, by dagre. */
export function arrange(patch) {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", ranksep: RANK_GAP, nodesep: NODE_GAP, edgesep: 24 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of patch.nodes) {
    const [width, height] = sizeOf(node);
    graph.setNode(node.name, { width, height });
  }
  patch.edges.forEach((edge, i) => graph.setEdge(edge.source, edge.target, {}, String(i)));
  dagre.layout(graph);
  const upsideDown = isUpsideDown(patch, graph) ? -1 : 1;
  const positions = new Map();
  for (const node of patch.nodes) {
    const { x, y, width, height } = graph.node(node.name);
    positions.set(node.name, { x: Math.round(x - width / 2), y: Math.round(upsideDown * y - height / 2) });
  }
  return positions;
}

const overlaps = (a, b) => Math.abs(a.x - b.x) < 130 && Math.abs(a.y - b.y) < 100;

/** Stored or, where there is none, laid-out positions. Nodes without one join those that have one. */
export function place(patch) {
  const placed = new Map(patch.nodes.filter((node) => node.position).map((node) => [node.name, node.position]));
  if (placed.size === patch.nodes.length) return placed;
  const laidOut = arrange(patch);
  const shift = { x: 0, y: 0 };
  for (const [name, position] of placed) {
    shift.x += (position.x - laidOut.get(name).x) / placed.size;
    shift.y += (position.y - laidOut.get(name).y) / placed.size;
  }
  const held = [...placed.values()];
  for (const { name } of patch.nodes) {
    if (placed.has(name)) continue;
    const free = { x: Math.round(laidOut.get(name).x + shift.x), y: Math.round(laidOut.get(name).y + shift.y) };
    while (held.some((other) => overlaps(free, other))) free.y += 20;
    placed.set(name, free);
  }
  return placed;
}

/** A place in the middle of a wire, and the moves that make room for a card there. */
export function roomOnWire(edge, patch, placed) {
  const node = (name) => patch.nodes.find((candidate) => candidate.name === name);
  const from = placed.get(edge.source);
  const to = placed.get(edge.target);
  const [sourceWidth, sourceHeight] = sizeOf(node(edge.source));
  const [width, height] = SIZES.card;
  const start = from.x + sourceWidth;
  const missing = Math.max(0, width + 2 * RANK_GAP - (to.x - start));
  const positions = {};
  if (missing > 0) {
    // Everything from the wire's target on moves together, so that parallel branches stay aligned.
    for (const [name, { x, y }] of placed) if (x >= to.x && name !== edge.source) positions[name] = { x: x + missing, y };
  }
  const middle = (from.y + sourceHeight / 2 + to.y + sizeOf(node(edge.target))[1] / 2) / 2;
  const x = start + (to.x + missing - start - width) / 2;
  return { position: { x: Math.round(x), y: Math.round(middle - height / 2) }, positions };
}

/** The same place, or the next one down where no card hides another. */
export function clearOf(position, placed) {
  const free = { ...position };
  while ([...placed.values()].some((other) => overlaps(free, other))) free.y += 24;
  return free;
}
