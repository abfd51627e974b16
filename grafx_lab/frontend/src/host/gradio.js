// Gradio as a host: mounts a view on what gr.HTML hands to its script, `{element, props, trigger, watch, server, upload}`.

import { caller } from "../rpc.js";
import { bindPatch } from "./bind_patch.js";
import { sessionModel } from "./session_model.js";
import { valueModel } from "./value_model.js";

const HERE = import.meta.url;
const ROOT = HERE.slice(0, HERE.indexOf("/file=") + "/file=".length);
const beside = (name) => new URL(name + new URL(HERE).search, HERE).href; // with the same ?v=

/** The style sheet, once a page; a view is drawn only when it is there. */
function style() {
  const href = beside("./grafx_lab.css");
  const present = [...document.styleSheets].some((sheet) => sheet.href === href);
  if (present) return null;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return new Promise((done) => {
    link.onload = link.onerror = done;
    document.head.append(link);
  });
}

/** Remembers the session of this tab, so that a reload goes on with it; storage may be forbidden. */
function tabMemory(key) {
  const attempt = (action) => {
    try {
      return action();
    } catch {
      return null;
    }
  };
  return { get: () => attempt(() => sessionStorage.getItem(key)), set: (token) => attempt(() => sessionStorage.setItem(key, token)) };
}

const noMemory = () => ({ get: () => null, set() {} });

const MODELS = {
  app: (host) => sessionModel({ ...host, memory: tabMemory(`grafx_lab.session ${location.pathname}`) }),
  graph_editor(host) {
    const text = (patch) => (patch && typeof patch !== "string" ? JSON.stringify(patch) : patch);
    const model = sessionModel({ ...host, memory: noMemory(), begin: () => text(host.props.value?.patch) ?? null });
    bindPatch({ ...host, model, call: caller(model) });
    return model;
  },
  ab_player: valueModel,
  fit_view: valueModel,
};

export async function mount({ element, props, trigger, watch, server, upload }) {
  const el = element.appendChild(document.createElement("div"));
  el.className = "gl-mount";
  element.closest(".block")?.style.setProperty("padding", "0"); // flush with the components around it
  const host = { props, trigger, watch, server, upload, root: ROOT, limit: props.max_bytes, alive: () => el.isConnected };
  const model = MODELS[props.view](host);
  const [module] = await Promise.all([import(beside(`./${props.view}.js`)), style(), model.ready()]);
  module.default.render({ model, el });
}
