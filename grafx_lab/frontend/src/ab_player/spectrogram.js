// The spectrogram behind the waveform that is heard, and what it says at the cursor. Levels, rows and their names are
// Python's. The colour is the sound's own: the levels are a mask over it, so that it follows the theme.

import { tickText } from "../draw/scales.js";
import { clamp, h, setText, show } from "../ui/dom.js";

const shareOf = (level, [low, high]) => clamp((level - low) / (high - low));

/** The levels as the alpha of a picture, the lowest frequency at the bottom. */
function maskOf(levels, [rows, frames], range) {
  const canvas = h("canvas", { width: frames, height: rows });
  const context = canvas.getContext("2d");
  const image = context.createImageData(frames, rows);
  for (let row = 0; row < rows; row++) {
    for (let frame = 0; frame < frames; frame++) {
      const share = shareOf(levels[row * frames + frame], range);
      image.data[4 * ((rows - 1 - row) * frames + frame) + 3] = 255 * share ** 1.5 || 0; // NaN is transparent
    }
  }
  context.putImageData(image, 0, 0);
  return `url(${canvas.toDataURL()})`;
}

export function spectrogramLayer(place, role) {
  const layer = h("i", { class: "spg", style: `background:var(--${role})`, "aria-hidden": "true" });
  const tag = h("span", { class: "under-cursor mono xs", "aria-hidden": "true", hidden: true });
  const cross = h("i", { class: "cross", hidden: true });
  place.prepend(layer);
  place.append(cross, tag);
  let [levels, track, share] = [null, null, 1];

  function cell(across) {
    const frames = track.spectrogram.shape[1];
    return Math.min(frames - 1, Math.max(0, Math.round((across / share) * (frames - 1))));
  }
  const levelAt = (row, frame) => levels[row * track.spectrogram.shape[1] + frame];
  const said = (row, frame) => `${track.spectrogram.rows[row]} at ${tickText(levelAt(row, frame).toFixed(0))} dB`;
  const readable = (across) => levels && across >= 0 && across <= share;

  place.addEventListener("pointermove", (event) => {
    const box = place.getBoundingClientRect();
    const across = (event.clientX - box.left) / box.width;
    const shown = readable(across) && !layer.hidden;
    show(tag, shown);
    show(cross, shown);
    if (!shown) return;
    const [rows] = track.spectrogram.shape;
    const row = Math.round(clamp(1 - (event.clientY - box.top) / box.height) * (rows - 1));
    setText(tag, `${((across / share) * track.seconds).toFixed(2)} s, ${said(row, cell(across))}`);
    tag.style[across > 0.6 ? "right" : "left"] = `calc(${((across > 0.6 ? 1 - across : across) * 100).toFixed(2)}% + 10px)`;
    tag.style[across > 0.6 ? "left" : "right"] = "auto";
    cross.style.left = `${(across * 100).toFixed(2)}%`;
  });
  place.addEventListener("pointerleave", () => [tag, cross].forEach((part) => show(part, false)));
  return {
    /** `of` is the track that `values` were read for; without values nothing is shown. */
    set(values, of, part) {
      if (values !== levels) layer.style.maskImage = values ? maskOf(values, of.spectrogram.shape, of.spectrogram.range) : "none";
      [levels, track, share] = [values, of, part];
      show(layer, Boolean(values));
      layer.style.width = `${share * 100}%`;
      if (!values) [tag, cross].forEach((mark) => show(mark, false));
    },
    /** What is strongest at a share of the lane's width, for those who do not point. */
    strongest(across) {
      if (!readable(across)) return "";
      const [rows] = track.spectrogram.shape;
      const frame = cell(across);
      let row = 0;
      for (let other = 1; other < rows; other++) if (levelAt(other, frame) > levelAt(row, frame)) row = other;
      return `, strongest: ${said(row, frame)}`;
    },
  };
}

/** Reads the picture of the sound that is heard, each file once while it stays; `read(url)` gives bytes. */
export function spectrogramReader({ read, arrived, failed }) {
  const known = new Map(); // values, or null while they are on their way
  async function fetchOne(url) {
    known.set(url, null);
    try {
      const bytes = await read(url);
      if (!known.has(url)) return; // it is heard no more
      known.set(url, new Float32Array(bytes));
      arrived();
    } catch (error) {
      if (known.delete(url)) failed(error);
    }
  }
  return {
    /** The levels of a track, null while they are on their way; they are asked for where `fetching`. */
    valuesOf(track, fetching) {
      const url = track?.spectrogram?.url;
      if (!url) return null;
      if (fetching && !known.has(url)) fetchOne(url);
      return known.get(url) ?? null;
    },
    /** Forgets what is heard no more. */
    keep(tracks) {
      const present = new Set(tracks.map((track) => track?.spectrogram?.url));
      for (const url of known.keys()) if (!present.has(url)) known.delete(url);
    },
  };
}
