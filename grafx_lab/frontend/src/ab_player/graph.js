// The sound graph of the A/B player, on any BaseAudioContext, so that a test can render it offline:
// three loops started on one clock; switching only moves gains. Samples are those of the files times the offset.

export const ROLES = ["source", "fitted", "target", "step"];
/** A step of a fit is a fitted sound. */
export const colourOf = (role) => (role === "step" ? "fitted" : role);
const SWITCH = 0.01; // seconds of crossfade
const FADE = 0.005; // seconds at start and stop

export const gainOf = (db) => 10 ** ((db ?? 0) / 20);

export const longest = (buffers) => Math.max(0, ...Object.values(buffers).filter(Boolean).map((buffer) => buffer.duration));

/** A gain that moves in straight lines and knows where it is, so that a new move never jumps. */
function fader(context, value) {
  const node = context.createGain();
  node.gain.value = value;
  let [t0, v0, t1, v1] = [0, value, 0, value];
  const valueAt = (time) => (time >= t1 ? v1 : v0 + (v1 - v0) * Math.max(0, (time - t0) / (t1 - t0)));
  return {
    node,
    to(target, when, seconds) {
      const from = valueAt(when);
      [t0, v0, t1, v1] = [when, from, when + seconds, target];
      node.gain.cancelScheduledValues(when);
      node.gain.setValueAtTime(from, when);
      node.gain.linearRampToValueAtTime(target, when + seconds);
    },
  };
}

/** The same sound with silence behind it: loops of one length stay together for ever. */
function padded(buffer, seconds) {
  const length = Math.round(seconds * buffer.sampleRate);
  if (buffer.length >= length) return buffer;
  const { numberOfChannels, sampleRate } = buffer;
  const long = new AudioBuffer({ length, numberOfChannels, sampleRate });
  for (let channel = 0; channel < numberOfChannels; channel++) long.copyToChannel(buffer.getChannelData(channel), channel);
  return long;
}

/** One playing file; `fadeIn` seconds for a file that replaces another. */
function voice(context, buffer, output, { when, position, loop, seconds, fadeIn }) {
  const source = context.createBufferSource();
  const level = fader(context, fadeIn ? 0 : 1);
  source.buffer = padded(buffer, seconds);
  source.loop = loop;
  source.loopEnd = seconds;
  source.connect(level.node).connect(output);
  source.start(when, position);
  if (fadeIn) level.to(1, when, fadeIn);
  return {
    source,
    replace(at) {
      level.to(0, at, SWITCH);
      source.stop(at + SWITCH);
    },
  };
}

/**
 * Starts `{source, fitted, target}` (AudioBuffers or null) together at `position` and lets `listen` be heard.
 * `offsets` are dB per role. With `fade: 0` nothing but the offset touches the samples.
 */
export function buildGraph(context, options) {
  const { buffers, offsets = {}, position = 0, loop = true, when = context.currentTime, fade = FADE } = options;
  const seconds = longest(buffers);
  const level = (role) => (role === heard ? gainOf(volume[role]) : 0);
  const volume = { ...offsets };
  let heard = options.listen;
  const master = fader(context, fade ? 0 : 1);
  master.node.connect(context.destination);
  if (fade) master.to(1, when, fade);
  const outputs = {};
  const voices = {};
  for (const role of ROLES) {
    outputs[role] = fader(context, level(role));
    outputs[role].node.connect(master.node);
    if (buffers[role]) voices[role] = voice(context, buffers[role], outputs[role].node, { when, position, loop, seconds });
  }
  const positionAt = (time) => {
    const passed = position + Math.max(0, time - when);
    return loop ? passed % seconds : Math.min(seconds, passed);
  };
  return {
    seconds,
    positionAt,
    listen(role, at = context.currentTime) {
      heard = role;
      for (const each of ROLES) outputs[each].to(level(each), at, SWITCH);
    },
    setOffset(role, db, at = context.currentTime) {
      volume[role] = db;
      if (role === heard) outputs[role].to(level(role), at, SWITCH);
    },
    /** A new file takes over at the same position, without a gap. */
    swap(role, buffer, at = context.currentTime) {
      voices[role]?.replace(at);
      const start = { when: at, position: positionAt(at), loop, seconds, fadeIn: SWITCH };
      voices[role] = voice(context, buffer, outputs[role].node, start);
    },
    stop(at = context.currentTime) {
      master.to(0, at, FADE);
      for (const each of Object.values(voices)) each.source.stop(at + FADE);
    },
  };
}
