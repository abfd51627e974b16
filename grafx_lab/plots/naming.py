"""What axes and curves are called in a picture."""

from collections import Counter
from collections.abc import Sequence

from grafx_lab.landscapes import AnyAxis, Axis


def names_of(axes: Sequence[AnyAxis]) -> list[str]:
    """The label of each axis; before labels that several have stands the node that each belongs to."""
    shared = Counter(axis.label for axis in axes)
    return [
        f"{axis.path.rpartition('.')[0]}: {axis.label}"
        if shared[axis.label] > 1 and isinstance(axis, Axis)
        else axis.label
        for axis in axes
    ]
