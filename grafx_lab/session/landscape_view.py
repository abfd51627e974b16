"""The slices ``landscape``, ``beside``, ``basins``, ``point`` and ``paths`` of ``frontend/PROTOCOL.md``."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grafx_lab.fitting import History, Objective
from grafx_lab.landscapes import AnyAxis, Axis, Basins, Landscape, Minimum, trajectory
from grafx_lab.patch import Patch
from grafx_lab.session.controls_view import control_label, control_paths
from grafx_lab.session.downhill import Downhill
from grafx_lab.session.fit_view import loss_text
from grafx_lab.session.ground import Ground, axis_path

_TICKS = 5
_ARROWS = 13
"""So many arrows of the gradient field stand along an axis."""

_WAY = 600
"""A way across a landscape is drawn with so many of its steps at most."""


def surface_slice(ground: Ground, surface: Landscape, truth: Patch | None, note: str) -> dict[str, Any]:
    """A landscape to be drawn.

    Args:
        ground: what it is drawn over.
        surface: the losses.
        truth: the patch that made the target, where it is known.
        note: what is to be known about a surface that is not exact.
    """
    grid = " × ".join(str(len(positions)) for positions in surface.positions)
    known = ground.known(truth) or [None] * len(ground.axes)
    return face(surface) | {
        "axes": [_axis(ground, number, value) for number, value in enumerate(known)],
        "choices": _choices(ground.patch),
        "note": note or f"{grid} points" + ("" if surface.final else " so far"),
        "preview": bool(note),
        "final": surface.final,
    }


def face(surface: Landscape) -> dict[str, Any]:
    """What tells a landscape from others over the same ground: its losses."""
    return {
        "positions": [positions.float().numpy() for positions in surface.positions],
        "values": surface.losses.float().numpy(),
        "shape": list(surface.losses.shape),
        "loss_label": surface.loss_label,
        "minimum": _minimum(surface.axes, surface.minimum),
        "field": _field(surface) if len(surface.axes) == 2 else None,
    }


def basins_slice(found: Basins, exact: bool) -> dict[str, Any]:
    """Where descent leads from everywhere.

    Args:
        found: the basins of the landscape on show.
        exact: whether the minima have been refined, and pits of the grid told from them.
    """
    return {
        "labels": found.labels.float().numpy(),
        "minima": [
            _minimum(found.surface.axes, one) | {"share": share}
            for one, share in zip(found.minima, found.fractions, strict=True)
        ],
        "exact": exact,
    }


def point_slice(ground: Ground, patch: Patch, downhill: Downhill | None, surface: Landscape | None) -> dict[str, Any]:
    """Where a patch stands, and where that has been measured, what descent would do there."""
    values = ground.values(patch)
    state: dict[str, Any] = {
        "positions": [axis.position(value) for axis, value in zip(ground.axes, values, strict=True)],
        "texts": [axis.format(value) for axis, value in zip(ground.axes, values, strict=True)],
        "loss": None, "loss_text": "", "slopes": None, "push": None, "words": "",
    }  # fmt: skip
    if downhill is None:
        return state
    slopes = [downhill.slope(axis) for axis in ground.axes]
    spread = _spread(surface) if surface is not None else max(map(abs, slopes), default=0.0)
    push = [-max(-1.0, min(1.0, slope / (spread or 1.0))) for slope in slopes]
    return state | {
        "loss": downhill.loss, "loss_text": loss_text(downhill.loss), "slopes": slopes, "push": push,
    }  # fmt: skip


def path_of(label: str, history: History, ground: Ground) -> dict[str, Any] | None:
    """The way of a fit across a landscape, and how far off it lies; ``None`` for the fit of another patch."""
    if not len(history) or not ground.alike(history.patch):
        return None
    way = trajectory(history, ground.axes, ground.patch)
    count = len(way.values)
    steps = torch.linspace(0, count - 1, min(count, _WAY)).round().long()
    off = way.off_plane[steps]
    return {
        "label": label,
        "positions": positions_of(ground.axes, way.values[steps]),
        "off_plane": off.float().numpy(),
        "text": f"{off[-1].item():.2f} off the plane",
    }


def positions_of(axes: Sequence[AnyAxis], values: Tensor) -> np.ndarray:
    """Places ``(steps, axes)`` in the axes' units → positions along them, float32."""
    rows = [[axis.position(value) for axis, value in zip(axes, row, strict=True)] for row in values.tolist()]
    return np.asarray(rows, np.float32)


def steepest(downhill: Downhill) -> list[str]:
    """The slider that descent pushes hardest, and the hardest pushed one of another parameter where there is one."""
    paths = [
        path
        for node in downhill.patch.raw
        for _, path, spec in control_paths(downhill.patch, node)
        if spec.display == "slider"
    ]
    ranked = sorted(paths, key=lambda path: -abs(downhill.along(str(path))))
    others = [path for path in ranked if (path.node, path.parameter) != (ranked[0].node, ranked[0].parameter)]
    return [str(path) for path in [*ranked[:1], *(others or ranked[1:])[:1]]]


def quick_look(objective: Objective, seconds: float) -> Objective | None:
    """The loudest moments in coarser steps of the loss; ``None`` where the whole is hardly longer than they."""
    length = round(seconds * objective.patch.sample_rate)
    total = objective.target.shape[-1]
    if total < 2 * length:
        return None
    power = objective.target.square().sum(dim=(0, 1))
    blocks = power[: total // length * length].reshape(-1, length).sum(dim=1)
    part = objective.excerpt(int(blocks.argmax()) * length, length)
    return part.with_loss(part.loss.coarse())


def _axis(ground: Ground, number: int, known: float | None) -> dict[str, Any]:
    axis = ground.axes[number]
    even = [tick / (_TICKS - 1) for tick in range(_TICKS)]
    default = ground.default(number)
    described: dict[str, Any] = {"node": None, "doc": "", "scales": ["linear"]}
    if isinstance(axis, Axis):
        path, spec = ground.patch.spec(axis.path)
        described = {"node": path.node, "doc": spec.doc, "scales": ["linear", "log"] if axis.low > 0 else ["linear"]}
    return described | {
        "path": axis_path(axis, number),
        "label": axis.label,
        "scale": axis.scale,
        "low_text": axis.format(axis.low),
        "high_text": axis.format(axis.high),
        "ticks": [[position, axis.format(axis.at(position))] for position in even],
        "default_position": min(1.0, max(0.0, axis.position(default))),
        "default_text": axis.format(default),
        "target_position": None if known is None else axis.position(known),
    }


def _choices(patch: Patch) -> list[dict[str, Any]]:
    """The controls that can be an axis, node by node."""
    return [
        {"node": node, "controls": [{"path": text, "label": control_label(patch, text)}
                                    for text, _, spec in control_paths(patch, node) if spec.display == "slider"]}
        for node in patch.raw
    ]  # fmt: skip


def _minimum(axes: Sequence[AnyAxis], low: Minimum) -> dict[str, Any]:
    places = list(zip(axes, low.values, strict=True))
    return {
        "positions": [axis.position(value) for axis, value in places],
        "place": ", ".join(axis.format(value) for axis, value in places),
        "loss": low.loss,
        "text": loss_text(low.loss),
    }


def _field(surface: Landscape) -> dict[str, Any]:
    """Where descent pushes at places spread evenly over the surface: positions, and directions of length 0 to 1."""
    highest = float(torch.nan_to_num(surface.losses, nan=-torch.inf).max())
    losses = torch.nan_to_num(surface.losses.double(), nan=highest)
    spacing = surface.positions
    slopes = torch.stack(torch.gradient(losses, spacing=spacing), dim=-1)
    rows, columns = (_spread_indices(len(positions)) for positions in surface.positions)
    push = -slopes[rows][:, columns]
    length = push.norm(dim=-1, keepdim=True)
    places = torch.stack(torch.meshgrid(spacing[0][rows], spacing[1][columns], indexing="ij"), dim=-1)
    # The square root keeps the arrows of a plain visible beside those of a cliff.
    arrows = torch.where(length > 0, push / length * (length / length.max().clamp(min=1e-30)).sqrt(), 0.0)
    return {"places": places.reshape(-1, 2).float().numpy(), "arrows": arrows.reshape(-1, 2).float().numpy()}


def _spread_indices(count: int) -> Tensor:
    inside = max(1, count - 2)  # none on the rim, where half of it would be cut off
    stride = -(-inside // _ARROWS)
    return torch.arange(min(1, count - 1) + (inside - 1) % stride // 2, max(2, count - 1), stride)


def _spread(surface: Landscape) -> float:
    return float(torch.nan_to_num(surface.losses).max()) - surface.minimum.loss
