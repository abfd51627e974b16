// The model of a view with a session in Python: calls go out one after the other, polls bring what moves by itself.

import { isFitting } from "../state.js";
import { ConnectionLost, createLink } from "./link.js";
import { createStore } from "./store.js";

const FAST = 100; // ms between polls while a fit runs, and after that or a call until the results have followed
const SLOW = 5000; // ms between polls of a resting session: its heartbeat
const RETRY = 1000; // ms between tries when nobody answers
const SETTLING = 20; // what has been quiet for so many intervals is polled at that interval

const sentence = (error) => ({ message: error.message, nodes: [] });
const megabytes = (bytes) => `${Math.ceil(bytes / 1e6)} MB`;

function checkSize(buffer, name, limit) {
  if (buffer.byteLength <= limit) return;
  throw new Error(`“${name}” has ${megabytes(buffer.byteLength)}; files up to ${megabytes(limit)} are taken. ` +
    "Cut it, or export it as FLAC.");
}

/** `alive()` says whether the view is still on the page; polling ends with it. */
export function sessionModel({ server, upload, memory, root, limit, alive, begin = () => null }) {
  const store = createStore();
  const link = createLink({ exchange: server.exchange, store, memory, root, begin });
  let lost = false;
  let active = performance.now();
  let timer = 0;
  let last = Promise.resolve();

  async function ask(message) {
    try {
      const answer = await link.ask(message);
      if (lost) link.notice("info", "grafx_lab answers again.");
      lost = false;
      return answer;
    } catch (error) {
      if (error instanceof ConnectionLost && !lost) link.notice("error", error.message);
      lost ||= error instanceof ConnectionLost;
      throw error;
    }
  }

  function pollLater() {
    clearTimeout(timer);
    if (isFitting(store.get("fit"))) active = performance.now(); // its sound and its arrows follow its end
    const quiet = performance.now() - active;
    const settled = Math.min(SLOW, Math.max(FAST, quiet / SETTLING));
    timer = setTimeout(poll, lost ? RETRY : isFitting(store.get("fit")) ? FAST : settled);
  }

  async function poll() {
    if (!alive()) return;
    await ask().catch(() => {}); // said once by `ask`; the next poll tries again
    pollLater();
  }

  async function send(name, buffer) {
    checkSize(buffer, name, limit);
    try {
      return (await upload(new File([buffer], name))).path;
    } catch {
      throw new Error(`“${name}” did not arrive. Try again, or choose another file.`);
    }
  }

  async function perform({ id, call, args }, buffers) {
    active = performance.now();
    try {
      const files = [];
      for (const buffer of buffers) files.push(await send(args.name ?? "file", buffer));
      return { id, ...(await ask({ call, args, files })) };
    } catch (error) {
      return { id, error: sentence(error) };
    } finally {
      active = performance.now();
      pollLater();
    }
  }

  return {
    ...store,
    /** The first slices. */
    ready: () => ask().catch(() => {}).finally(pollLater),
    send(message, _callbacks, buffers = []) {
      last = last.then(async () => store.emit("msg:custom", await perform(message, buffers)));
    },
  };
}
