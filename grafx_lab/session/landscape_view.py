"""The slices ``landscape``, ``point`` and ``paths`` of ``frontend/PROTOCOL.md``, made from values."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grafx_lab.fitting import History, Objective
from grafx_lab.landscapes import Axis, Landscape, trajectory
from grafx_lab.patch import Patch
from grafx_lab.session.controls_view import control_label, control_paths
from grafx_lab.session.downhill import Downhill
from grafx_lab.session.fit_view import loss_text

_TICKS = 5
_ARROWS = 13
"""So many arrows of the gradient field stand along an axis."""


def surface_slice(patch: Patch, surface: Landscape, truth: Patch | None, note: str) -> dict[str, Any]:
    """A landscape to be drawn.

    Args:
        patch: what holds all other controls.
        surface: the losses.
        truth: the patch that made the target, where it is known.
        note: what is to be known about a surface that is not exact.
    """
    grid = " × ".join(str(len(positions)) for positions in surface.positions)
    low = surface.minimum
    return {
        "axes": [_axis(patch, axis, truth) for axis in controls_of(surface)],
        "choices": _choices(patch),
        "positions": [positions.float().numpy() for positions in surface.positions],
        "values": surface.losses.float().numpy(),
        "shape": list(surface.losses.shape),
        "loss_label": surface.loss_label,
        "minimum": {
            "positions": [axis.position(value) for axis, value in zip(surface.axes, low.values, strict=True)],
            "loss": low.loss,
            "text": loss_text(low.loss),
        },
        "field": _field(surface) if len(surface.axes) == 2 else None,
        "note": note or f"{grid} points" + ("" if surface.final else " so far"),
        "preview": bool(note),
        "final": surface.final,
    }


def controls_of(surface: Landscape) -> tuple[Axis, ...]:
    """The axes of a landscape that are controls; a session draws no others."""
    return tuple(axis for axis in surface.axes if isinstance(axis, Axis))


def point_slice(
    patch: Patch, axes: Sequence[Axis], downhill: Downhill | None, surface: Landscape | None
) -> dict[str, Any]:
    """Where a patch stands, and where that has been measured, what descent would do there."""
    values = [patch.control(axis.path) for axis in axes]
    state: dict[str, Any] = {
        "positions": [axis.position(value) for axis, value in zip(axes, values, strict=True)],
        "texts": [axis.format(value) for axis, value in zip(axes, values, strict=True)],
        "loss": None, "loss_text": "", "slopes": None, "push": None, "words": "",
    }  # fmt: skip
    if downhill is None:
        return state
    slopes = slopes_along(axes, downhill)
    spread = _spread(surface) if surface is not None else max(map(abs, slopes), default=0.0)
    push = [-max(-1.0, min(1.0, slope / (spread or 1.0))) for slope in slopes]
    return state | {
        "loss": downhill.loss, "loss_text": loss_text(downhill.loss), "slopes": slopes, "push": push,
    }  # fmt: skip


def paths_slice(runs: Sequence[tuple[str, History]], axes: Sequence[Axis]) -> list[dict[str, Any]]:
    """The ways of fits across a landscape, as positions along its axes, step by step."""
    paths = []
    for label, history in runs:
        if not all(axis.path.split(".")[0] in history.patch.raw for axis in axes) or not len(history):
            continue
        columns = trajectory(history, list(axes)).values
        places = [_positions(axis, columns[:, number]) for number, axis in enumerate(axes)]
        paths.append({"label": label, "positions": np.stack(places, axis=1).astype(np.float32)})
    return paths


def surroundings(patch: Patch, axes: Sequence[Axis]) -> object:
    """Everything that a landscape depends on, and not where the point stands on it."""
    level = patch.with_controls({axis.path: axis.low for axis in axes})
    nodes = tuple((name, patch.node_type(name), id(patch.processor(name))) for name in patch.names)
    wires = tuple((*edge[:2], *sorted(edge[2].items())) for edge in patch.graph.edges(data=True))
    raw = tuple(value.numpy().tobytes() for value in _leaves(level.raw))
    return nodes, wires, frozenset(patch.bypassed), raw


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


def excerpt(objective: Objective, seconds: float) -> Objective | None:
    """A quick look: coarser steps of the loss, the loudest moments; ``None`` where all of it is hardly longer."""
    length = round(seconds * objective.patch.sample_rate)
    total = objective.target.shape[-1]
    if total < 2 * length:
        return None
    power = objective.target.square().sum(dim=(0, 1))
    blocks = power[: total // length * length].reshape(-1, length).sum(dim=1)
    start = int(blocks.argmax()) * length
    part = objective.excerpt(start, length)
    return part.with_loss(part.loss.coarse())


def slopes_along(axes: Sequence[Axis], downhill: Downhill) -> list[float]:
    """Derivatives of the loss by the position along each axis."""
    slopes = []
    for axis in axes:
        value, slider = downhill.patch.control(axis.path), Axis.of(downhill.patch, axis.path)
        pace = axis.value_slope(value) / slider.value_slope(value) if value or axis.scale == "linear" else 0.0
        slopes.append(-downhill.along(axis.path) * pace)
    return slopes


def _axis(patch: Patch, axis: Axis, truth: Patch | None) -> dict[str, Any]:
    path, spec = patch.spec(axis.path)
    default = spec.full(spec.default)[path.index].item()
    known = truth is not None and path.node in truth.raw and truth.node_type(path.node) == patch.node_type(path.node)
    even = [number / (_TICKS - 1) for number in range(_TICKS)]
    return {
        "path": axis.path,
        "label": axis.label,
        "node": path.node,
        "doc": spec.doc,
        "low_text": axis.format(axis.low),
        "high_text": axis.format(axis.high),
        "ticks": [[position, axis.format(axis.at(position))] for position in even],
        "default_position": min(1.0, max(0.0, axis.position(default))),
        "default_text": axis.format(default),
        "target_position": axis.position(truth.control(axis.path)) if truth is not None and known else None,
    }


def _choices(patch: Patch) -> list[dict[str, Any]]:
    """The controls that can be an axis, node by node."""
    return [
        {"node": node, "controls": [{"path": text, "label": control_label(patch, text)}
                                    for text, _, spec in control_paths(patch, node) if spec.display == "slider"]}
        for node in patch.raw
    ]  # fmt: skip


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


def _positions(axis: Axis, values: Tensor) -> np.ndarray:
    if axis.scale == "log":
        return (torch.log(values.clamp(min=1e-300) / axis.low) / math.log(axis.high / axis.low)).numpy()
    return ((values - axis.low) / (axis.high - axis.low)).numpy()


def _leaves(raw: Any) -> list[Tensor]:
    if isinstance(raw, Tensor):
        return [raw.detach().cpu()]
    return [leaf for key in sorted(raw) for leaf in _leaves(raw[key])]
