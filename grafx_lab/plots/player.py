"""The page that plays an animation without Python and without a network."""

PLAYER = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%TITLE%</title>
<style>
  :root { color-scheme: light dark; --page: #F6F5F1; --ink: #17191E; --soft: #4A4F59; --on-ink: #FFFFFF }
  @media (prefers-color-scheme: dark) { :root { --page: #101216; --ink: #ECEEF1; --soft: #B4BAC4; --on-ink: #101216 } }
  body { margin: 0; padding: 24px; background: var(--page); color: var(--ink); font: 14px/1.45 system-ui, sans-serif }
  main { max-width: 960px; margin: 0 auto }
  h1 { font-size: 16px; margin: 0 0 12px }
  img { display: block; width: 100%; height: auto; border-radius: 7px }
  form { display: flex; align-items: center; gap: 12px; margin-top: 12px }
  button { min-width: 72px; height: 32px; border: 0; border-radius: 7px; background: var(--ink); color: var(--on-ink);
           font: inherit }
  input { flex: 1; accent-color: var(--ink) }
  output { color: var(--soft); font-family: ui-monospace, monospace; min-width: 8ch; text-align: right }
</style>
</head>
<body>
<main>
<h1>%TITLE%</h1>
<img id="picture" alt="%TITLE%">
<form onsubmit="return false">
  <button id="play" type="button">Pause</button>
  <input id="place" type="range" min="0" value="0" aria-label="Frame">
  <output id="number"></output>
</form>
</main>
<script>
const frames = %FRAMES%, pause = %MILLISECONDS%;
const [picture, play, place, number] = ["picture", "play", "place", "number"].map((id) => document.getElementById(id));
let running = !matchMedia("(prefers-reduced-motion: reduce)").matches, wait = 0;
place.max = frames.length - 1;
function show(frame) {
  picture.src = frames[frame];
  place.value = frame;
  number.value = `${frame + 1} / ${frames.length}`;
}
function run(on) {
  running = on;
  play.textContent = on ? "Pause" : "Play";
}
play.onclick = () => run(!running);
place.oninput = () => { run(false); show(Number(place.value)); };
setInterval(() => {
  if (!running) return;
  const next = (Number(place.value) + 1) % frames.length;
  if (next === 0 && wait++ < 10) return;
  wait = 0;
  show(next);
}, pause);
show(0);
run(running);
</script>
</body>
</html>
"""
