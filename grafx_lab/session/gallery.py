"""Gallery: what the nodes of a patch look like, worked out once for each setting.

A hand moves one control of one node; every other node still looks as it did.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from grafx_lab.analysis import Portrait, portrait
from grafx_lab.parameters import flatten
from grafx_lab.patch import Patch
from grafx_lab.session.controls_view import control_groups, readouts

_KEPT = 256


class Gallery:
    """Pictures and controls of nodes, kept for the settings that were looked at last."""

    def __init__(self) -> None:
        self._portraits, self._faces = _Latest(), _Latest()

    def face(self, patch: Patch, node: str, truth: Patch | None) -> dict[str, Any]:
        """What the slice ``patch`` shows of a node's parameters. Nobody may change it: others see it too.

        Args:
            patch: where the values come from.
            node: the node's name.
            truth: the patch that made the target, where it is known.
        """
        truth = truth if truth is not None and _same_node(patch, truth, node) else None
        frozen = frozenset(path for path in patch.frozen if path.partition(".")[0] == node)
        key = (node, frozen, _setting(patch, node), truth and _setting(truth, node))
        return self._faces.get(key, lambda: self._drawn(patch, node, truth))

    def pictures(self, patch: Patch, node: str, truth: Patch | None) -> tuple[Any, Any]:
        """A node's screen and plot; in the plot also the curve that made the target, where that is known."""
        drawn = self._portrait(patch, node)
        if drawn is None:
            return None, None
        true = self._portrait(truth, node) if truth is not None and _same_node(patch, truth, node) else None
        return drawn.screen, drawn.plot | {"target": true.plot["y"] if true else None}

    def _drawn(self, patch: Patch, node: str, truth: Patch | None) -> dict[str, Any]:
        screen, plot = self.pictures(patch, node, truth)
        groups = control_groups(patch, node, truth)
        return {"readouts": readouts(patch, node), "screen": screen, "groups": groups, "plot": plot}

    def _portrait(self, patch: Patch, node: str) -> Portrait | None:
        """The portrait of a node; ``None`` for utility nodes and for processors that cannot be measured."""
        return self._portraits.get(_setting(patch, node), lambda: _measured(patch, node))


class _Latest:
    """Values by their keys, the latest so many."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The value of a key, made where it is not there."""
        if key not in self._kept:
            self._kept[key] = make()
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def _setting(patch: Patch, node: str) -> Hashable:
    """What decides how a node looks, beside its name."""
    numbers = b"".join(value.cpu().numpy().tobytes() for value in flatten(patch.raw.get(node, {})).values())
    return patch.node_type(node), patch.sample_rate, type(patch.processor(node)), numbers


def _measured(patch: Patch, node: str) -> Portrait | None:
    processor = patch.processor(node)
    if processor is None:
        return None
    try:
        return portrait(processor, patch.raw[node])
    except (ValueError, RuntimeError):
        # A person's own processor may not take a test signal; its card then has no picture.
        return None


def _same_node(patch: Patch, truth: Patch, node: str) -> bool:
    return node in truth.ids and truth.node_type(node) == patch.node_type(node)
