// Family marks and icons: the strokes of look.md. Drawing only; what a family is called comes from Python.

const MARKS = {
  eq: "M1 10C4 10 4.5 3 7 3s3 7 6 7",
  dynamics: "M1 13L7 6.5L13 4",
  nonlinear: "M1 12h2.5C7 12 7 2 10.5 2H13",
  delay: "M2 12V2M6 12V5.5M10 12V8M13 12v-2",
  reverb: "M2 2v10M4.5 4v8M7 6.5V12M9.5 9V12M12 10.8V12",
  stereo: "M5 3a4 4 0 100 8a4 4 0 100-8zM9 3a4 4 0 100 8a4 4 0 100-8z",
  synth: "M1 7C2.5 1 4.5 1 7 7s4.5 6 6 0",
  routing: "M7 2v10M2 7h10",
  container: "M1.5 1.5h11v11h-11zM4.5 4.5h5v5h-5z",
};

// A family that a newcomer invents has no colour token: it borrows the container's.
export const familyColour = (family) => `var(--fam-${family}, var(--fam-container))`;

export function FamilyMark({ family }) {
  return (
    <span className="ge-mark" style={{ "--f": familyColour(family) }} aria-hidden="true">
      <svg width="14" height="14" viewBox="0 0 14 14">
        <path d={MARKS[family] ?? MARKS.container} />
      </svg>
    </span>
  );
}

const ICONS = {
  search: ["M9 9l3.5 3.5", "M6 2a4 4 0 100 8a4 4 0 100-8z"],
  lock: ["M4 6.5h6a1.5 1.5 0 011.5 1.5v3a1.5 1.5 0 01-1.5 1.5H4A1.5 1.5 0 012.5 11V8A1.5 1.5 0 014 6.5z", "M4.5 6.5V4.5a2.5 2.5 0 015 0v2"],
  undo: ["M5 2.5L2 5.5l3 3M2 5.5h6a3.5 3.5 0 010 7H6"],
  redo: ["M9 2.5l3 3-3 3M12 5.5H6a3.5 3.5 0 000 7h2"],
  close: ["M3.5 3.5l7 7M10.5 3.5l-7 7"],
  plus: [MARKS.routing],
};

export function Icon({ name, size = 14 }) {
  return (
    <svg className="ge-icon" width={size} height={size} viewBox="0 0 14 14" aria-hidden="true">
      {ICONS[name].map((d) => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}
