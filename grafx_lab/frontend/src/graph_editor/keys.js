// The keyboard in the canvas. React Flow keeps Enter, Space and Escape on nodes; everything else is here.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const NUDGE = 8;

export const isTyping = (target) =>
  target instanceof Element && (target.closest("input, textarea, select") !== null || target.isContentEditable);

export const nodeUnder = (target) => target.closest?.(".react-flow__node")?.dataset.id ?? null;

/** The nearest node in a direction; what lies aside counts as farther away. */
function neighbour(nodes, id, [dx, dy]) {
  const from = nodes.find((node) => node.id === id);
  if (!from) return null;
  const { x, y } = from.position;
  let best = null;
  let least = Infinity;
  for (const node of nodes) {
    const right = node.position.x - x;
    const below = node.position.y - y;
    const ahead = right * dx + below * dy;
    const aside = Math.abs(right * dy) + Math.abs(below * dx);
    if (node.id !== id && ahead > 4 && ahead + 2 * aside < least) {
      least = ahead + 2 * aside;
      best = node.id;
    }
  }
  return best;
}

/** Arrows, before React Flow sees them: they walk from node to node; with Shift they move what is selected. */
export function onArrowKeys(event, { nodes, focusNode, nudge }) {
  const arrow = ARROWS[event.key];
  const id = nodeUnder(event.target);
  if (!id || isTyping(event.target)) return;
  if (event.key === " ") event.preventDefault();
  if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.shiftKey) nudge(id, arrow[0] * NUDGE, arrow[1] * NUDGE);
  else {
    const next = neighbour(nodes, id, arrow);
    if (next) focusNode(next);
  }
}

function onHistoryKeys(event, { undo, redo }) {
  const key = event.key.toLowerCase();
  if (key === "y" || (key === "z" && event.shiftKey)) redo();
  else if (key === "z") undo();
  else return;
  event.preventDefault();
}

export function onEditKeys(event, commands) {
  if (isTyping(event.target) || event.altKey) return;
  const id = nodeUnder(event.target);
  if (event.ctrlKey || event.metaKey) {
    if (event.key.toLowerCase() === "d" && (id ?? commands.selected)) {
      commands.duplicate(id ?? commands.selected);
      event.preventDefault(); // browsers would set a bookmark
    } else if (commands.history) onHistoryKeys(event, commands);
    return;
  }
  if (event.key === "Delete" || event.key === "Backspace") commands.remove(id);
  else if (event.key === "c" && (id ?? commands.selected)) commands.openConnect(id ?? commands.selected);
  else if (event.key === "F2" && (id ?? commands.selected)) commands.startRename(id ?? commands.selected);
  else if (event.key === "Escape") commands.escape();
  else return;
  event.preventDefault();
}
