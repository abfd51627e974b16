"""Signals while a graph is rendered: what calls gave, and how what a node receives is gathered from it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import groupby
from typing import Any, NamedTuple

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.plan import Wire
from grafx_lab.parameters import flatten, unflatten

Signals = dict[int, tuple[Tensor, ...]]
"""The signals of every node by id, one ``(batch, channel, time)`` for each outlet."""


@dataclass(frozen=True, eq=False)
class Rendered:
    """What one call gave for several nodes, one behind the other on axis 0.

    Attributes:
        node_ids: the nodes.
        signals: a tensor ``(nodes · batch, channel, time)`` for each outlet.
        aux: what the processor said beside it.
    """

    node_ids: tuple[int, ...]
    signals: tuple[Tensor, ...]
    aux: Mapping[str, Any]

    @property
    def batch(self) -> int:
        """The batch of each node."""
        return len(self.signals[0]) // len(self.node_ids) if self.signals else 1

    @cached_property
    def of_nodes(self) -> tuple[tuple[Tensor, ...], ...]:
        """For each node, its outlets ``(batch, channel, time)``.

        One split, because its gradient is one concatenation; those of slices would be filled up with zeros each.
        """
        parts = [signal.split(self.batch) if len(self.node_ids) > 1 else (signal,) for signal in self.signals]
        return tuple(zip(*parts, strict=True)) if parts else ((),) * len(self.node_ids)


class Row(NamedTuple):
    """One node's signal within what a call gave."""

    rendered: Rendered
    place: int
    outlet: int = 0

    @property
    def tensor(self) -> Tensor:
        """The signal, ``(batch, channel, time)``."""
        return self.rendered.of_nodes[self.place][self.outlet]

    @property
    def batch(self) -> int:
        return self.rendered.batch

    @property
    def channels(self) -> int:
        return self.rendered.signals[self.outlet].shape[1]


class Board:
    """All signals of a render, and what each node receives from them.

    Args:
        silence: zeros ``(1, 1, time)``: what an open inlet receives.
        names: what messages call each node.
    """

    def __init__(self, silence: Tensor, names: Mapping[int, int | str]) -> None:
        self.silence = Rendered((-1,), (silence,), {})
        self._names = names
        self._rows: dict[int, Row] = {}

    def add(self, rendered: Rendered) -> None:
        """Take in what a call gave."""
        for place, node in enumerate(rendered.node_ids):
            self._rows[node] = Row(rendered, place)

    def __contains__(self, node: int) -> bool:
        return node in self._rows

    def signals(self) -> Signals:
        """Every node's signals, in the order of rendering."""
        return {node: row.rendered.of_nodes[row.place] for node, row in self._rows.items()}

    def received(self, wires: Sequence[Wire], node: int) -> Row:
        """What reaches an inlet of a node: the sum of its wires, or silence.

        Raises:
            GraphError: channel counts that do not go together.
        """
        rows = [self._at_end_of(wire) for wire in wires]
        if len(rows) == 1:
            return rows[0]
        if not rows:
            return Row(self.silence, 0)
        channels = {row.channels for row in rows} - {1}
        if len(channels) > 1:
            counts, name = " and ".join(map(str, sorted(channels))), self._names[node]
            message = f"Signals with {counts} channels meet at '{name}'; only mono joins any other: make them alike."
            raise GraphError(message, [name])
        return Row(Rendered((node,), (reduce(torch.add, _summands(rows)),), {}), 0)

    def _at_end_of(self, wire: Wire) -> Row:
        row = self._rows[wire.source]._replace(outlet=wire.outlet)
        if wire.outlet >= len(row.rendered.signals):
            name, given = self._names[wire.source], len(row.rendered.signals)
            raise GraphError(
                f"'{name}' gave {given} signals, but a wire begins at its outlet {wire.outlet + 1}: "
                "its processor must return a signal for each outlet.",
                [name],
            )
        if not wire.delay:
            return row
        return Row(Rendered((wire.source,), (dsp.shift(row.tensor, wire.delay),), {}), 0)


def joined(rows: Sequence[Row], batch: int) -> Tensor:
    """Signals of several nodes, one behind the other, ``(nodes · batch, channel, time)``.

    What one call gave is handed on as it is; a contiguous part of it is a view where no gradient flows.
    """
    first = rows[0]
    origin, signal = first.rendered, first.rendered.signals[first.outlet]
    if len(rows) == 1:
        return first.tensor
    if origin.batch == batch and all(
        row.rendered is origin and row.outlet == first.outlet and row.place == first.place + number
        for number, row in enumerate(rows)
    ):
        if len(rows) == len(origin.node_ids):
            return signal
        if not signal.requires_grad:
            return signal.narrow(0, first.place * batch, len(rows) * batch)
    return torch.cat([row.tensor.expand(batch, -1, -1) for row in rows])


def aux_of_nodes(group_batch: int, rendered: Rendered) -> dict[int, dict[str, Any]]:
    """What a processor said beside its signals, for each node apart.

    Tensors with a row for each signal are split; anything else is said of every node.
    """
    count = len(rendered.node_ids)
    if count == 1 or not rendered.aux:
        return {node: dict(rendered.aux) for node in rendered.node_ids if rendered.aux}

    def part(value: Any, place: int) -> Any:
        is_rows = isinstance(value, Tensor) and value.ndim and len(value) == count * group_batch
        return value.split(group_batch)[place] if is_rows else value

    return {
        node: unflatten({key: part(value, place) for key, value in flatten(rendered.aux).items()})
        for place, node in enumerate(rendered.node_ids)
    }


def _summands(rows: Sequence[Row]) -> Iterator[Tensor]:
    """What is to be summed; the signals of a whole call are one summand, whose gradient takes no memory."""
    for (_, outlet), same in groupby(rows, key=lambda row: (id(row.rendered), row.outlet)):
        part = list(same)
        origin = part[0].rendered
        if len(part) == len(origin.node_ids) > 1:
            yield origin.signals[outlet].unflatten(0, (len(part), origin.batch)).sum(0)
        else:
            yield from (row.tensor for row in part)
