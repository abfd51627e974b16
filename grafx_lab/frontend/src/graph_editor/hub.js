// Palette and canvas are mounted apart (the shell puts them into its own grid) and meet here, by their model.
const hubs = new WeakMap();

export function hubOf(model) {
  if (!hubs.has(model)) hubs.set(model, { canvas: null, palette: null });
  return hubs.get(model);
}
