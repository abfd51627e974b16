"""A loss landscape over one or two axes, with what descent does on it."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from grafx_lab.landscapes import Basins, GradientField, Landscape, LandscapeError, Minimum, Trajectory
from grafx_lab.plots.curve import draw_curve
from grafx_lab.plots.naming import names_of
from grafx_lab.plots.relief import draw_relief
from grafx_lab.plots.theme import LIGHT, Palette, axes_for, log_ticks, mosaic, themed

_COLUMNS = 3


def plot_landscape(
    surface: Landscape,
    *,
    trajectories: Sequence[Trajectory] = (),
    truth: Sequence[float] | None = None,
    field: GradientField | None = None,
    basins: Basins | None = None,
    minima: Sequence[Minimum] = (),
    ax: Axes | None = None,
    palette: Palette = LIGHT,
) -> Axes:
    """Draw a landscape: a curve over one axis, colours and contours over two. Dark is low loss; holes are hatched.

    The blue point is where the objective's patch stands, the triangle the lowest point.

    Args:
        trajectories: ways of fits; the farther off the plane a step lies, the thinner its line.
        truth: values that made the target, one an axis, where they are known.
        field: arrows that show where descent goes.
        basins: fades the points from which descent does not reach the lowest minimum, and says how many do.
        minima: local minima, lowest first; by default those of ``basins``.

    Raises:
        LandscapeError: no loss is finite, or the arrows are over other axes.
    """
    if field is not None:
        _check_arrows(surface, field)
    with themed(palette):
        ax = axes_for(ax, (5.6, 3.2) if len(surface.axes) == 1 else (6.2, 5.0))
        draw = draw_curve if len(surface.axes) == 1 else draw_relief
        for axis, name, side in zip(surface.axes, names_of(surface.axes), ("x", "y"), strict=False):
            getattr(ax, f"set_{side}scale")(axis.scale)
            getattr(ax, f"set_{side}lim")(axis.low, axis.high)
            if axis.scale == "log":
                log_ticks(getattr(ax, f"{side}axis"), axis.low, axis.high)
            getattr(ax, f"set_{side}label")(name if axis.unit in ("", ":1") else f"{name}, {axis.unit}")
        draw(ax, surface, trajectories, truth, field, basins, minima or (basins.minima if basins else ()), palette)
        said = _sentences(surface, basins)
        ax.set_xlabel("\n".join([ax.get_xlabel(), *said]))
        ax.set_title(f"{surface.loss_label}{', preview' if surface.preview else ''}")
    return ax


def plot_landscapes(
    surfaces: Sequence[Landscape],
    *,
    trajectories: Sequence[Trajectory] = (),
    truth: Sequence[float] | None = None,
    palette: Palette = LIGHT,
) -> tuple[Axes, ...]:
    """Several losses on the same axes, side by side, at most three in a row; each has its own scale.

    Args:
        surfaces: landscapes, as :func:`~grafx_lab.landscapes.sweep_losses` gives them.
        trajectories: ways of fits, drawn on all of them.
        truth: values that made the target.

    Raises:
        LandscapeError: there is none.
    """
    if not surfaces:
        raise LandscapeError("There is no landscape to draw: give at least one.")
    letters = "".join(chr(ord("Ā") + number) for number in range(len(surfaces)))  # more of them than from a to z
    columns = min(len(letters), _COLUMNS)
    filled = letters + "." * (-len(letters) % columns)
    rows = [filled[first : first + columns] for first in range(0, len(filled), columns)]
    height = 3.2 if len(surfaces[0].axes) == 1 else 4.1
    _, places = mosaic("\n".join(rows), (4.6 * columns, height * len(rows)), palette)
    for letter, surface in zip(letters, surfaces, strict=True):
        plot_landscape(surface, trajectories=trajectories, truth=truth, ax=places[letter], palette=palette)
    return tuple(places[letter] for letter in letters)


def _check_arrows(surface: Landscape, field: GradientField) -> None:
    wanted, given = (" and ".join(names_of(axes)) for axes in (surface.axes, field.axes))
    if wanted != given:
        raise LandscapeError(
            f"The arrows are over {given}, the landscape is over {wanted}; "
            "measure the gradient field with the axes of the landscape, in their order."
        )


def _sentences(surface: Landscape, basins: Basins | None) -> list[str]:
    said = []
    if basins is not None:
        count = len(basins.minima)
        others = "the only minimum" if count == 1 else f"the lowest of {count} minima"
        said.append(f"{100 * basins.fraction:.0f} % of starts lead to {others}.")
    if surface.holes:
        share = 100 * surface.holes / np.prod(surface.losses.shape)
        said.append(f"Hatched: no finite loss ({share:.0f} %).")
    return said
