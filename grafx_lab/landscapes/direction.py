"""Direction: an axis that moves many raw parameters at once.

Random directions normalised by filter and principal directions of a fit's way are those of H. Li, Z. Xu, G. Taylor,
C. Studer, T. Goldstein, "Visualizing the loss landscape of neural nets", NeurIPS 2018 (sections 4 and 7.2).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from grafx_lab.fitting import History, Layout
from grafx_lab.landscapes.span import LandscapeError, Scale, Span, check_range
from grafx_lab.patch import Patch


@dataclass(frozen=True, eq=False)
class Direction(Span):
    """A line through a patch's raw parameters: at the value v they are those of the patch plus v times a vector.

    Attributes:
        label: what people read.
        vector: what the value 1 adds, raw ``(size,)`` in the order of :class:`~grafx_lab.fitting.Layout`.
        low: the value at position 0.
        high: the value at position 1.
        unit: none: values count vectors.
        scale: linear.
    """

    label: str
    vector: Tensor
    low: float = -1.0
    high: float = 1.0
    unit: str = ""
    scale: Scale = "linear"

    def __post_init__(self) -> None:
        check_range(self.label, self.low, self.high, self.scale)


def random_directions(patch: Patch, count: int = 2, *, seed: int = 0, reach: float = 1.0) -> tuple[Direction, ...]:
    """Random directions, normalised by filter: each parameter is moved in proportion to how large it is.

    The part of a Gaussian vector that belongs to a parameter gets the length of that parameter's raw tensor, so that
    sensitive small parameters are not drowned by large ones. A parameter whose raw tensor is zero stays, and so do
    frozen and bypassed ones.

    Args:
        patch: the middle of the landscape.
        count: how many directions.
        seed: of the random numbers.
        reach: values run from ``-reach`` to ``reach``; at 1 a parameter has been moved by its own length.

    Raises:
        LandscapeError: every raw parameter is zero or frozen.
    """
    layout = Layout(patch)
    centre, movable = layout.pack(patch.raw)[0].double(), layout.movable(patch)
    generator = torch.Generator().manual_seed(seed)
    directions = []
    for number in range(1, count + 1):
        vector = torch.randn(layout.size, generator=generator, dtype=torch.float64) * movable
        for entry in layout.entries:
            part = vector[entry.place]
            part *= centre[entry.place].norm() / part.norm().clamp_min(torch.finfo(torch.float64).tiny)
        directions.append(Direction(f"Random direction {number}", vector, -reach, reach))
    if not any(direction.vector.any() for direction in directions):
        raise LandscapeError("Random directions scale with the raw parameters, and those that may move are all zero.")
    return tuple(directions)


def principal_directions(
    history: History, patch: Patch, count: int = 2, *, margin: float = 0.3
) -> tuple[Direction, ...]:
    """The directions in which a fit has moved most: principal components of its steps, seen from a patch.

    Raw numbers are measured in lengths of their sliders (:meth:`~grafx_lab.fitting.Layout.scale`), as a fit's steps
    are. Labels say what share of all movement lies along each direction.

    Args:
        history: of the fit.
        patch: the middle of the landscape, such as the fit's best.
        count: how many directions.
        margin: how far the axes run beyond the way, as a share of its extent.

    Raises:
        LandscapeError: the fit has moved in fewer directions than asked for, or it is one of another patch.
    """
    layout = Layout(patch)
    if history.layout.sizes != layout.sizes:
        raise LandscapeError(
            "The fit has moved other parameters than this patch has: give a patch of its history, such as "
            "history.patch_at(history.best)."
        )
    scale = layout.scale().double()
    moved = (history.raws.double() - layout.pack(patch.raw).double()) / scale
    _, lengths, components = torch.linalg.svd(moved, full_matrices=False)
    rank = int((lengths > 1e-6 * lengths.max()).sum()) if len(lengths) and lengths.max() > 0 else 0
    if rank < count:
        raise LandscapeError(
            f"The fit has moved in {rank} {'direction' if rank == 1 else 'directions'}, and the landscape wants "
            f"{count}: fit more parameters, or take controls as axes."
        )
    shares = lengths.square() / lengths.square().sum()
    directions = []
    for number, (component, share) in enumerate(zip(components[:count], shares[:count], strict=True), start=1):
        way = moved @ component
        low, high = min(0.0, way.min().item()), max(0.0, way.max().item())
        room = margin * (high - low)
        label = f"Component {number} ({100 * share:.0f} % of the way)"
        directions.append(Direction(label, component * scale, low - room, high + room))
    return tuple(directions)
