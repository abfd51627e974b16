// Calls to Python over the anywidget message channel: a promise per call.

export function caller(model) {
  const pending = new Map();
  let next = 1;
  model.on("msg:custom", (message) => {
    const waiting = pending.get(message?.id);
    if (!waiting) return;
    pending.delete(message.id);
    if (message.error) {
      waiting.reject(Object.assign(new Error(message.error.message), { nodes: message.error.nodes ?? [] }));
    } else {
      waiting.resolve(message.result);
    }
  });
  return (call, args = {}, buffers = []) =>
    new Promise((resolve, reject) => {
      const id = `${call}-${next++}`;
      pending.set(id, { resolve, reject });
      model.send({ id, call, args }, undefined, buffers);
    });
}
