// Lanes on one clock, one for each sound: a click listens to a lane, a click or drag on a waveform also seeks.

import { h, keepFocus, setText, show } from "../ui/dom.js";
import { waveform } from "../draw/wave.js";
import { icon } from "../draw/icons.js";
import { colourOf, ROLES } from "./graph.js";
import { seeking } from "./seeking.js";
import { spectrogramLayer } from "./spectrogram.js";

const INVITE = {
  source: "Add a source: the sound that enters the patch.",
  fitted: "What the patch makes of the source appears here.",
  target: "Add a target: a recording the patch should come to sound like.",
  step: "Choose a step of the fit to hear it here.",
};
const canChange = (role) => role === "source" || role === "target";

function lane(role, { listen, seek, position, choose, beside }) {
  const wave = waveform(colourOf(role));
  const head = h("i", { class: "ph" });
  const badges = h("span", { class: "badges" });
  const place = h("div", { class: "wv", role: "slider", tabindex: "0", "aria-label": `Position in ${role}`,
    "aria-valuemin": "0", "data-testid": `wave-${role}` }, wave.el, head, badges);
  const [name, loud] = [h("small"), h("small")];
  const pick = keepFocus(h("button", { class: "lane-head", type: "button", "data-testid": `lane-${role}`,
    onclick: () => listen(role) }, h("b", { class: `sm ${role === "source" ? "mid" : `c-${colourOf(role)}`}` }, role), name, loud));
  const change = choose && canChange(role) && h("button", { class: "btn change", type: "button",
    "aria-label": `Change the ${role}`, onclick: () => choose(role, change) }, "Change");
  const invite = choose && canChange(role)
    ? h("button", { class: "invite", type: "button", "data-testid": `add-${role}`, onclick: () => choose(role, invite) }, INVITE[role])
    : h("p", { class: "invite" }, INVITE[role]);
  const el = h("div", { class: "lane", "data-role": role, "data-drop-role": canChange(role) ? role : null,
    style: `--lane:var(--${colourOf(role)}-fill)` }, pick, place, invite, change, beside?.[role]);
  el.addEventListener("click", (event) => {
    if (!el.classList.contains("empty") && !event.target.closest("button, input")) listen(role);
  });
  seeking(place, seek, position);
  const picture = spectrogramLayer(place, colourOf(role));
  return { el, place, picture, head, wave, badges, name, loud, invite, pick, change };
}

/** The part of a lane that a sound fills, since all have one clock. */
const shareOf = (track, seconds) => (track && seconds ? Math.min(1, track.seconds / seconds) : 1);

function fillLane(part, role, track, seconds) {
  part.el.classList.toggle("empty", !track);
  show(part.place, Boolean(track));
  show(part.invite, !track);
  part.pick.disabled = !track;
  if (part.change) show(part.change, Boolean(track));
  part.wave.set(track?.peaks ?? null, shareOf(track, seconds));
  part.el.classList.toggle("pending", Boolean(track?.pending));
  setText(part.name, track?.pending ? "rendering …" : (role === "fitted" && track?.note) || track?.name || "");
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
    /** `levelsOf(track)` gives what the spectrogram shows of the sound that is heard; `optional` lanes may be hidden. */
    set(audio, listening, levelsOf, optional) {
      const seconds = Math.max(0, ...ROLES.map((role) => audio?.[role]?.seconds ?? 0));
      for (const role of ROLES) {
        const track = audio?.[role] ?? null;
        fillLane(parts[role], role, track, seconds);
        parts[role].picture.set(role === listening ? levelsOf(track) : null, track, shareOf(track, seconds));
        show(parts[role].el, optional[role] ?? true);
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
        const strongest = place === document.activeElement ? parts[role].picture.strongest(share) : "";
        const text = `${now.toFixed(1)} of ${seconds.toFixed(1)} seconds${strongest}`;
        if (place.getAttribute("aria-valuetext") === text) continue;
        place.setAttribute("aria-valuetext", text);
        place.setAttribute("aria-valuemax", seconds.toFixed(2));
        place.setAttribute("aria-valuenow", now.toFixed(2));
      }
    },
    destroy: () => ROLES.forEach((role) => parts[role].wave.destroy()),
  };
}
