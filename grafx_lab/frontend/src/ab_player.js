// The A/B player as a view of its own.

import { mountPlayer, playerKey } from "./ab_player/player.js";
import { caller } from "./rpc.js";
import { mountNotices } from "./ui/notices.js";
import { prepareRoot } from "./ui/root.js";

export function render({ model, el }) {
  const release = prepareRoot(el);
  el.classList.add("gl-player");
  const notices = mountNotices({ model, el });
  const player = mountPlayer({ model, el, report: notices.report, call: caller(model) });
  const keys = (event) => playerKey(event, player);
  // A press anywhere gives the panel the focus, so that its keys work and nobody else's do.
  const press = () => el.contains(document.activeElement) || el.querySelector(".ply").focus({ preventScroll: true });
  el.addEventListener("keydown", keys);
  el.addEventListener("click", press);
  return () => {
    el.removeEventListener("keydown", keys);
    el.removeEventListener("click", press);
    player.destroy();
    notices.destroy();
    release();
  };
}

export default { render };
