"""Objective: patch + source + target + loss → a number for given raw parameters."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from grafx_lab.audio import Audio, AudioError, align_pair
from grafx_lab.graph import Signals
from grafx_lab.losses import Loss, LossError, make_loss
from grafx_lab.parameters import Tree
from grafx_lab.patch import Patch
from grafx_lab.patch.rendering import Rendering, as_signal


class Objective:
    """What a fit descends, a landscape samples and a slider's arrow points down.

    Args:
        patch: the graph to fit.
        source: what is fed to its ``in`` nodes: ``Audio``, a tensor ``(channel, time)``, or a mapping from the names of
            the ``in`` nodes to such.
        target: the recording to approach, ``Audio`` or a tensor.
        loss: a registered loss, a sum such as ``"mr_stft + 0.1 * l1"``, or a module.
        aux_weights: weights of aux tensors (``node.key``) that are added to the loss.

    Attributes:
        inputs: the signal ``(1, channel, time)`` of every ``in`` node at the patch's rate.
        target: ``(1, channel, time)``, as long and with as many channels as the patch's output.
        messages: what was done to make source and target comparable, in sentences.

    Raises:
        AudioError: source and target cannot be compared.
        GraphError: the patch cannot be rendered.
        LossError: the patch gives no aux tensor of that name.
    """

    def __init__(
        self,
        patch: Patch,
        source: Any,
        target: Any,
        loss: str | Loss = "mr_stft",
        aux_weights: Mapping[str, float] | None = None,
    ) -> None:
        self.patch = patch
        self.loss = make_loss(loss, patch.sample_rate)
        self.aux_weights = dict(aux_weights or {})
        self.inputs, self.target, self.messages = _comparable(patch, source, target)
        with torch.no_grad():
            rendering = self.render(patch.raw)
        for key in self.aux_weights.keys() - rendering.aux.keys():
            given = ", ".join(rendering.aux) or "none"
            raise LossError(f"The patch gives no aux tensor '{key}'; it gives: {given}.")
        output = rendering.output
        channels = max(output.shape[1], self.target.shape[1])
        self._channels = channels
        self.target = _with_channels(self.target, channels, "target")
        _with_channels(output, channels, "output of the patch")
        self.prepared = self.loss.prepare(self.target)

    def per_item(self, raw: Mapping[str, Tree], known: Signals | None = None) -> Tensor:
        """The loss for raw parameters ``(batch, *shape)`` by node, ``(batch,)``.

        Args:
            raw: of every node; a batch of one broadcasts.
            known: signals of nodes that these parameters do not change, by id; they are not rendered again.
        """
        return self.compare(self.render(raw, known))

    def compare(self, rendering: Rendering) -> Tensor:
        """The loss of what :meth:`render` has given, ``(batch,)``; several losses can judge one rendering."""
        loss = self.prepared.per_item(_with_channels(rendering.output, self._channels, "output of the patch"))
        for key, weight in self.aux_weights.items():
            loss = loss + weight * rendering.aux[key]
        return loss

    def __call__(self, raw: Mapping[str, Tree] | None = None) -> Tensor:
        """The loss as a scalar; of the patch's own parameters by default."""
        return self.per_item(self.patch.raw if raw is None else raw).mean()

    def render(self, raw: Mapping[str, Tree], known: Signals | None = None) -> Rendering:
        """The source through the patch: see :meth:`per_item`."""
        # The length is for patches of generators; the others have that of their inputs.
        return self.patch.render_signals(self.inputs, raw, length=self.target.shape[-1], known=known)

    def with_loss(self, loss: str | Loss) -> "Objective":
        """The same signals, compared by another loss."""
        clone = object.__new__(type(self))
        made = make_loss(loss, self.patch.sample_rate)
        clone.__dict__.update(self.__dict__, loss=made, prepared=made.prepare(self.target))
        return clone

    def with_patch(self, patch: Patch) -> "Objective":
        """The same comparison for a patch with the same rate; the target's transforms are reused."""
        clone = object.__new__(type(self))
        clone.__dict__.update(self.__dict__, patch=patch)
        return clone


def _comparable(patch: Patch, source: Any, target: Any) -> tuple[dict[str, Tensor], Tensor, tuple[str, ...]]:
    """Sources and target at one rate and length, as ``(1, channel, time)``, and what was done to them."""
    messages: list[str] = []
    sources = source if isinstance(source, Mapping) else dict.fromkeys(patch.in_names, source)
    if target is None or (sources and any(item is None for item in sources.values())):
        missing = "target" if target is None else "source"
        raise AudioError(
            f"There is no {missing}: an objective compares a source, played through the patch, with a target."
        )
    signals: dict[str, Tensor] = {}
    reference = target
    for name, item in sources.items():
        if isinstance(item, Audio) and isinstance(target, Audio):
            pair = align_pair(item, target, sample_rate=patch.sample_rate)
            messages += [message for message in pair.messages if message not in messages]
            item, reference = pair.source, pair.target
        signals[name] = as_signal(item, patch.sample_rate, name)
    goal = as_signal(reference, patch.sample_rate, "target")
    length = min([goal.shape[-1], *(signal.shape[-1] for signal in signals.values())])
    for role, signal in (*signals.items(), ("target", goal)):
        if not torch.isfinite(signal).all():
            raise AudioError(
                f"The {role} contains samples that are not numbers (NaN or infinite); repair the recording."
            )
    return {name: signal[..., :length] for name, signal in signals.items()}, goal[..., :length], tuple(messages)


def _with_channels(signal: Tensor, channels: int, role: str) -> Tensor:
    if signal.shape[1] not in (1, channels):
        raise AudioError(
            f"The {role} has {signal.shape[1]} channels, the other side {channels}; only mono joins any other."
        )
    return signal.expand(-1, channels, -1)
