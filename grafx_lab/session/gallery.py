"""Gallery: what the nodes of a patch look like, worked out once for each setting.

A hand moves one control of one node; every other node still looks as it did.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import partial
from typing import Any, TypeVar

from grafx_lab.analysis import Portrait, portrait
from grafx_lab.parameters import Tree, flatten
from grafx_lab.patch import Patch
from grafx_lab.processors.base import Processor
from grafx_lab.session.controls_view import control_groups, readouts

_KEPT = 256

Found = TypeVar("Found")


class Gallery:
    """Measurements, pictures and controls of nodes, kept for the settings that were looked at last.

    Threads share it: whoever comes second finds what the first has measured.
    """

    def __init__(self) -> None:
        self._measurements, self._portraits, self._faces = _Latest(), _Latest(), _Latest()

    def measured(self, patch: Patch, node: str, measure: Callable[[Processor, Tree], Found]) -> Found:
        """What a measurement of ``analysis`` finds on a node.

        Args:
            patch: where the values come from.
            node: the name of a node with a processor.
            measure: for example :func:`.static_curve`.
        """
        processor = patch.processor(node)
        assert processor is not None  # nodes with raw parameters have one
        key = (measure, _setting(patch, node))
        return self._measurements.get(key, lambda: measure(processor, patch.raw[node]))

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
        return self._portraits.get(_setting(patch, node), lambda: self._painted(patch, node))

    def _painted(self, patch: Patch, node: str) -> Portrait | None:
        processor = patch.processor(node)
        if processor is None:
            return None
        try:
            return portrait(processor, patch.raw[node], partial(self.measured, patch, node))
        except (ValueError, RuntimeError):
            # A person's own processor may not take a test signal; its card then has no picture.
            return None


class _Latest:
    """Values by their keys, the latest so many."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The value of a key, made where it is not there."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        value = make()
        with self._lock:
            self._kept[key] = value
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return value


def _setting(patch: Patch, node: str) -> Hashable:
    """What decides how a node looks, beside its name."""
    numbers = b"".join(value.cpu().numpy().tobytes() for value in flatten(patch.raw.get(node, {})).values())
    return patch.node_type(node), patch.sample_rate, type(patch.processor(node)), numbers


def _same_node(patch: Patch, truth: Patch, node: str) -> bool:
    return node in truth.ids and truth.node_type(node) == patch.node_type(node)
