// Pictures that change many times a second: what is the same from one to the next stays in the page as it is.

const SVG = "http://www.w3.org/2000/svg";
const shapeOf = new WeakMap(); // what an element was drawn from

/** Describes an element; `redraw` makes it, or brings an earlier one up to date. */
export const shape = (tag, props, ...children) =>
  ({ tag, props: props ?? {}, children: children.flat().filter((child) => child != null && child !== false) });

function set(node, key, value) {
  if (key.startsWith("on")) node[key] = value ?? null;
  else if (value == null || value === false) node.removeAttribute(key);
  else node.setAttribute(key, value === true ? "" : value);
}

function bringUp(node, next, before) {
  for (const key of Object.keys(before.props)) if (!(key in next.props)) set(node, key, null);
  for (const [key, value] of Object.entries(next.props)) if (before.props[key] !== value) set(node, key, value);
  const text = typeof next.children[0] === "string";
  if (!text) redraw(node, next.children);
  else if (before.children[0] !== next.children[0]) node.textContent = next.children[0];
  shapeOf.set(node, next);
}

/** Makes the children of an SVG element be these shapes; those of one tag at one place are the same element. */
export function redraw(parent, shapes) {
  shapes.forEach((next, place) => {
    let node = parent.childNodes[place];
    if (shapeOf.get(node)?.tag !== next.tag) {
      const made = document.createElementNS(SVG, next.tag);
      shapeOf.set(made, shape(next.tag));
      if (node) node.replaceWith(made);
      else parent.append(made);
      node = made;
    }
    bringUp(node, next, shapeOf.get(node));
  });
  while (parent.childNodes.length > shapes.length) parent.lastChild.remove();
}
