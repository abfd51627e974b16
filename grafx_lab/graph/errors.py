"""The one error that a graph raises."""

from collections.abc import Iterable, Sequence

from grafx_lab.errors import LabError


class GraphError(LabError):
    """A graph that cannot be rendered, or a change that a graph refuses.

    Args:
        message: what is wrong and what to do, in a sentence for people.
        nodes: the nodes concerned: ids in a bare graph, names in a patch.
    """

    def __init__(self, message: str, nodes: Iterable[int | str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.nodes: Sequence[int | str] = tuple(nodes)
