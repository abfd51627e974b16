// Wiring without a pointer: type a name, Enter connects; a wire that is there already is taken away instead.
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { edgeId } from "./flow.js";

function choices(patch, name) {
  const source = patch.nodes.find((node) => node.name === name);
  if (!source) return [];
  const present = new Set(patch.edges.map(edgeId));
  const list = [];
  for (const outlet of source.outlets) {
    for (const node of patch.nodes) {
      for (const inlet of node === source ? [] : node.inlets) {
        const edge = { source: name, outlet, target: node.name, inlet };
        const from = source.outlets.length > 1 ? `${outlet} → ` : "";
        const to = node.inlets.length > 1 ? `${node.name} · ${inlet}` : node.name;
        list.push({ edge, id: edgeId(edge), text: from + to, connected: present.has(edgeId(edge)) });
      }
    }
  }
  return list;
}

function Choice({ id, choice, active, onPick, onHover }) {
  return (
    <li
      id={id}
      role="option"
      aria-selected={active}
      onPointerDown={(event) => event.preventDefault()}
      onClick={onPick}
      onPointerMove={onHover}
      ref={(element) => active && element?.scrollIntoView({ block: "nearest" })}
    >
      <span>{choice.text}</span>
      {choice.connected && <em>connected, Enter removes the wire</em>}
    </li>
  );
}

export function ConnectList({ patch, name, onConnect, onCut, onClose }) {
  const listId = useId();
  const field = useRef(null);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const all = useMemo(() => choices(patch, name), [patch, name]);
  const found = all.filter((choice) => choice.text.includes(query.trim().toLowerCase()));
  const index = Math.min(at, found.length - 1);
  useEffect(() => field.current.focus(), []);

  const pick = (choice) => {
    onClose();
    if (choice.connected) onCut(choice.id);
    else onConnect(choice.edge);
  };
  const onKeyDown = (event) => {
    event.stopPropagation();
    if (event.key === "ArrowDown") setAt(Math.min(index + 1, found.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(index - 1, 0));
    else if (event.key === "Enter" && found[index]) pick(found[index]);
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
  };
  const leave = (event) => !event.currentTarget.contains(event.relatedTarget) && onClose();
  return (
    <div className="ge-connect" role="dialog" aria-label={`Connect ${name}`} onKeyDown={onKeyDown} onBlur={leave}>
      <label>
        Connect <b>{name}</b> to
        <input
          ref={field}
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={found[index] ? `${listId}-${index}` : undefined}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          spellCheck={false}
        />
      </label>
      <ul id={listId} role="listbox" aria-label="Destinations">
        {found.map((choice, i) => (
          <Choice
            key={choice.id}
            id={`${listId}-${i}`}
            choice={choice}
            active={i === index}
            onPick={() => pick(choice)}
            onHover={() => setAt(i)}
          />
        ))}
      </ul>
      {!found.length && <p>{all.length ? "No node of that name takes a signal." : "There is nothing to connect it to."}</p>}
    </div>
  );
}
