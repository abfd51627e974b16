// The three bodies of a node: a card with its screen, a pill for `in` and `out`, a circle with a plus for `mix`.
import { memo, useCallback, useEffect, useRef } from "react";
import { Handle, useUpdateNodeInternals } from "@xyflow/react";
import { useEditor } from "./editor_context.js";
import { useStored } from "./live_store.js";
import { familyColor } from "../draw/marks.js";
import { FamilyMark, Icon } from "./marks.js";
import { Screen } from "./screen.js";

function portStyle(index, count, down, card) {
  if (down) return { left: `${((index + 1) / (count + 1)) * 100}%` };
  if (!card || count < 2) return {};
  const pitch = Math.min(24, 62 / (count - 1));
  return { top: `calc(50% + ${(index - (count - 1) / 2) * pitch}px)` };
}

function Port({ name, type, side, label, faulty, style }) {
  return (
    <Handle id={name} type={type} position={side} style={style} title={name} className={faulty ? "ge-port faulty" : "ge-port"}>
      {label && <span className="ge-port-label">{name}</span>}
    </Handle>
  );
}

function Ports({ id, data, card = false }) {
  const { node, down, faultyInlet } = data;
  const updateInternals = useUpdateNodeInternals();
  const shape = `${node.inlets.join()}|${node.outlets.join()}`;
  // A rebuilt processor, or a turned drawing, may have its ports elsewhere on a node of the same size, which React Flow
  // would not notice.
  useEffect(() => updateInternals(id), [id, shape, down, updateInternals]);
  const draw = (names, type, side) =>
    names.map((name, i) => (
      <Port
        key={`${type}-${name}`}
        name={name}
        type={type}
        side={side}
        label={names.length > 1}
        faulty={type === "target" && faultyInlet === name}
        style={portStyle(i, names.length, down, card)}
      />
    ));
  return (
    <>
      {draw(node.inlets, "target", down ? "top" : "left")}
      {draw(node.outlets, "source", down ? "bottom" : "right")}
    </>
  );
}

function NameField({ name, onDone }) {
  const field = useRef(null);
  useEffect(() => field.current.select(), []);
  // Enter and Escape take the field away, and its leaving must not commit a second time.
  const finished = useRef(false);
  const finish = (value) => {
    if (finished.current) return;
    finished.current = true;
    onDone(value);
  };
  const onKeyDown = (event) => {
    event.stopPropagation();
    if (event.key === "Enter") finish(field.current.value.trim());
    if (event.key === "Escape") finish(null);
  };
  return (
    <input
      ref={field}
      className="ge-rename nodrag nopan"
      defaultValue={name}
      aria-label={`New name of ${name}`}
      spellCheck={false}
      autoFocus
      size={Math.max(4, name.length)}
      onKeyDown={onKeyDown}
      onBlur={(event) => finish(event.target.value.trim())}
      onDoubleClick={(event) => event.stopPropagation()}
    />
  );
}

function Name({ name }) {
  const { store, rename } = useEditor();
  const renaming = useStored(store, useCallback(() => store.renaming() === name, [store, name]));
  if (renaming) return <NameField name={name} onDone={(value) => rename(name, value)} />;
  return (
    <span className="ge-name" title={`${name} (double-click renames)`} onDoubleClick={() => store.rename(name)}>
      {name}
    </span>
  );
}

function stateClasses({ node, error }) {
  return `${node.bypassed ? " bypassed" : ""}${node.frozen ? " frozen" : ""}${error ? " error" : ""}`;
}

/** The number of the call that renders the node; filled where others are rendered with it. */
function CallNumber({ name }) {
  const { store } = useEditor();
  const call = useStored(store, useCallback(() => store.call(name), [store, name]));
  if (!call) return null;
  const said = call.together.length ? `Call ${call.number}, together with ${call.together.join(", ")}` : `Call ${call.number}`;
  return (
    <span className={call.together.length ? "ge-call batch" : "ge-call"} role="img" aria-label={said} title={said}>
      {call.number}
    </span>
  );
}

/** What pruning does to a node: how much of it is still heard, or the loss without it. */
function pruned({ wet, without }) {
  if (without != null) return ["taken out", `loss ${without}`];
  return wet == null ? null : ["wet", `${Math.round(100 * wet)} %`];
}

const Card = memo(function Card({ id, data }) {
  const { store } = useEditor();
  const entry = useStored(store, useCallback(() => store.entry(id), [store, id]));
  const { node, down } = data;
  const fading = entry && pruned(entry);
  const readouts = fading ?? entry?.readouts ?? [];
  const state = `${stateClasses(data)}${fading ? " fading" : ""}${entry?.without != null ? " taken-out" : ""}`;
  const style = { "--f": familyColor(node.family), "--wet": entry?.without != null ? 0 : (entry?.wet ?? 1) };
  return (
    <div className={`ge-node ge-card${state}`} style={style} title={node.label}>
      <div className="ge-head">
        <FamilyMark family={node.family} />
        <Name name={node.name} />
        {node.frozen && (
          <span className="ge-lock" title="Frozen: the fit leaves it alone">
            <Icon name="lock" size={13} />
          </span>
        )}
      </div>
      <Screen screen={entry?.screen} height={down ? 36 : 44} />
      {(!down || fading) && (
        <div className="ge-readouts">
          <span>{readouts[0]}</span>
          <span>{readouts[1]}</span>
        </div>
      )}
      {entry?.share != null && (
        <div className="ge-share" title="Its share of the gradient">
          <b style={{ width: `${Math.min(1, Math.max(0, entry.share)) * 100}%` }} />
        </div>
      )}
      <CallNumber name={id} />
      <Ports id={id} data={data} card />
    </div>
  );
});

const Pill = memo(function Pill({ id, data }) {
  return (
    <div className={`ge-node ge-pill${stateClasses(data)}`} title={data.node.label}>
      <Name name={data.node.name} />
      <CallNumber name={id} />
      <Ports id={id} data={data} />
    </div>
  );
});

const Mix = memo(function Mix({ id, data }) {
  return (
    <div className={`ge-node ge-mix${stateClasses(data)}`} title={data.node.label}>
      <Icon name="plus" size={16} />
      <div className="ge-mix-name">
        <Name name={data.node.name} />
      </div>
      <CallNumber name={id} />
      <Ports id={id} data={data} />
    </div>
  );
});

export const nodeTypes = { card: Card, pill: Pill, mix: Mix };
