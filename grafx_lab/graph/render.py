"""Rendering a graph as GRAFX does, with parameters collected by type."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad
from torch.utils.checkpoint import checkpoint as recomputed

from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.execute import SAMPLES_PER_CALL, Call, Group, execute
from grafx_lab.graph.node_parameters import RowsByType
from grafx_lab.graph.plan import RenderData
from grafx_lab.graph.signals import Rendered, Signals
from grafx_lab.graph.validation import validate_processors
from grafx_lab.parameters import Tree, flatten, unflatten
from grafx_lab.processors.base import Output, Processor, split_output


class NodeSignals:
    """Every node's signals: ``signals[node_id]`` is its first outlet, ``signals.outlets(node_id)`` all of them.

    Iterating gives the first outlets by ascending id. They have the shape ``(channel, time)``, or ``(batch, channel,
    time)`` where the input had a batch. The signal of an ``out`` node is what arrives there. Where latency is
    compensated, they are that much longer, and each is as late as it is at its place.
    """

    def __init__(self, signals: Signals, batch: int | None = None) -> None:
        self._signals = signals
        self._batch = batch

    def __getitem__(self, node_id: int) -> Tensor:
        return self._shaped(self._of(node_id)[0])

    def __iter__(self) -> Iterator[Tensor]:
        return (self[node_id] for node_id in sorted(self._signals))

    def __len__(self) -> int:
        return len(self._signals)

    def outlets(self, node_id: int) -> tuple[Tensor, ...]:
        """All outlets of a node."""
        return tuple(map(self._shaped, self._of(node_id)))

    def stack(self) -> Tensor:
        """First outlets by ascending id, ``(node, channel, time)`` or ``(batch, node, channel, time)``.

        They must have one shape, but mono joins stereo.
        """
        signals = torch.broadcast_tensors(*(self[node_id] for node_id in sorted(self._signals)))
        return torch.stack(signals, dim=-3)

    def _of(self, node_id: int) -> tuple[Tensor, ...]:
        if not isinstance(node_id, int) or node_id not in self._signals:
            raise GraphError(
                f"There is no signal of a node {node_id!r} among {len(self)}: give one node's id, or slice stack()."
            )
        return self._signals[node_id]

    def _shaped(self, signal: Tensor) -> Tensor:
        return signal[0] if self._batch is None else signal.expand(self._batch, -1, -1)


def render_grafx(
    processors: Mapping[str, Any],
    input_signals: Tensor,
    per_type_parameters: Mapping[str, Tree] | None,
    render_data: RenderData,
    common_parameters: Mapping[str, Tensor] | None = None,
    parameters_grad: bool = True,
    input_signal_grad: bool = False,
    *,
    checkpoint: bool = False,
    samples_per_call: int | None = SAMPLES_PER_CALL,
) -> tuple[Tensor, list[dict[str, Any]], NodeSignals]:
    """Render a graph, with parameters collected by type.

    Args:
        processors: a module for each type.
        input_signals: ``(in nodes, channel, time)``, in ascending order of their ids, or ``(batch, in nodes, channel,
            time)``: several inputs with the same parameters. Generators take its length, also where it has no rows.
        per_type_parameters: for each type its raw parameters, ``(nodes of that type, *shape)`` each, rows in
            ascending order of ids. Where a type, or all, is left out, the nodes' own parameters in the graph are
            taken, ``(1, *shape)`` each.
        render_data: from :func:`prepare_render`.
        common_parameters: raw parameters handed to every processor, ``(all nodes, *shape)`` each, rows in ascending
            order of ids; those of ``in``, ``out`` and ``mix`` nodes are not used.
        parameters_grad: whether gradients flow into the parameters.
        input_signal_grad: whether gradients flow into ``input_signals``.
        checkpoint: keep only the signals between the nodes for the gradient, and compute what happens inside the nodes
            anew when it is needed: less memory, more time.
        samples_per_call: see :func:`execute`.

    Returns:
        the signals of the ``out`` nodes ``(out nodes, channel, time)`` or ``(batch, out nodes, channel, time)``; a dict
        of aux tensors for each step whose processor gives some, one row for each of its nodes (and signals of a batch);
        and every node's signals.

    Raises:
        GraphError: processors, parameters or signals do not fit the graph.
    """
    if not isinstance(render_data, RenderData):
        raise GraphError(
            f"render_grafx follows a plan, not a {type(render_data).__name__}: give it prepare_render(graph), which "
            "takes a GRAFX or a GRAFXTensor."
        )
    if input_signals.ndim not in (3, 4):
        raise GraphError(
            f"input_signals has shape {tuple(input_signals.shape)}, "
            "expected (in nodes, channel, time) or (batch, in nodes, channel, time)."
        )
    validate_processors(render_data.type_rows, processors)
    source = input_signals if input_signal_grad else input_signals.detach()
    late = render_data.latency
    if late:
        # What is late is rendered longer, so that trimming it leaves the whole length.
        source = pad(source, (0, late))
    raw = RowsByType(render_data, per_type_parameters, common_parameters, parameters_grad)
    silence = source.new_zeros(1, 1, source.shape[-1])
    signals, calls = execute(
        render_data,
        _inputs(render_data, source),
        _caller(processors, raw, source.shape[-1], checkpoint),
        silence,
        samples_per_call=samples_per_call,
    )
    nodes = NodeSignals(signals, len(source) if source.ndim == 4 else None)
    outputs = torch.broadcast_tensors(*(nodes[node_id] for node_id in render_data.type_rows["out"]))
    return torch.stack(outputs, dim=-3)[..., late:], _aux_of_steps(calls, render_data), nodes


def _caller(processors: Mapping[str, Any], raw: RowsByType, time: int, checkpoint: bool) -> Call:
    """How a group of nodes is rendered."""

    def call(group: Group, received: tuple[Tensor, ...]) -> Output:
        processor = processors[group.node_type]
        broadcasts = isinstance(processor, Processor) and len(group.node_ids) == 1
        rows = raw.of(group.node_type, group.node_ids, 1 if broadcasts else group.batch)
        # Only generators have no inlets, and only they need to be told how long to sound.
        length = None if received else time
        try:
            if checkpoint:
                return recomputed(_run, processor, received, length, rows, use_reentrant=False)
            return _run(processor, received, length, rows)
        except Exception as error:
            # Somebody's own module may fail in any way: its error stays, and says where.
            nodes = ", ".join(map(str, group.node_ids))
            error.add_note(f"This happened while rendering the '{group.node_type}' nodes {nodes}.")
            raise

    return call


def _run(processor: Any, received: tuple[Tensor, ...], length: int | None, raw: Tree) -> Output:
    generated = {} if length is None else {"length": length}
    run = processor.run if isinstance(processor, Processor) else processor
    return split_output(run(*received, **generated, **raw))


def _inputs(data: RenderData, source: Tensor) -> list[Rendered]:
    in_nodes = data.type_rows.get("in", ())
    if source.shape[-3] != len(in_nodes):
        raise GraphError(
            f"The graph has {len(in_nodes)} 'in' nodes, but input_signals has {source.shape[-3]} rows: give each one.",
            in_nodes,
        )
    node_major = source.transpose(0, 1).flatten(0, 1) if source.ndim == 4 else source
    return [Rendered(in_nodes, (node_major,), {})] if in_nodes else []


def _aux_of_steps(calls: Sequence[tuple[Group, Rendered]], data: RenderData) -> list[dict[str, Any]]:
    """The aux dicts of each step's calls as one."""
    step_of = {node: number for number, step in enumerate(data.steps) for node in step.node_ids}
    steps: dict[int, list[Mapping[str, Any]]] = {}
    for group, rendered in calls:
        if rendered.aux:
            steps.setdefault(step_of[group.node_ids[0]], []).append(flatten(rendered.aux))
    return [
        unflatten({key: _one_behind_the_other([tree[key] for tree in trees]) for key in trees[0]})
        for trees in steps.values()
    ]


def _one_behind_the_other(values: Sequence[Any]) -> Any:
    if len(values) == 1:
        return values[0]
    return torch.cat(list(values)) if all(isinstance(value, Tensor) and value.ndim for value in values) else values
