// Scales and paths shared by all plots.

/** A map from `[low, high]` to `[from, to]`, linear or logarithmic. */
export function scale(kind, [low, high], [from, to]) {
  const f = kind === "log" ? Math.log : (x) => x;
  const span = f(high) - f(low) || 1;
  return (x) => from + ((f(x) - f(low)) / span) * (to - from);
}

const tenth = (x) => Math.round(10 * x) / 10;

/** An SVG path through the points; gaps where a value is not finite. */
export function linePath(xs, ys, X, Y) {
  const parts = [];
  let pen = "M";
  for (let i = 0; i < ys.length; i++) {
    const y = Y(ys[i]);
    if (!Number.isFinite(y)) {
      pen = "M";
      continue;
    }
    parts.push(pen, tenth(X(xs ? xs[i] : i)), " ", tenth(y));
    pen = "L";
  }
  return parts.join("");
}

const STEPS = [1, 2, 5, 10];

/** About `count` round values from `low` to `high`. */
export function niceTicks(low, high, count = 4) {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * STEPS.find((k) => k * unit >= rough * 0.999);
  const ticks = [];
  for (let x = Math.ceil(low / step - 1e-9) * step; x <= high + step * 1e-9; x += step) ticks.push(Number(x.toPrecision(12)));
  return ticks;
}

/** Round values for a logarithmic axis: 1, 0.5, 0.2, … or decades when there are many. */
export function logTicks(low, high) {
  const ticks = [];
  const decades = Math.log10(high / low);
  for (let k = Math.floor(Math.log10(low)); k <= Math.ceil(Math.log10(high)); k++) {
    for (const m of decades > 2 ? [1] : [1, 2, 5]) {
      const x = Number((m * 10 ** k).toPrecision(3));
      if (x >= low && x <= high) ticks.push(x);
    }
  }
  return ticks.length > 1 ? ticks : niceTicks(low, high, 2);
}

/** A tick's number with a true minus. */
export const tickText = (x) => String(x).replace("-", "−");

/** Redraws when the element gets another size, so that text never stretches. */
export function onResize(el, draw) {
  const observer = new ResizeObserver(() => draw());
  observer.observe(el);
  return () => observer.disconnect();
}

/**
 * The size of an element as the browser last laid it out: `{width, height, stop}`. To ask the element itself, just after
 * something was drawn, would lay out the whole page there and then.
 */
export function followSize(el, draw) {
  const size = { width: 0, height: 0, stop: () => observer.disconnect() };
  const observer = new ResizeObserver(([{ contentRect }]) => {
    [size.width, size.height] = [contentRect.width, contentRect.height];
    draw();
  });
  observer.observe(el);
  return size;
}
