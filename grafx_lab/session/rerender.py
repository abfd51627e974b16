"""Rerender: a patch is heard again and again, each time from the first node on that has changed."""

from collections.abc import Mapping

import torch
from torch import Tensor

from grafx_lab.graph import Signals
from grafx_lab.parameters import Tree, flatten
from grafx_lab.patch import Patch
from grafx_lab.patch.rendering import Rendering

MOST_BYTES = 1 << 25
"""Signals that take more memory, those of long recordings, are not kept: ten nodes of 8 s in stereo just are."""


class Rerender:
    """Renders patches of one session, and keeps the signals of all nodes for the next of the same structure."""

    def __init__(self) -> None:
        self._last: tuple[Patch, Mapping[str, Tensor], Signals] | None = None

    def output(self, patch: Patch, inputs: Mapping[str, Tensor], length: int | None = None) -> Tensor:
        """What :meth:`Patch.render_signals` gives, ``(batch, channel, time)``, without gradients."""
        with torch.no_grad():
            rendering = self._rendering(patch, inputs, length)
        size = sum(signal.nbytes for outlets in rendering.signals.values() for signal in outlets)
        self._last = (patch, dict(inputs), rendering.signals) if size <= MOST_BYTES else None
        return rendering.output

    def _rendering(self, patch: Patch, inputs: Mapping[str, Tensor], length: int | None) -> Rendering:
        if self._last is not None:
            before, heard, signals = self._last
            if inputs and _alike(patch, before) and _same(inputs, heard):
                return patch.render_signals(inputs, length=length, known=signals, changed=_changed(patch, before))
        return patch.render_signals(inputs, length=length)


def sound_alike(patch: Patch, before: Patch) -> bool:
    """Whether two patches differ in nothing that can be heard, but in places or titles at most."""
    return patch is before or (_alike(patch, before) and not _changed(patch, before))


def _alike(patch: Patch, before: Patch) -> bool:
    """Whether two patches differ in their parameters and bypasses at most."""
    return patch.graph is before.graph and patch.processors == before.processors


def _same(inputs: Mapping[str, Tensor], heard: Mapping[str, Tensor]) -> bool:
    """Whether the same signals are fed to the same nodes."""
    return inputs.keys() == heard.keys() and all(
        (signal.data_ptr(), signal.shape, signal.stride()) == (old.data_ptr(), old.shape, old.stride())
        for signal, old in ((signal, heard[name]) for name, signal in inputs.items())
    )


def _changed(patch: Patch, before: Patch) -> set[str]:
    moved = {node for node in patch.raw if not _equal(patch.raw[node], before.raw[node])}
    return moved | (patch.bypassed ^ before.bypassed)


def _equal(raw: Tree, before: Tree) -> bool:
    old = flatten(before)
    return all(torch.equal(value, old[name]) for name, value in flatten(raw).items())
