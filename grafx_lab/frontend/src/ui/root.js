// What every view does with the element its host gave it.

const PHONE = 700;

const sizeOf = (el) => (el.clientWidth < PHONE ? "phone" : "wide");

/**
 * Makes `el` a root: look, size class, and no key that leaks into a notebook. `onSize(size)` hears of later changes.
 * Returns the clean-up.
 */
export function prepareRoot(el, onSize) {
  el.classList.add("gl");
  el.dataset.size = sizeOf(el);
  const measure = () => {
    if (el.clientWidth === 0 || el.dataset.size === sizeOf(el)) return; // a hidden tab has no width
    el.dataset.size = sizeOf(el);
    onSize?.(el.dataset.size);
  };
  // JupyterLab acts on keys unless the focused element itself says otherwise.
  const quiet = (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true");
  el.addEventListener("focusin", quiet);
  const observer = new ResizeObserver(measure);
  observer.observe(el);
  return () => {
    observer.disconnect();
    el.removeEventListener("focusin", quiet);
  };
}

export const isEditable = (target) =>
  target instanceof Element && target.closest("input, textarea, select, [contenteditable=true]") !== null;
