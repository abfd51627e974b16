"""Where a fit may begin: at the user's patch, where every processor is transparent, and at random."""

import math

import torch
from torch import Tensor

from grafx_lab.fitting.layout import Entry, Layout
from grafx_lab.patch import Patch

KNOTS = 6
"""A drawn curve runs straight between so many points: noise over frequency is no start."""


def neutral(patch: Patch) -> Patch:
    """The patch with every control that is not frozen where its processor is transparent."""
    layout = Layout(patch)
    start = {name: patch.processors[patch.node_type(name)].neutral() for name in patch.raw}
    vector = torch.where(layout.movable(patch), layout.pack(start), layout.pack(patch.raw))
    return patch.with_raw(layout.unpack(vector))


def starting_points(patch: Patch, layout: Layout, count: int, seed: int) -> list[Tensor]:
    """Raw vectors ``(size,)``: the patch's own, the transparent one, and ``count - 2`` drawn along the sliders."""
    own = layout.pack(patch.raw).float()[0]
    points = [own]
    if count > 1:
        points.append(layout.pack(neutral(patch).raw).float()[0])
    generator = torch.Generator().manual_seed(seed)
    movable = layout.movable(patch)
    points += [torch.where(movable, _drawn(layout, own, generator), own) for _ in range(count - len(points))]
    return points


def _drawn(layout: Layout, own: Tensor, generator: torch.Generator) -> Tensor:
    """Sliders anywhere, curves smooth; what has no slider stays."""
    parts = [
        own[entry.place] if entry.spec.display == "hidden" else _drawn_entry(entry, generator).to(own)
        for entry in layout.entries
    ]
    return torch.cat(parts) if parts else own


def _drawn_entry(entry: Entry, generator: torch.Generator) -> Tensor:
    spec = entry.spec
    if spec.display != "curve":
        return spec.random_raw(generator).flatten()
    rows, points = math.prod(spec.shape[:-1]), spec.shape[-1]
    knots = torch.rand(1, rows, KNOTS, generator=generator, dtype=torch.float64)
    curve = torch.nn.functional.interpolate(knots, points, mode="linear", align_corners=True)
    return spec.to_raw(spec.from_position(curve.reshape(spec.shape))).flatten()
