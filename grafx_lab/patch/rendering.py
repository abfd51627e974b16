"""Rendering a patch: its graph's plan, with the parameters of every node."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn.functional import pad
from torch.utils.checkpoint import checkpoint as recomputed

from grafx_lab.audio import Audio
from grafx_lab.dsp import shift
from grafx_lab.graph import (
    GraphError,
    Group,
    Rendered,
    Signals,
    aux_of_nodes,
    execute,
    open_inlets,
    validate_output,
)
from grafx_lab.parameters import Tree, flatten, unflatten
from grafx_lab.patch.errors import PatchError
from grafx_lab.processors.base import Output, Processor, ProcessorError
from grafx_lab.processors.checks import is_finite

if TYPE_CHECKING:
    from grafx_lab.patch.patch import Patch

FAILURES = (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError)


@dataclass(frozen=True)
class Rendering:
    """What a render gives.

    Attributes:
        output: what arrives at ``out``, ``(batch, channel, time)``.
        signals: every node's signals by id, to be reused when only a part has changed.
        aux: aux tensors by ``node.key``.
    """

    output: Tensor
    signals: Signals
    aux: dict[str, Any]


def check_renderable(patch: "Patch") -> None:
    """Raise :class:`GraphError` for whatever keeps a patch from being rendered."""
    validate_output(patch.graph)
    outs = [name for name in patch.names if patch.node_type(name) == "out"]
    if len(outs) > 1:
        raise GraphError(f"The patch has {len(outs)} 'out' nodes; keep one and mix into it.", outs)
    optional = [(key, inlet) for key, processor in patch.processors.items() for inlet in processor.optional_inlets]
    for node_id, inlet in open_inlets(patch.graph, optional):
        name = patch.graph.nodes[node_id]["name"]
        port = "" if inlet == "main" else f" '{inlet}'"
        remedy = "connect a wire to it" if name in outs else "connect a wire to it, or remove the node"
        raise GraphError(f"The inlet{port} of '{name}' is open: {remedy}.", [name])


def heard(patch: "Patch", source: Any, *, length: int | None, tail: float) -> Any:
    """``Audio`` or a tensor, like the source, without gradients: see :meth:`Patch.render`."""
    sources = source if isinstance(source, Mapping) else dict.fromkeys(patch.in_names, source)
    like = next(iter(sources.values()), None if isinstance(source, Mapping) else source)
    silence = round(tail * patch.sample_rate)
    if like is not None and not sources and length is None:
        length = as_signal(like, patch.sample_rate, "source").shape[-1] + silence
    signals = {name: as_signal(item, patch.sample_rate, name) for name, item in sources.items()}
    with torch.no_grad():
        inputs = {name: pad(signal, (0, silence)) for name, signal in signals.items()}
        output = patch.render_signals(inputs, length=length).output
    if isinstance(like, Tensor):
        return output if like.ndim == 3 else output[0]
    return Audio(output[0], patch.sample_rate, patch.title)


def render_signals(
    patch: "Patch",
    inputs: Mapping[str, Tensor],
    raw: Mapping[str, Tree],
    *,
    length: int | None,
    known: Signals | None,
    checkpoint: bool,
) -> Rendering:
    """Render tensors ``(batch, channel, time)``, with gradients: see :meth:`Patch.render_signals`."""
    length = _common_length(patch, inputs, length)
    plan = patch.plan
    everything = (*inputs.values(), *(value for tree in raw.values() for value in flatten(tree).values()))
    silence = next(iter(everything), torch.zeros(())).new_zeros(1, 1, length)
    if plan.latency:
        # What is late is rendered longer, so that trimming it leaves the whole length.
        silence = pad(silence, (0, plan.latency))
        inputs = {name: pad(signal, (0, plan.latency)) for name, signal in inputs.items()}
    sources = [Rendered((patch.node_id(name),), (signal,), {}) for name, signal in inputs.items()]
    render = _Calls(patch, raw, silence, checkpoint)
    shapes = {
        patch.node_id(name): tuple(tuple(value.shape) for value in flatten(tree).values()) for name, tree in raw.items()
    }
    alone = {patch.node_id(name) for name in patch.bypassed}
    signals, calls = execute(plan, sources, render, silence, known=known, shapes=shapes, alone=alone)
    aux = {
        f"{plan.names[node]}.{key}": value
        for group, rendered in calls
        for node, tree in aux_of_nodes(group.batch, rendered).items()
        for key, value in flatten(tree).items()
    }
    return Rendering(signals[plan.type_rows["out"][0]][0][..., plan.latency :], signals, aux)


def _common_length(patch: "Patch", inputs: Mapping[str, Tensor], length: int | None) -> int:
    """The samples to render.

    Raises:
        PatchError: the sources do not fit the patch, or each other.
    """
    if missing := set(patch.in_names) - inputs.keys():
        raise PatchError(f"The patch's input '{min(missing)}' has no source.")
    for name in inputs:
        if patch.node_type(name) != "in":
            raise PatchError(f"'{name}' is no input of the patch; its inputs are: {', '.join(patch.in_names)}.")
    if not inputs and not length:
        raise PatchError("The patch has no 'in' node: give length= in samples.")
    lengths = sorted({signal.shape[-1] for signal in inputs.values()})
    if len(lengths) > 1:
        raise PatchError(f"The sources are {' and '.join(map(str, lengths))} samples long; give equally long ones.")
    for name, signal in inputs.items():
        if not is_finite(signal):
            raise PatchError(f"The source of '{name}' contains NaN or infinity; repair the recording.")
    return lengths[0] if lengths else length or 1


class _Calls:
    """How a patch renders a group of nodes: with the raw parameters of each."""

    def __init__(self, patch: "Patch", raw: Mapping[str, Tree], silence: Tensor, checkpoint: bool) -> None:
        self._patch = patch
        self._raw = {name: flatten(tree) for name, tree in raw.items()}
        self._silence = silence
        self._checkpoint = checkpoint

    def __call__(self, group: Group, received: tuple[Tensor, ...]) -> Output:
        processor = self._patch.processors[group.node_type]
        names = [str(self._patch.plan.names[node]) for node in group.node_ids]
        if names[0] in self._patch.bypassed:
            return self._passed(processor, received)
        try:
            return self._run(processor, names, group.batch, received)
        # Somebody's own processor may fail in any way; the graph says where.
        except FAILURES as error:
            raise self._blamed(processor, names, group.batch, received, error) from error

    def _passed(self, processor: Processor, received: tuple[Tensor, ...]) -> Output:
        """Each outlet passes on the inlet of its place, as late as the processor; what is left over is silent."""
        passed = [shift(signal, processor.latency) for signal in received]
        passed += [self._silence] * len(processor.outlets)
        return Output(tuple(passed[: len(processor.outlets)]), {})

    def _run(self, processor: Processor, names: list[str], batch: int, received: tuple[Tensor, ...]) -> Output:
        raw = self._raw[names[0]]
        if len(names) > 1:
            trees = [self._raw[name] for name in names]
            raw = {key: torch.cat([_filled(tree[key], batch) for tree in trees]) for key in raw}

        def run() -> Output:
            return processor.run(*received, length=self._silence.shape[-1], **unflatten(raw))

        return recomputed(run, use_reentrant=False) if self._checkpoint else run()

    def _blamed(
        self, processor: Processor, names: list[str], batch: int, received: tuple[Tensor, ...], error: Exception
    ) -> GraphError:
        """The error of the first node that fails on its own, or of all where none does."""
        if len(names) > 1:
            apart = list(zip(*(signal.split(batch) for signal in received), strict=True)) or [()] * len(names)
            for name, signals in zip(names, apart, strict=True):
                try:
                    with torch.no_grad():
                        self._run(processor, [name], batch, signals)
                except FAILURES as own:
                    return self._blamed(processor, [name], batch, signals, own)
        nodes = "', '".join(names)
        if isinstance(error, ProcessorError):
            return GraphError(f"'{nodes}' cannot be rendered. {error}", names)
        reason = f"{type(processor).__name__} failed ({type(error).__name__}: {error})."
        return GraphError(f"'{nodes}' cannot be rendered: {reason}", names)


def _filled(tensor: Tensor, batch: int) -> Tensor:
    return tensor.expand(batch, *tensor.shape[1:])


def as_signal(source: Any, sample_rate: int, name: str = "source") -> Tensor:
    """``Audio`` or a tensor as ``(batch, channel, time)``; ``Audio`` is resampled.

    Raises:
        PatchError: it is neither.
    """
    if isinstance(source, Audio):
        return source.resample(sample_rate).data[None]
    if not isinstance(source, Tensor) or source.ndim not in (2, 3):
        got = f"a tensor of shape {tuple(source.shape)}" if isinstance(source, Tensor) else type(source).__name__
        raise PatchError(
            f"The source of '{name}' is {got}; give Audio or a tensor (channel, time) or (batch, channel, time)."
        )
    return source if source.ndim == 3 else source[None]
