// The mark and the hue of each family. What a family is called comes from Python.

export const MARKS = {
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
export const familyColor = (family) => `var(--fam-${family}, var(--fam-container))`;
