// The colours of surfaces: viridis, dark is low.

const ANCHORS = ["440154", "482878", "3e4a89", "31688e", "26828e", "1f9e89", "35b779", "6dcd59", "b4de2c", "fde725"]
  .map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));

/** Red, green and blue for a share from 0 to 1. */
export function viridis(share) {
  const place = Math.min(0.9999, Math.max(0, share)) * (ANCHORS.length - 1);
  const [from, to] = [ANCHORS[Math.floor(place)], ANCHORS[Math.floor(place) + 1]];
  return from.map((channel, i) => channel + (place % 1) * (to[i] - channel));
}

export const viridisGradient = `linear-gradient(90deg,${ANCHORS.map((color) => `rgb(${color.join(" ")})`).join()})`;
