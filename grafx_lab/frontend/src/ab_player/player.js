// The A/B player: lanes, transport and the engine, bound to the `audio` slice.
//
// Hook for tests, on the element with data-testid="player":
//   el.__player = { buildGraph, buffers(), offsets(), state(), position() }
// so that `buildGraph(new OfflineAudioContext(…), { buffers, offsets, listen, fade: 0 })` renders what is heard.

import { h, show, watch } from "../ui/dom.js";
import { iconButton } from "../ui/icon_button.js";
import { isEditable } from "../ui/root.js";
import { blindTest } from "./blind.js";
import { createEngine, fetchFile } from "./engine.js";
import { buildGraph, ROLES } from "./graph.js";
import { lanes } from "./lanes.js";
import { spectrogramReader } from "./spectrogram.js";
import { stepChoice } from "./step_choice.js";
import { transport } from "./transport.js";

const REST = 250; // ms without news after which a sound is fetched that nobody waits for: a hand may be moving on

const tool = (name, label, onclick) => iconButton(name, label, name, onclick, { class: "tool", "aria-pressed": "false" });

/** `choose(role, anchor)` opens the shell's choice of sounds; without it the lanes only listen. `call` reaches Python. */
export function mountPlayer({ model, el, report, choose, call }) {
  const audio = () => model.get("audio");
  const read = model.readFile ?? fetchFile;
  const engine = createEngine({ changed: draw, failed: report, read });
  let chosen = null; // what somebody listens to: by choice, or because it was there first
  const listen = (role) => {
    if (!audio()?.[role]) return;
    chosen = role;
    engine.listen(role);
  };
  const seconds = () => engine.seconds() || Math.max(0, ...ROLES.map((role) => audio()?.[role]?.seconds ?? 0));
  const position = () => ({ seconds: engine.seconds(), now: engine.position() });
  const seek = (share) => {
    engine.seek(share * engine.seconds());
    tick();
  };
  const pictures = spectrogramReader({ read, arrived: draw, failed: report });
  const steps = stepChoice({ model, call, report });
  const lane = lanes({ listen, seek, choose, position, beside: { step: steps.el } });
  const blind = blindTest({ seed: () => model.get("seed") ?? Math.floor(Math.random() * 2 ** 31), listen, seek, position, changed: draw });
  const present = () => ROLES.filter((role) => audio()?.[role]);
  const spectrum = tool("spectrogram", "Spectrogram behind the waveform", () => {
    spectrum.setAttribute("aria-pressed", String(spectrum.getAttribute("aria-pressed") !== "true"));
    draw();
  });
  spectrum.setAttribute("aria-pressed", "true");
  const test = tool("blind", "Blind test: choose without knowing which is which", () => blind.start(present()));
  const tools = h("span", { class: "row tools" }, spectrum, test);
  const bar = transport({ toggle: engine.toggle, listen, setLoop: engine.setLoop, tools });
  const inside = h("div", { class: "ply-in" }, lane.el, blind.el, bar.el);
  const root = h("div", { class: "ply", tabindex: "-1", role: "group", "aria-label": "Listen", "data-testid": "player" }, inside);
  el.append(root);
  let [frame, rested, rest] = [0, true, 0];
  function tick() {
    lane.moveHeads(engine.position(), seconds());
    if (blind.running) blind.moveHeads(engine.position(), seconds());
    bar.setTime(engine.position(), seconds());
    cancelAnimationFrame(frame);
    if (engine.state.playing) frame = requestAnimationFrame(tick);
  }
  const levelsOf = (track) => (spectrum.getAttribute("aria-pressed") === "true" && !blind.running ? pictures.valuesOf(track, rested) : null);
  /** The chosen sound may go for a while, as the fitted one does with a new source: another stands in until it is back. */
  function followChoice(tracks) {
    if (!tracks) return;
    const { listen: heard, playing } = engine.state;
    if (tracks[heard]) chosen ??= heard;
    const back = tracks[chosen] && (!playing || engine.buffers()[chosen]);
    const role = back ? chosen : tracks[heard] ? heard : present()[0] ?? "fitted";
    if (role !== heard) engine.listen(role);
  }
  function draw() {
    const tracks = audio();
    followChoice(tracks);
    const optional = { step: steps.available() };
    inside.classList.toggle("with-step", optional.step);
    lane.set(tracks, engine.state.listen, levelsOf, optional);
    blind.set(engine.state.listen);
    show(lane.el, !blind.running);
    show(tools, !blind.running);
    test.disabled = present().length < 2;
    bar.set(engine.state, tracks, optional, blind.running);
    tick();
  }
  function fetchAll() {
    rested = true;
    engine.load();
    draw();
  }
  const update = () => {
    steps.changed();
    engine.setTracks(audio());
    pictures.keep(present().map((role) => audio()[role]));
    clearTimeout(rest);
    if (engine.hurried) return fetchAll();
    rested = false;
    rest = setTimeout(fetchAll, REST);
    draw();
  };
  const stops = [watch(model, ["audio"], update), watch(model, ["fit"], () => steps.changed() && draw())];
  update();
  root.__player = { buildGraph, buffers: engine.buffers, offsets: engine.offsets, state: () => ({ ...engine.state }), position: engine.position };
  return {
    pick(number) {
      if (blind.running) blind.pick(number - 1);
      else listen(ROLES[number - 1]);
    },
    toggle: engine.toggle,
    destroy() {
      stops.forEach((stop) => stop());
      cancelAnimationFrame(frame);
      clearTimeout(rest);
      engine.destroy();
      lane.destroy();
      root.remove();
    },
  };
}

/** 1 to 4 and Space; true when the key was one of them. A button under the focus keeps its Space. */
export function playerKey(event, player) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isEditable(event.target)) return false;
  if (/^[1-4]$/.test(event.key)) player.pick(Number(event.key));
  else if (event.key === " " && !event.target.closest?.("button, a, summary, [role=button], [role=option], .react-flow__node")) player.toggle();
  else return false;
  event.preventDefault();
  return true;
}
