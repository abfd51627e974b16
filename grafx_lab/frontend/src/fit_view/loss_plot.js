// The loss of every step, faint, and the best so far, strong; earlier fits thin behind them, the one that is compared
// stronger. Logarithmic where the loss allows it.

import { redraw, shape as s } from "../draw/retained.js";
import { linePath, logTicks, niceTicks, scale, tickText } from "../draw/scales.js";
import { axes, room } from "./frame.js";

function runningBest(losses) {
  let best = Infinity;
  return Array.from(losses, (loss) => (best = Number.isFinite(loss) ? Math.min(best, loss) : best));
}

function vertical(losses, { floor, top }) {
  const finite = Array.from(losses).filter(Number.isFinite);
  let [low, high] = [Math.min(...finite), Math.max(...finite)];
  const kind = low > 0 ? "log" : "linear";
  if (kind === "log") [low, high] = [low / 1.15, Math.max(high, low * 1.3) * 1.08];
  else [low, high] = [low - 0.06 * (high - low || 1), high + 0.06 * (high - low || 1)];
  const Y = scale(kind, [low, high], [floor, top]);
  const ticks = kind === "log" ? logTicks(low, high) : niceTicks(low, high, 3);
  return { Y, ticks: ticks.map((value) => [Y(value), tickText(value)]) };
}

/** An earlier fit; a click compares it. Its hit area is wider than its line. */
function earlier({ number, losses, settings }, X, Y, { chosen, pick }) {
  const d = linePath(null, runningBest(losses), X, Y);
  const on = number === chosen;
  return s("g", { class: on ? "earlier chosen" : "earlier", onclick: () => pick(on ? null : number) },
    s("title", {}, `Fit ${number}: ${settings}`), s("path", { class: "run", "data-testid": "run", d }), s("path", { class: "run-hit", d }),
    on && s("text", { class: "lb", x: X(losses.length - 1), y: Y(runningBest(losses).at(-1)) - 6, "text-anchor": "end" }, `fit ${number}`));
}

/** `chosen` is the number of the earlier fit that is compared, or null; `pick(number or null)` chooses another. */
export function drawLoss(svg, size, fit, { chosen, pick }) {
  const losses = fit.losses;
  const runs = fit.runs ?? [];
  const label = `best ${fit.best_text}`;
  const lastStep = (run) => run.losses.length - 1; // the first loss is that of step 0
  const done = lastStep(fit);
  const space = room(size, { done, total: Math.max(fit.steps, done, ...runs.map(lastStep)), labels: [label] });
  const { Y, ticks } = vertical([losses, ...runs.map((run) => run.losses)].flatMap((each) => Array.from(each)), space);
  const best = runningBest(losses);
  const { X } = space;
  const [x, y] = [X(done), Y(best.at(-1))];
  svg.setAttribute("aria-label", `Loss by step: ${fit.start_text} at start, ${fit.loss_text} now, best ${fit.best_text}`);
  redraw(svg, [...axes(space, ticks), ...runs.map((run) => earlier(run, X, Y, { chosen, pick })),
    s("path", { d: linePath(null, losses, X, Y), fill: "none", stroke: "var(--fitted)", "stroke-width": 1, opacity: 0.4 }),
    s("path", { class: "l-fitted", d: linePath(null, best, X, Y) }),
    s("circle", { cx: x, cy: y, r: 4.5, fill: "var(--fitted)", stroke: "var(--surface)", "stroke-width": 2 }),
    s("text", { class: "lb", x: x + 9, y: Math.max(y - 6, 14), style: "fill:var(--fitted)" }, label)]);
}
