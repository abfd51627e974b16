"""Rendering a patch: its graph's plan, with the parameters of every node."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from grafx_lab.audio import Audio
from grafx_lab.graph import GraphError, execute, open_inlets, validate_output
from grafx_lab.graph.render import Signals
from grafx_lab.parameters import Tree, flatten
from grafx_lab.patch.errors import PatchError
from grafx_lab.processors.base import Output, ProcessorError
from grafx_lab.processors.checks import is_finite

if TYPE_CHECKING:
    from grafx_lab.patch.patch import Patch


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
        raise GraphError(f"The inlet{port} of '{name}' is open: connect a wire to it, or remove the node.", [name])


def render_signals(
    patch: "Patch",
    inputs: Mapping[str, Tensor],
    raw: Mapping[str, Tree],
    *,
    length: int | None,
    known: Signals | None,
) -> Rendering:
    """Render tensors ``(batch, channel, time)``, with gradients: see :meth:`Patch.render_signals`."""
    if missing := set(patch.in_names) - inputs.keys():
        raise PatchError(f"The patch's input '{min(missing)}' has no source.")
    like = next(iter(inputs.values()), None)
    if like is None and not length:
        raise PatchError("The patch has no 'in' node: give length= in samples.")
    lengths = sorted({signal.shape[-1] for signal in inputs.values()})
    if len(lengths) > 1:
        raise PatchError(f"The sources are {' and '.join(map(str, lengths))} samples long; give equally long ones.")
    silence = torch.zeros(1, 1, length or 1) if like is None else torch.zeros_like(like[:1, :1])
    for name, signal in inputs.items():
        if not is_finite(signal):
            raise PatchError(f"The source of '{name}' contains NaN or infinity; repair the recording.")
    plan = patch.plan

    def call(node_id: int, node_type: str, received: tuple[Tensor, ...]) -> Output:
        name = str(plan.names[node_id])
        processor = patch.processors[node_type]
        if name in patch.bypassed:
            # Each outlet passes on the inlet of its place; what is left over is silent.
            passed = (*received, *[silence] * len(processor.outlets))
            return Output(passed[: len(processor.outlets)], {})
        try:
            return processor.run(*received, length=silence.shape[-1], **raw[name])
        except ProcessorError as error:
            raise GraphError(f"'{name}' cannot be rendered. {error}", [name]) from error
        except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
            # Somebody's own processor may fail in any way; the graph says where.
            reason = f"{type(processor).__name__} failed ({type(error).__name__}: {error})."
            raise GraphError(f"'{name}' cannot be rendered: {reason}", [name]) from error

    signals, aux = execute(plan, {patch.node_id(name): value for name, value in inputs.items()}, call, silence, known)
    named = {f"{plan.names[node]}.{key}": value for node, tree in aux.items() for key, value in flatten(tree).items()}
    return Rendering(signals[plan.type_rows["out"][0]][0], signals, named)


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
