"""Rendering: follow a plan. Functional throughout; no buffer is written in place."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from grafx_lab.graph.configs import UTILITY_TYPES
from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.plan import RenderData, Wire
from grafx_lab.parameters import Tree
from grafx_lab.processors.base import Output, split_output

Call = Callable[[int, str, tuple[Tensor, ...]], Output]
"""Renders one node: (node id, its type, a signal for each inlet) → output."""

Signals = dict[int, tuple[Tensor, ...]]
"""The signals of every node by id, one ``(batch, channel, time)`` for each outlet."""


class NodeSignals:
    """Every node's signals: ``signals[node_id]`` is its first outlet, ``signals.outlets(node_id)`` all of them.

    The signal of an ``out`` node is what arrives there.
    """

    def __init__(self, signals: Signals) -> None:
        self._signals = signals

    def __getitem__(self, node_id: int) -> Tensor:
        return self._signals[node_id][0]

    def __len__(self) -> int:
        return len(self._signals)

    def outlets(self, node_id: int) -> tuple[Tensor, ...]:
        """All outlets of a node."""
        return self._signals[node_id]

    def stack(self) -> Tensor:
        """First outlets by ascending id, ``(node, batch, channel, time)``; they must have one shape."""
        return torch.stack([self._signals[node_id][0] for node_id in sorted(self._signals)])


def execute(
    data: RenderData, inputs: Mapping[int, Tensor], call: Call, silence: Tensor, known: Signals | None = None
) -> tuple[Signals, dict[int, dict[str, Any]]]:
    """Render every node of a plan.

    Args:
        data: the plan.
        inputs: the signal ``(batch, channel, time)`` of every ``in`` node.
        call: renders one node.
        silence: zeros ``(1, 1, time)``: what an open inlet receives.
        known: signals that need not be rendered again (the unchanged part of a graph).

    Returns:
        the signals of every node, and the aux tensors by node id.
    """
    signals: Signals = dict(known or {})
    aux: dict[int, dict[str, Any]] = {}
    for step in data.steps:
        for node_id, inlets in zip(step.node_ids, step.sources, strict=True):
            if node_id in signals:
                continue
            if step.node_type == "in":
                signals[node_id] = (inputs[node_id],)
                continue
            received = tuple(_sum(wires, signals, silence, data.names[node_id]) for wires in inlets)
            if step.node_type in UTILITY_TYPES:
                signals[node_id] = received
                continue
            output = call(node_id, step.node_type, received)
            signals[node_id] = output.signals
            if output.aux:
                aux[node_id] = output.aux
    return signals, aux


def render_grafx(
    processors: Mapping[str, Any],
    input_signals: Tensor,
    per_type_parameters: Mapping[str, Tree],
    render_data: RenderData,
    common_parameters: Mapping[str, Tensor] | None = None,
    parameters_grad: bool = True,
    input_signal_grad: bool = False,
) -> tuple[Tensor, list[dict], NodeSignals]:
    """Render a graph as GRAFX does, with parameters collected by type.

    Args:
        processors: a module for each type.
        input_signals: ``(in nodes, channel, time)``, in ascending order of their ids.
        per_type_parameters: for each type its raw parameters, ``(nodes of that type, *shape)`` each, rows in
            ascending order of ids.
        render_data: from :func:`prepare_render`.
        common_parameters: raw parameters handed to every processor, ``(processor nodes, *shape)`` each.
        parameters_grad: whether gradients flow into the parameters.
        input_signal_grad: whether gradients flow into ``input_signals``.

    Returns:
        the signals of the ``out`` nodes ``(out nodes, channel, time)``, the aux dicts of the rendered nodes that have
        some, and every node's signal.
    """
    in_nodes = render_data.type_rows.get("in", ())
    if len(input_signals) != len(in_nodes):
        raise GraphError(f"The graph has {len(in_nodes)} 'in' nodes, but input_signals has {len(input_signals)} rows.")
    source = input_signals if input_signal_grad else input_signals.detach()
    processor_ids = sorted(
        node for node_type, nodes in render_data.type_rows.items() if node_type not in UTILITY_TYPES for node in nodes
    )

    def call(node_id: int, node_type: str, received: tuple[Tensor, ...]) -> Output:
        if node_type not in processors:
            raise GraphError(f"There is no processor for the node type '{node_type}'.", [node_id])
        row = render_data.row(node_id, node_type)
        raw = _rows(per_type_parameters.get(node_type, {}), row, parameters_grad)
        raw |= _rows(common_parameters or {}, processor_ids.index(node_id), parameters_grad)
        # Only generators have no inlets, and only they need to be told how long to sound.
        generated = {} if received else {"length": source.shape[-1]}
        return split_output(processors[node_type](*received, **generated, **raw))

    inputs = {node_id: source[row : row + 1] for row, node_id in enumerate(in_nodes)}
    signals, aux = execute(render_data, inputs, call, source.new_zeros(1, 1, source.shape[-1]))
    output = torch.cat(torch.broadcast_tensors(*(signals[node_id][0] for node_id in render_data.type_rows["out"])))
    return output, list(aux.values()), NodeSignals(signals)


def _rows(parameters: Tree, row: int, grad: bool) -> dict[str, Any]:
    return {
        name: _rows(value, row, grad)
        if isinstance(value, Mapping)
        else (value if grad else value.detach())[row : row + 1]
        for name, value in parameters.items()
    }


def _sum(wires: tuple[Wire, ...], signals: Signals, silence: Tensor, node: int | str) -> Tensor:
    received = [signals[source][outlet] for source, outlet in wires]
    channels = {signal.shape[1] for signal in received} - {1}
    if len(channels) > 1:
        counts = " and ".join(map(str, sorted(channels)))
        raise GraphError(f"Signals with {counts} channels meet at '{node}'; only mono joins any other.", [node])
    return sum(received[1:], received[0]) if received else silence
