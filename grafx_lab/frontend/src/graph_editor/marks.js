// Family marks and icons as React elements; the strokes are those of draw/.

import { ICONS } from "../draw/icons.js";
import { familyColor, MARKS } from "../draw/marks.js";

export function FamilyMark({ family }) {
  return (
    <span className="ge-mark" style={{ "--f": familyColor(family) }} aria-hidden="true">
      <svg width="14" height="14" viewBox="0 0 14 14">
        <path d={MARKS[family] ?? MARKS.container} />
      </svg>
    </span>
  );
}

export function Icon({ name, size = 14 }) {
  const [box, ...strokes] = ICONS[name];
  return (
    <svg className="ge-icon" width={size} height={size} viewBox={`0 0 ${box} ${box}`} aria-hidden="true">
      {strokes.map(([d]) => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}
