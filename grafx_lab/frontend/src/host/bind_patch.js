// The value of a stand-alone graph editor, `{revision, patch}`, kept equal to what is drawn.
//
// The revision counts what hands have drawn. Python hands it back with what it made of a drawing; an answer to an older
// drawing is refused, so that it never undoes what was drawn meanwhile. A patch without revision replaces the drawing.

const STALE = "Python answered to an older drawing. What you have drawn since is kept.";

/** One text for one document, whoever wrote it. */
const textOf = (patch) => JSON.stringify(typeof patch === "string" ? JSON.parse(patch) : patch);

export function bindPatch({ model, props, trigger, watch, call }) {
  let revision = 0;
  let known = null; // the document of the value
  let replacing = false;

  const keep = (text) => {
    known = text;
    props.value = { revision, patch: JSON.parse(text) };
  };
  model.on("change:patch", () => {
    const document = model.get("patch")?.document;
    if (!document || textOf(document) === known) return;
    const byHand = known !== null && !replacing;
    if (byHand) revision += 1;
    keep(textOf(document));
    if (byHand) trigger("edit", { revision });
  });
  async function replace() {
    const value = props.value;
    if (!value?.patch || textOf(value.patch) === known) return;
    if (value.revision !== null && value.revision < revision) {
      keep(known);
      model.set("notice", { kind: "info", message: STALE, nodes: [], count: revision });
      return;
    }
    replacing = true;
    try {
      await call("load", { text: textOf(value.patch) });
    } catch (error) {
      model.set("notice", { kind: "error", message: error.message, nodes: error.nodes, count: revision });
    } finally {
      replacing = false;
    }
  }
  watch("value", replace);
}
