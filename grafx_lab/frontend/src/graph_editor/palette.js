// The palette: every registered processor, by family. Click or Enter adds, a drag puts it where it should stand.
import { useEffect, useMemo, useRef, useState } from "react";
import { hubOf } from "./hub.js";
import { isTyping } from "./keys.js";
import { useSlice } from "./live_store.js";
import { FamilyMark, Icon } from "./marks.js";
import { usePaletteDrag } from "./palette_drag.js";

const plain = (text) => text.toLowerCase().replace(/[\s-]+/g, "_");

const FAR = 1000;

// How far a processor is from what is looked for: a name that begins with it is nearest, a short one nearer than a long
// one, and what is only of a family that is called so comes last.
function distance(processor, wanted) {
  const names = [plain(processor.type), plain(processor.label)].filter((name) => name.includes(wanted));
  return Math.min(2 * FAR, ...names.map((name) => (name.startsWith(wanted) ? 0 : FAR) + name.length));
}

/** The families with what was found, nearest first, so that Enter adds what was meant; all in the catalog's order without a query. */
function groups(catalog, query) {
  const wanted = plain(query.trim());
  const nearer = (a, b) => (wanted ? distance(a, wanted) - distance(b, wanted) : 0);
  return (catalog?.families ?? [])
    .map((family) => {
      const members = catalog.processors.filter((processor) => processor.family === family.id);
      const whole = plain(family.label).includes(wanted);
      const fits = (processor) => plain(processor.type).includes(wanted) || plain(processor.label).includes(wanted);
      const found = (whole ? members : members.filter(fits)).sort(nearer);
      return { family, found };
    })
    .filter((group) => group.found.length > 0)
    .sort((a, b) => nearer(a.found[0], b.found[0]));
}

function Marked({ text, query }) {
  const wanted = plain(query.trim());
  const at = wanted ? text.indexOf(wanted) : -1;
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + wanted.length)}</mark>
      {text.slice(at + wanted.length)}
    </>
  );
}

function Family({ group, query, open, onToggle, drag, onAdd }) {
  const { family, found } = group;
  return (
    <details open={open} onToggle={(event) => onToggle(family.id, event.currentTarget.open)} data-family={family.id}>
      <summary>
        <FamilyMark family={family.id} />
        <span className="ge-family">{family.label}</span>
        <em>{found.length}</em>
      </summary>
      <ul>
        {found.map((processor) => (
          <li key={processor.type}>
            <button
              type="button"
              className="ge-item"
              data-type={processor.type}
              title={[processor.label, processor.doc].filter(Boolean).join("\n")}
              aria-label={`Add ${processor.type}`}
              onPointerDown={(event) => drag.start(event, processor)}
              onClick={() => drag.wasClick() && onAdd(processor.type)}
            >
              <Marked text={processor.type} query={query} />
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

// `/` goes to the search field, but not from another cell of a notebook nor from another field.
function useSlashKey(host, field) {
  useEffect(() => {
    const root = host.closest(".gl") ?? host;
    const onKeyDown = (event) => {
      const here = document.activeElement === document.body || root.contains(document.activeElement);
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !here || isTyping(event.target)) return;
      if (!field.current?.offsetParent) return;
      event.preventDefault();
      field.current.focus();
      field.current.select();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [host, field]);
}

function walk(event, root) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const stops = [...root.querySelectorAll("input, summary, details[open] .ge-item")];
  const next = stops[stops.indexOf(document.activeElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

// Families open by hand, so that at first all of them are in sight; a search opens what it found and leaves the rest.
function useOpened(searching) {
  const [shown, setOpened] = useState([]);
  const isOpen = (id) => searching || shown.includes(id);
  const onToggle = (id, open) => {
    if (searching || open === isOpen(id)) return;
    const others = shown.filter((other) => other !== id);
    setOpened(open ? [...others, id] : others);
  };
  return { isOpen, onToggle };
}

function SearchField({ field, query, setQuery, onEnter }) {
  const onKeyDown = (event) => {
    if (event.key === "Escape") setQuery("");
    if (event.key === "Enter") onEnter();
  };
  return (
    <label className="ge-search">
      <Icon name="search" />
      <input
        ref={field}
        value={query}
        placeholder="Find a processor"
        aria-label="Find a processor"
        spellCheck={false}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}

function useFocusable(model, field) {
  useEffect(() => {
    const hub = hubOf(model);
    const palette = { focus: () => field.current?.focus() };
    hub.palette = palette;
    return () => {
      if (hub.palette === palette) hub.palette = null;
    };
  }, [model, field]);
}

export function Palette({ model, host, onAdd }) {
  const catalog = useSlice(model, "catalog");
  const [query, setQuery] = useState("");
  const field = useRef(null);
  const root = useRef(null);
  const found = useMemo(() => groups(catalog, query), [catalog, query]);
  const searching = query.trim() !== "";
  const { isOpen, onToggle } = useOpened(searching);
  const drag = usePaletteDrag(model);
  useSlashKey(host, field);
  useFocusable(model, field);
  const add = onAdd ?? ((type) => hubOf(model).canvas?.add(type));
  const addFirst = () => searching && found[0] && add(found[0].found[0].type);
  return (
    <nav ref={root} className="ge-palette" aria-label="Processors" onKeyDown={(event) => walk(event, root.current)}>
      <SearchField field={field} query={query} setQuery={setQuery} onEnter={addFirst} />
      <div className="ge-families">
        {found.map((group) => (
          <Family
            key={group.family.id}
            group={group}
            query={query}
            open={isOpen(group.family.id)}
            onToggle={onToggle}
            drag={drag}
            onAdd={add}
          />
        ))}
        {catalog && !found.length && <p className="ge-nothing">No processor is called “{query.trim()}”.</p>}
      </div>
      <p className="ge-hint">Drag onto the canvas, or onto a wire to insert.</p>
      {drag.ghost}
    </nav>
  );
}
