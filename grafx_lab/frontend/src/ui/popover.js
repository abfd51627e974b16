// A small window beside a button, or at a point. The browser's own popover gives Escape, light dismiss and focus.

import { clamp, h } from "./dom.js";

const GAP = 6;

function place(box, where, bounds) {
  const { width, height } = box.getBoundingClientRect();
  const below = where.bottom + GAP;
  const top = below + height <= bounds.height ? below : where.top - GAP - height;
  box.style.left = `${clamp(where.left, 8, Math.max(8, bounds.width - width - 8))}px`;
  box.style.top = `${clamp(top, 8, Math.max(8, bounds.height - height - 8))}px`;
}

/** `where` is an element or `{x, y}`; `fill(close)` gives the content. A second call for the same button closes. */
export function openPopover(root, where, label, fill) {
  const anchor = where instanceof Element ? where : null;
  if (anchor?.popoverBox) {
    anchor.popoverBox.hidePopover();
    return null;
  }
  const close = () => box.isConnected && box.hidePopover();
  const box = h("div", { class: "pop", popover: "auto", role: "dialog", "aria-label": label, "data-testid": "popover" });
  box.append(...[fill(close)].flat());
  root.append(box);
  box.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    box.remove();
    anchor?.setAttribute("aria-expanded", "false");
    // The click that dismissed the window may be on its own button: forget it only afterwards.
    setTimeout(() => anchor && delete anchor.popoverBox, 0);
    if (!document.activeElement || document.activeElement === document.body) anchor?.focus({ preventScroll: true });
  });
  box.showPopover();
  if (anchor) {
    anchor.popoverBox = box;
    anchor.setAttribute("aria-expanded", "true");
  }
  const rect = anchor?.getBoundingClientRect() ?? { left: where.x, top: where.y, bottom: where.y };
  place(box, rect, { width: innerWidth, height: innerHeight });
  box.querySelector("button, a, input:not([hidden])")?.focus({ preventScroll: true });
  return { box, close };
}
