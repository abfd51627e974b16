// The player behind the buttons: loads files, keeps the clock, and restarts the graph where a change needs it.
// Nothing sounds, and no AudioContext exists, before the first press of Play.

import { buildGraph, longest, ROLES } from "./graph.js";

const AHEAD = 0.02; // seconds of notice for the audio thread

export async function fetchFile(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return answer.arrayBuffer();
}

/** Decoding without a live context, at the file's own rate, so that no sample is resampled. */
async function loadBuffer(track, read) {
  const bytes = await read(track.url);
  const decoder = new OfflineAudioContext(1, 1, track.sample_rate || 44100);
  return decoder.decodeAudioData(bytes);
}

/** Loads one file at a time; of those that arrive meanwhile only the newest. */
function loader(read, adopt, lost) {
  let busy = false;
  let waiting = null;
  async function run(track) {
    busy = true;
    try {
      adopt(await loadBuffer(track, read), track);
    } catch (error) {
      lost(track, error);
    }
    busy = false;
    const next = waiting;
    waiting = null;
    if (next) run(next);
  }
  return (track) => {
    if (busy) waiting = track;
    else run(track);
  };
}

/** `read(url)` gives the bytes of a file. */
export function createEngine({ changed, failed, read = fetchFile }) {
  const buffers = Object.fromEntries(ROLES.map((role) => [role, null]));
  const offsets = Object.fromEntries(ROLES.map((role) => [role, 0]));
  const tracks = {};
  const urls = {};
  const asked = {}; // the url that was last fetched for each role, or is being fetched
  const loaded = {}; // the url of each buffer
  const pending = {}; // whether a newer sound is being rendered
  const state = { playing: false, listen: "fitted", loop: true };
  let [context, graph, resting, timer] = [null, null, 0, 0];
  let wanted = false; // Play was pressed before the newest sound had arrived

  const at = () => context.currentTime + AHEAD;
  const position = () => (graph ? graph.positionAt(context.currentTime) : resting);

  const isReady = (role) => loaded[role] === urls[role] && !pending[role];

  function start(from) {
    const { listen, loop } = state;
    const when = at();
    graph = buildGraph(context, { buffers, offsets, listen, loop, position: from % (longest(buffers) || 1), when });
    clearTimeout(timer);
    if (!loop) timer = setTimeout(finish, (graph.seconds - from + AHEAD) * 1000);
  }
  function halt() {
    graph?.stop();
    graph = null;
    clearTimeout(timer);
  }
  function finish() {
    halt();
    resting = 0;
    state.playing = false;
    changed();
  }
  /** Whatever changes length, loop or position goes through one short fade. */
  function restart(from = position()) {
    resting = from;
    if (!state.playing) return;
    halt();
    if (longest(buffers) > 0) start(from);
  }
  function adopt(role, buffer, track) {
    if (!urls[role]) return; // the track was taken away while it loaded
    const before = longest(buffers);
    buffers[role] = buffer;
    loaded[role] = track.url;
    offsets[role] = track.offset_db ?? 0;
    if (graph && longest(buffers) === before) {
      graph.setOffset(role, offsets[role], at());
      graph.swap(role, buffer, at());
    } else restart();
    if (wanted) play();
    changed();
  }
  function lose(role, track, error) {
    loaded[role] = track.url;
    buffers[role] = null;
    restart();
    failed(new Error(`${track.name} could not be played. ${error.message}`));
  }
  const loaders = Object.fromEntries(ROLES.map((role) => [role, loader(read, (buffer, track) => adopt(role, buffer, track),
    (track, error) => lose(role, track, error))]));

  /** Fetches the sounds that are not here yet. */
  function load() {
    for (const role of ROLES.filter((name) => urls[name] && asked[name] !== urls[name])) {
      asked[role] = urls[role];
      loaders[role](tracks[role]);
    }
  }
  function setTrack(role, track) {
    const url = track?.url ?? null;
    tracks[role] = track;
    pending[role] = Boolean(track?.pending);
    if (url !== urls[role]) {
      urls[role] = url;
      if (url) return;
      buffers[role] = loaded[role] = asked[role] = null;
      restart();
    } else if (track && buffers[role] && offsets[role] !== track.offset_db) {
      offsets[role] = track.offset_db;
      graph?.setOffset(role, track.offset_db);
    }
  }
  /** A sound of yesterday is not begun: what is being rendered or fetched plays when it is there. */
  async function play() {
    load();
    if (state.playing) return;
    wanted = longest(buffers) === 0 || (urls[state.listen] && !isReady(state.listen));
    if (wanted) return;
    context ??= new AudioContext({ sampleRate: Object.values(buffers).find(Boolean).sampleRate });
    state.playing = true;
    await context.resume();
    if (state.playing && !graph) start(resting);
    changed();
  }
  function pause() {
    wanted = false;
    if (!state.playing) return;
    resting = position();
    state.playing = false;
    halt();
    changed();
  }
  return {
    state,
    position,
    buffers: () => ({ ...buffers }),
    offsets: () => ({ ...offsets }),
    seconds: () => longest(buffers),
    /** Whether what is fetched now is heard at once, or is the first there is. */
    get hurried() {
      return state.playing || wanted || longest(buffers) === 0;
    },
    setTracks(audio) {
      ROLES.forEach((role) => setTrack(role, audio?.[role] ?? null));
      if (wanted) play();
    },
    load,
    play,
    pause,
    toggle: () => (state.playing || wanted ? pause() : play()),
    seek: (seconds) => restart(Math.max(0, Math.min(seconds, longest(buffers) - 1e-3))),
    listen(role) {
      state.listen = role;
      graph?.listen(role);
      load();
      if (wanted) play();
      changed();
    },
    setLoop(loop) {
      const from = position();
      state.loop = loop;
      restart(from);
      changed();
    },
    destroy() {
      halt();
      context?.close();
    },
  };
}
