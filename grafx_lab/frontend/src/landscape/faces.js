// The landscapes on show: the present loss's own, and those of other losses over the same axes.

/** Reads them so that an unchanged landscape stays the same object: what is painted once is not painted again. */
export function facesOf(model) {
  const made = new Map();
  const main = () => model.get("landscape");
  const others = () => model.get("beside") ?? [];
  function face(name) {
    if (name === null) return main();
    const [landscape, other] = [main(), others().find(({ loss }) => loss === name)];
    if (!landscape || !other || other.shape.length !== landscape.axes.length) return null;
    const known = made.get(name);
    if (known?.landscape !== landscape || known?.other !== other) {
      made.set(name, { landscape, other, face: { ...landscape, ...other } });
    }
    return made.get(name).face;
  }
  return {
    /** The landscape of a loss that stands beside; of the present one for null. */
    face,
    /** What is on show, the present loss first. */
    names: () => [null, ...others().map(({ loss }) => loss)],
  };
}
