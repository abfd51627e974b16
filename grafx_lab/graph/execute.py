"""Executing a plan: each step's nodes in as few calls as their shapes and the processor's cache allow.

Functional throughout: what a call gives stays as its own tensor, no shared buffer is written in place.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from grafx_lab.graph.configs import UTILITY_TYPES
from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.plan import RenderData, RenderStep
from grafx_lab.graph.signals import Board, Rendered, Row, Signals, joined
from grafx_lab.processors.base import Output

SAMPLES_PER_CALL = 2**21
"""Samples (nodes · batch · channels · time) that a call on the CPU processes at most, unless one node has more.

Eight stereo signals of 2^17 samples, 8 MB. Smaller calls pay more often for what a call costs by itself: the set-up of
transforms above all. Of larger ones the tensors fall out of the cache, and beyond 32 MB, as spectra of sixteen such
signals are, glibc maps and unmaps them anew every time: a console of 32 tracks takes a tenth longer with gradients in
calls of 16 than in calls of 8, and a quarter longer without.
"""


@dataclass(frozen=True)
class Group:
    """Nodes of one type that one call renders.

    Attributes:
        node_type: their type.
        node_ids: the nodes.
        batch: of each of them.
    """

    node_type: str
    node_ids: tuple[int, ...]
    batch: int


Shapes = tuple[tuple[int, ...], ...]
"""The shapes of a node's parameters, ``(batch, *shape)`` each."""

Call = Callable[[Group, tuple[Tensor, ...]], Output]
"""Renders a group: a signal ``(nodes · batch, channel, time)`` for each inlet → output of the same batch.

The signals, and the output, of a single node may have a batch of one that broadcasts.
"""


def execute(
    data: RenderData,
    inputs: Sequence[Rendered],
    call: Call,
    silence: Tensor,
    *,
    known: Signals | None = None,
    shapes: Mapping[int, Shapes] | None = None,
    alone: Collection[int] = (),
    samples_per_call: int | None = SAMPLES_PER_CALL,
) -> tuple[Signals, list[tuple[Group, Rendered]]]:
    """Render every node of a plan.

    Args:
        data: the plan.
        inputs: the signals of the ``in`` nodes.
        call: renders a group of nodes.
        silence: zeros ``(1, 1, time)``: what an open inlet receives.
        known: signals that need not be rendered again (the unchanged part of a graph).
        shapes: for each node, those of its parameters.
        alone: nodes that share no call with others.
        samples_per_call: the size of a call on the CPU; ``None``, and a GPU, have no limit.

    Returns:
        the signals of every node, and what the calls gave.

    Raises:
        GraphError: signals of different channel counts are summed, or a call gives another batch than it got.
    """
    board = Board(silence, data.names)
    for rendered in (*inputs, *(Rendered((node,), outlets, {}) for node, outlets in (known or {}).items())):
        board.add(rendered)
    limit = None if silence.is_cuda else samples_per_call
    calls = []
    for step in data.steps:
        for node_ids, batch, rows in _groups(step, board, shapes or {}, alone, limit):
            group = Group(step.node_type, node_ids, batch)
            if step.node_type in UTILITY_TYPES:
                signals = tuple(row.tensor for row in rows[0])
                board.add(Rendered(node_ids, signals, {}))
                continue
            output = call(group, tuple(joined(inlet, batch) for inlet in zip(*rows, strict=True)))
            rendered = _rendered(group, output, silence, generated=not rows[0])
            board.add(rendered)
            calls.append((group, rendered))
    return board.signals(), calls


def _groups(
    step: RenderStep, board: Board, shapes: Mapping[int, Shapes], alone: Collection[int], limit: int | None
) -> Iterator[tuple[tuple[int, ...], int, list[tuple[Row, ...]]]]:
    """Nodes that can be rendered together, their batch, and what each of them receives.

    Nodes go together whose signals have the same channels, and whose parameters have the same shapes.
    """
    alike: dict[tuple, list[tuple[int, tuple[Row, ...]]]] = {}
    for node, inlets in zip(step.node_ids, step.sources, strict=True):
        if node in board:
            continue
        rows = tuple(board.received(wires, node) for wires in inlets)
        parameters = shapes.get(node, ())
        batch = max([1, *(row.batch for row in rows), *(shape[0] for shape in parameters)])
        channels = tuple(row.channels for row in rows)
        key = (batch, channels, tuple(shape[1:] for shape in parameters), node if node in alone else None)
        alike.setdefault(key, []).append((node, rows))
    time = board.silence.signals[0].shape[-1]
    for (batch, channels, *_), members in alike.items():
        for part in _parts(members, _size(step, batch * max(channels, default=1) * time, limit)):
            yield tuple(node for node, _ in part), batch, [rows for _, rows in part]


def _rendered(group: Group, output: Output, like: Tensor, *, generated: bool) -> Rendered:
    """What a call gave, with the batch that its nodes need. Generators follow the dtype of the render."""
    nodes, rows = len(group.node_ids), len(output.signals[0])
    if nodes > 1 and rows != nodes * group.batch:
        if not generated or rows != 1:
            raise GraphError(
                f"The processor of '{group.node_type}' gave a batch of {rows}, expected {nodes * group.batch} for "
                f"{nodes} nodes: every tensor of a batch must be processed on its own.",
                group.node_ids,
            )
        # A generator without parameters does not know how often it is there.
        output = output._replace(signals=tuple(signal.expand(nodes, -1, -1) for signal in output.signals))
    return Rendered(group.node_ids, tuple(signal.to(like.dtype) for signal in output.signals), output.aux)


def _size(step: RenderStep, samples: int, limit: int | None) -> int | None:
    """How many nodes of so many samples go into one call."""
    if step.node_type in UTILITY_TYPES:
        return 1
    return None if limit is None else max(1, limit // max(1, samples))


def _parts(members: list, size: int | None) -> Iterator[list]:
    """Parts of at most ``size``, as equal as possible."""
    count = 1 if size is None else -(-len(members) // size)
    length = -(-len(members) // count)
    return (members[start : start + length] for start in range(0, len(members), length))
