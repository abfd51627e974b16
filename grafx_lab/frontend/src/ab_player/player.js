// The A/B player: lanes, transport and the engine, bound to the `audio` slice.
//
// Hook for tests, on the element with data-testid="player":
//   el.__player = { buildGraph, buffers(), offsets(), state(), position() }
// so that `buildGraph(new OfflineAudioContext(…), { buffers, offsets, listen, fade: 0 })` renders what is heard.

import { h, watch } from "../ui/dom.js";
import { isEditable } from "../ui/root.js";
import { createEngine } from "./engine.js";
import { buildGraph, ROLES } from "./graph.js";
import { lanes } from "./lanes.js";
import { transport } from "./transport.js";

/** `choose(role, anchor)` opens the shell's choice of sounds; without it the lanes only listen. */
export function mountPlayer({ model, el, report, choose }) {
  const audio = () => model.get("audio");
  const engine = createEngine({ changed: draw, failed: report, read: model.readFile });
  const listen = (role) => audio()?.[role] && engine.listen(role);
  const seconds = () => engine.seconds() || Math.max(0, ...ROLES.map((role) => audio()?.[role]?.seconds ?? 0));
  const seek = (share) => {
    engine.seek(share * engine.seconds());
    tick();
  };
  const lane = lanes({ listen, seek, choose, position: () => ({ seconds: engine.seconds(), now: engine.position() }) });
  const bar = transport({ toggle: engine.toggle, listen, setLoop: engine.setLoop });
  const root = h("div", { class: "ply", tabindex: "-1", role: "group", "aria-label": "Listen", "data-testid": "player" }, lane.el, bar.el);
  el.append(root);
  let frame = 0;
  function tick() {
    lane.moveHeads(engine.position(), seconds());
    bar.setTime(engine.position(), seconds());
    cancelAnimationFrame(frame);
    if (engine.state.playing) frame = requestAnimationFrame(tick);
  }
  function draw() {
    const tracks = audio();
    // The sound on show may have gone: fall back to one that exists.
    if (tracks && !tracks[engine.state.listen]) engine.state.listen = ROLES.find((role) => tracks[role]) ?? "fitted";
    lane.set(tracks, engine.state.listen);
    bar.set(engine.state, tracks);
    tick();
  }
  const update = () => {
    engine.setTracks(audio());
    draw();
  };
  const stop = watch(model, ["audio"], update);
  update();
  root.__player = { buildGraph, buffers: engine.buffers, offsets: engine.offsets, state: () => ({ ...engine.state }), position: engine.position };
  return {
    listen,
    toggle: engine.toggle,
    destroy() {
      stop();
      cancelAnimationFrame(frame);
      engine.destroy();
      lane.destroy();
      root.remove();
    },
  };
}

/** 1, 2, 3 and Space; true when the key was one of them. A button under the focus keeps its Space. */
export function playerKey(event, player) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isEditable(event.target)) return false;
  const role = ROLES[Number(event.key) - 1];
  if (role) player.listen(role);
  else if (event.key === " " && !event.target.closest?.("button, a, summary, [role=button], [role=option], .react-flow__node")) player.toggle();
  else return false;
  event.preventDefault();
  return true;
}
