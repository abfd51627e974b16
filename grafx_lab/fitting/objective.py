"""Objective: patch + source + target + loss → a number for given raw parameters."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from grafx_lab.audio import Alignment, Audio, AudioError, align, align_pair
from grafx_lab.graph import Signals
from grafx_lab.losses import Loss, LossError, make_loss
from grafx_lab.parameters import Tree, flatten
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
        alignment: how the target was moved, see :meth:`aligned`.

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
        self.alignment = Alignment()
        self.context = 0
        self._pulls: dict[str, float] = {}
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
        loss = self.compare(self.render(raw, known))
        for text, weight in self._pulls.items():
            path, spec = self.patch.spec(text)
            loss = loss + weight * spec.to_position(spec.to_control(flatten(raw[path.node])[path.parameter])).mean(-1)
        return loss

    def compare(self, rendering: Rendering) -> Tensor:
        """The loss of what :meth:`render` has given, ``(batch,)``; several losses can judge one rendering."""
        output = _with_channels(rendering.output, self._channels, "output of the patch")
        loss = self.prepared.per_item(output[..., self.context :])
        for key, weight in self.aux_weights.items():
            loss = loss + weight * rendering.aux[key]
        return loss

    def __call__(self, raw: Mapping[str, Tree] | None = None) -> Tensor:
        """The loss as a scalar; of the patch's own parameters by default."""
        return self.per_item(self.patch.raw if raw is None else raw).mean()

    def render(self, raw: Mapping[str, Tree], known: Signals | None = None) -> Rendering:
        """The source through the patch: see :meth:`per_item`."""
        # The length is for patches of generators; the others have that of their inputs.
        length = self.context + self.target.shape[-1]
        return self.patch.render_signals(self.inputs, raw, length=length, known=known)

    def with_loss(self, loss: str | Loss) -> "Objective":
        """The same signals, compared by another loss."""
        made = make_loss(loss, self.patch.sample_rate)
        return self._with(loss=made, prepared=made.prepare(self.target))

    def with_patch(self, patch: Patch) -> "Objective":
        """The same comparison for a patch with the same rate; the target's transforms are reused."""
        return self._with(patch=patch)

    def with_pulls(self, pulls: Mapping[str, float]) -> "Objective":
        """The same with a force on some controls: each adds its slider's position, times a weight, to the loss."""
        return self._with(_pulls=dict(pulls))

    def excerpt(self, begin: int, length: int, context: int = 0) -> "Objective":
        """The comparison of a part: ``length`` samples from ``begin``.

        Args:
            begin: first sample that is compared.
            length: how many.
            context: samples before ``begin`` that are rendered and not compared, as far as there are any.
        """
        context, end = min(context, begin), begin + length
        inputs = {name: signal[..., begin - context : end] for name, signal in self.inputs.items()}
        target = self.target[..., begin:end]
        return self._with(inputs=inputs, target=target, context=context, prepared=self.loss.prepare(target))

    def aligned(self, alignment: Alignment) -> "Objective":
        """The comparison with the target moved back to where the source is, and turned round where it is inverted."""
        if not alignment.moves:
            return self
        inputs = {name: align(signal, self.target, alignment)[0] for name, signal in self.inputs.items()}
        target = align(self.target, self.target, alignment)[1]
        messages = (*self.messages, _moved(alignment, self.patch.sample_rate))
        prepared = self.loss.prepare(target)
        return self._with(inputs=inputs, target=target, prepared=prepared, messages=messages, alignment=alignment)

    def _with(self, **changes: Any) -> "Objective":
        clone = object.__new__(type(self))
        clone.__dict__.update(self.__dict__, **changes)
        return clone


def _moved(alignment: Alignment, sample_rate: float) -> str:
    samples = abs(alignment.delay)
    said = []
    if samples:
        milliseconds = 1000 * samples / sample_rate
        when = "later" if alignment.delay > 0 else "earlier"
        said.append(f"{samples} samples ({milliseconds:.2f} ms) {when} than the source")
    if alignment.inverted:
        said.append("upside down")
    return f"The target is {' and '.join(said)}; that was undone before the fit."


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
