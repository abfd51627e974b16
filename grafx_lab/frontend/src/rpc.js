// Calls to Python over the anywidget message channel: a promise per call.

import { letGo } from "./ui/gesture.js";

const IN_PASSING = ["alive", "file", "text"]; // they neither change nor need what a hand holds back

export function caller(model) {
  const born = Math.random().toString(36).slice(2, 8); // two views of one model hear each other's answers
  const pending = new Map();
  let next = 1;
  model.on("msg:custom", (message, buffers) => {
    const waiting = pending.get(message?.id);
    if (!waiting) return;
    pending.delete(message.id);
    if (message.error) {
      waiting.reject(Object.assign(new Error(message.error.message), { nodes: message.error.nodes ?? [] }));
    } else {
      waiting.resolve(buffers?.length ? { ...message.result, buffers } : message.result);
    }
  });
  return (call, args = {}, buffers = []) => {
    if (!IN_PASSING.includes(call)) letGo();
    return new Promise((resolve, reject) => {
      const id = `${call}-${born}-${next++}`;
      pending.set(id, { resolve, reject });
      model.send({ id, call, args }, undefined, buffers);
    });
  };
}
