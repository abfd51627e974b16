// What JSON cannot carry: `{"$f32": base64}` is a Float32Array, `{"$file": path}` a URL of Gradio's file route.

function floats(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

/** `root` is everything before the path of a file. */
export function unpack(value, root) {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => unpack(item, root));
  if ("$f32" in value) return floats(value.$f32);
  if ("$file" in value) return `${root}${value.$file}`;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpack(item, root)]));
}
