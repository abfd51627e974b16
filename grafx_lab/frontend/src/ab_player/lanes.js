// Three lanes on one clock: a click listens to a lane, a click or drag on a waveform also seeks.

import { clamp, h, keepFocus, setText, show } from "../ui/dom.js";
import { waveform } from "../draw/wave.js";
import { icon } from "../draw/icons.js";
import { ROLES } from "./graph.js";

const INVITE = {
  source: "Add a source: the sound that enters the patch.",
  fitted: "What the patch makes of the source appears here.",
  target: "Add a target: a recording the patch should come to sound like.",
};
const STEP = 0.5; // seconds an arrow key moves

function lane(role, { listen, seek, position, choose }) {
  const wave = waveform(role);
  const head = h("i", { class: "ph" });
  const badges = h("span", { class: "badges" });
  const place = h("div", { class: "wv", role: "slider", tabindex: "0", "aria-label": `Position in ${role}`,
    "aria-valuemin": "0", "data-testid": `wave-${role}` }, wave.el, head, badges);
  const [name, loud] = [h("small"), h("small")];
  const pick = keepFocus(h("button", { class: "lane-head", type: "button", "data-testid": `lane-${role}`,
    onclick: () => listen(role) }, h("b", { class: `sm ${role === "source" ? "mid" : `c-${role}`}` }, role), name, loud));
  const change = choose && role !== "fitted" && h("button", { class: "btn change", type: "button",
    "aria-label": `Change the ${role}`, onclick: () => choose(role, change) }, "Change");
  const invite = choose && role !== "fitted"
    ? h("button", { class: "invite", type: "button", "data-testid": `add-${role}`, onclick: () => choose(role, invite) }, INVITE[role])
    : h("p", { class: "invite" }, INVITE[role]);
  const el = h("div", { class: "lane", "data-role": role, "data-drop-role": role === "fitted" ? null : role,
    style: `--lane:var(--${role}-fill)` }, pick, place, invite, change);
  el.addEventListener("click", (event) => {
    if (!el.classList.contains("empty") && !event.target.closest("button")) listen(role);
  });
  seeking(place, seek, position);
  return { el, place, head, wave, badges, name, loud, invite, pick, change };
}

function seeking(place, seek, position) {
  const go = (event) => {
    const box = place.getBoundingClientRect();
    seek(clamp((event.clientX - box.left) / box.width));
  };
  let down = false;
  place.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    down = true;
    place.setPointerCapture(event.pointerId);
    go(event);
  });
  place.addEventListener("pointermove", (event) => down && go(event));
  for (const end of ["pointerup", "pointercancel"]) place.addEventListener(end, () => (down = false));
  place.addEventListener("keydown", (event) => {
    const step = { ArrowRight: STEP, ArrowUp: STEP, ArrowLeft: -STEP, ArrowDown: -STEP }[event.key];
    const end = { Home: 0, End: 1 }[event.key];
    if (step === undefined && end === undefined) return;
    event.preventDefault();
    const { seconds, now } = position();
    if (seconds > 0) seek(end ?? clamp((now + step) / seconds));
  });
}

function fillLane(part, role, track, seconds) {
  part.el.classList.toggle("empty", !track);
  show(part.place, Boolean(track));
  show(part.invite, !track);
  part.pick.disabled = !track;
  if (part.change) show(part.change, Boolean(track));
  part.wave.set(track?.peaks ?? null, track && seconds ? Math.min(1, track.seconds / seconds) : 1);
  setText(part.name, (role === "fitted" && track?.note) || track?.name || "");
  part.pick.title = [track?.name, track?.note].filter(Boolean).join(", ");
  setText(part.loud, track?.loudness ?? "");
  const texts = track?.badges ?? [];
  if (part.badges.dataset.shown === texts.join("|")) return;
  part.badges.dataset.shown = texts.join("|");
  part.badges.replaceChildren(...texts.map((text) =>
    h("span", { class: `badge ${/nan/i.test(text) ? "err" : "warn"}` }, icon("warn"), text)));
}

export function lanes(handlers) {
  const parts = Object.fromEntries(ROLES.map((role) => [role, lane(role, handlers)]));
  return {
    el: h("div", { class: "lanes" }, ROLES.map((role) => parts[role].el)),
    set(audio, listening) {
      const seconds = Math.max(0, ...ROLES.map((role) => audio?.[role]?.seconds ?? 0));
      for (const role of ROLES) {
        fillLane(parts[role], role, audio?.[role] ?? null, seconds);
        parts[role].el.classList.toggle("on", role === listening);
        parts[role].pick.setAttribute("aria-pressed", String(role === listening));
      }
    },
    /** Moves the playheads; called for every frame while it plays. */
    moveHeads(now, seconds) {
      const share = seconds > 0 ? now / seconds : 0;
      for (const role of ROLES) {
        parts[role].head.style.left = `${(share * 100).toFixed(3)}%`;
        const { place } = parts[role];
        const text = `${now.toFixed(1)} of ${seconds.toFixed(1)} seconds`;
        if (place.getAttribute("aria-valuetext") === text) continue;
        place.setAttribute("aria-valuetext", text);
        place.setAttribute("aria-valuemax", seconds.toFixed(2));
        place.setAttribute("aria-valuenow", now.toFixed(2));
      }
    },
    destroy: () => ROLES.forEach((role) => parts[role].wave.destroy()),
  };
}
