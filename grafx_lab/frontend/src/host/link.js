// The line to a session in Python: each exchange carries at most one call and brings back the slices that are new.

import { unpack } from "./unpack.js";

export class ConnectionLost extends Error {
  constructor() {
    super("grafx_lab does not answer, so the last action was not carried out. What you see is kept; trying again …");
  }
}

const REOPENED =
  "grafx_lab was restarted, or had closed this session after a long rest. Your patch is kept; choose source and target again.";

/**
 * `exchange(message)` is the server function, `store` receives the slices, `memory` keeps the token of this tab
 * (`{get, set}`), `root` is where files are served. `begin()` gives the text of the patch that a first session starts with, or null.
 */
export function createLink({ exchange, store, memory, root, begin }) {
  let token = memory.get();
  let seen = {};
  let opening = null;

  async function post(message) {
    const answer = await exchange({ token, seen, ...message });
    if (!answer) throw new ConnectionLost(); // Gradio swallows what went wrong
    return answer;
  }

  // Answers may overtake each other: only what is newer than what is there counts.
  function adopt({ slices, versions }) {
    const fresh = Object.keys(slices).filter((slice) => versions[slice] > (seen[slice] ?? -1));
    seen = { ...seen, ...Object.fromEntries(fresh.map((slice) => [slice, versions[slice]])) };
    for (const slice of fresh) store.set(slice, unpack(slices[slice], root));
  }

  async function reopen(text) {
    token = null;
    seen = {};
    let answer = await post({ begin: text });
    if (answer.error && text) {
      notice("error", answer.error.message);
      answer = await post({});
    }
    token = answer.token;
    memory.set(token);
    adopt(answer);
  }

  /** One exchange at a time opens a session, however many find it gone. */
  function open() {
    const shown = store.get("patch")?.document;
    const text = shown ? JSON.stringify(shown) : begin();
    opening ??= reopen(text).then(() => shown && notice("info", REOPENED)).finally(() => (opening = null));
    return opening;
  }

  function notice(kind, message) {
    store.set("notice", { kind, message, nodes: [], count: 1 });
  }

  /** Asks Python; slices are set before the answer `{result}` or `{error}` is given. Throws ConnectionLost. */
  async function ask(message = {}) {
    if (opening || token === null) await open();
    const asked = token;
    const answer = await post(message);
    if (answer.gone) {
      // Nothing was carried out: ask again in the new session.
      if (asked === token) await open();
      return ask(message);
    }
    if (asked === token) adopt(answer);
    return answer.error ? { error: answer.error } : { result: unpack(answer.result, root) };
  }
  return { ask, notice };
}
