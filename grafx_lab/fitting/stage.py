"""A patch on its way to a start: raw parameters, what is bypassed, and how well it does."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx
import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.fitting.layout import Layout
from grafx_lab.fitting.objective import Objective
from grafx_lab.graph import GraphError, latencies_of
from grafx_lab.graph.latency import arrivals
from grafx_lab.parameters import flatten
from grafx_lab.patch import Patch
from grafx_lab.patch.rendering import Rendering
from grafx_lab.processors.checks import ProcessorError, is_finite

MANY = 2000
"""Numbers of a node beyond which it can learn a recording by heart."""

HEARD = 0.75
"""Share of the time from which a start is derived; the end is kept to judge it by."""

END = 0.75
"""Weight of the end where it speaks against a start."""

TELLING = 0.01
"""Share of all that differs, as energy, that has to lie before the end for it to say anything of the end."""

SILENT = 1e-20
"""Energy below which nothing is amplified."""

ROUNDING = 1e-5
"""Share of what silence would cost by which a loss has to differ: less is rounding, of float32 or of a file."""

A_GAIN = 1e-6
"""Share of a response's energy behind its first sample, below which it is a gain."""

A_RESPONSE = 1e-3
"""Share of the energy that a response may miss of what is played; a saturation or a modulation misses more."""

SHORT = 1.0
"""Seconds below which all of the time is heard."""


@dataclass(frozen=True)
class State:
    """A raw vector ``(size,)``, the nodes that are bypassed, and the exact loss: of all the time, and of its end alone.

    Starts are not derived from the end, so that it tells what has been understood from what has been learned by heart.
    """

    vector: Tensor
    bypassed: frozenset[str]
    loss: float
    loss_of_end: float = math.nan

    def worth(self, other: "State") -> float:
        """By what share the loss falls on the way to another state; where it falls less at the end, mostly there."""
        if not (self.loss > 0 and math.isfinite(other.loss)):
            return 0.0
        whole = 1 - other.loss / self.loss
        end = (self.loss_of_end - other.loss_of_end) / max(self.loss, self.loss_of_end)
        return min(whole, (1 - END) * whole + END * end) if math.isfinite(end) else whole


class Stage:
    """Tries starts of single nodes, everything else as it is.

    The last level node (a gain) that everything passes is set anew each time, so that no other node is judged by its
    level.

    Attributes:
        order: the nodes with parameters, none before what it listens to.
        level: the name of that gain; ``None`` where there is none.
        rounding: differences of the loss below it mean nothing.
    """

    def __init__(self, objective: Objective, layout: Layout) -> None:
        self.objective, self.layout = objective, layout
        patch = objective.patch
        self._structures: dict[frozenset[str], Patch] = {}
        self.order = [str(name) for name in _topological(patch) if name in patch.raw]
        self._narrow = {name for name in self.order if _everything_passes(patch, name)}
        movable = layout.movable(patch)
        levels = [name for name in self.order if patch.processors[patch.node_type(name)].sets_level]
        free = [name for name in levels if name in self._narrow and movable[self.places(name)].all()]
        self.level = free[-1] if free else None
        late, _ = arrivals(patch.graph, list(nx.topological_sort(patch.graph)), latencies_of(patch.processors))
        self._late = {node: arrival.sent for node, arrival in late.items()}
        time = objective.target.shape[-1]
        self._known = time if time < SHORT * patch.sample_rate else round(HEARD * time)
        self._end = objective.excerpt(self._known, time - self._known, self._known) if self._known < time else None
        with torch.no_grad():
            silence = objective.prepared.per_item(torch.zeros_like(objective.target)).mean().item()
        self.rounding = ROUNDING * silence if math.isfinite(silence) else 0.0

    def places(self, node: str) -> Tensor:
        """Where a node's numbers lie in the vector."""
        parts = [torch.arange(entry.start, entry.start + entry.size) for entry in self.layout.entries_of(node)]
        return torch.cat(parts) if parts else torch.zeros(0, dtype=torch.long)

    def has_many(self, node: str) -> bool:
        """Whether a node has thousands of numbers, as a learned response has."""
        return self._count(node) > MANY

    def share_of_samples(self, node: str) -> float:
        """How many numbers a node has for each sample of the target."""
        return self._count(node) / self.objective.target.numel()

    def has_closed_form(self, node: str) -> bool:
        """Whether its processor says itself where to begin."""
        return self.objective.patch.processors[self.objective.patch.node_type(node)].has_closed_form

    def is_clocked(self, node: str) -> bool:
        """Whether what a node does depends on the time since the beginning."""
        return self.objective.patch.processors[self.objective.patch.node_type(node)].clocked

    def reverberates(self, node: str) -> bool:
        """Whether a node adds so much that what is before it can hardly be heard."""
        return self.objective.patch.processors[self.objective.patch.node_type(node)].family == "reverb"

    def twins(self, node: str) -> list[str]:
        """Other nodes of the same type."""
        patch = self.objective.patch
        return [other for other in self.order if other != node and patch.node_type(other) == patch.node_type(node)]

    def moved(self, state: State, node: str, twin: str) -> State:
        """The state with a twin in a node's place: its numbers, and the node bypassed instead of it."""
        bypassed = state.bypassed - {twin} | {node}
        vector = state.vector.clone()
        vector[self.places(twin)] = vector[self.places(node)]
        return self.settled(torch.where(self._movable(bypassed), vector, state.vector), bypassed)

    def patch(self, bypassed: frozenset[str]) -> Patch:
        """The patch with these nodes bypassed."""
        if bypassed not in self._structures:
            self._structures[bypassed] = self.objective.patch.replace(bypassed=bypassed)
        return self._structures[bypassed]

    def settled(self, vector: Tensor, bypassed: frozenset[str]) -> State:
        """The state with its level set."""
        if self.level is not None and self.level not in bypassed:
            found = self._closed_form(State(vector, bypassed, math.nan), self.level, wholly=True)
            vector = vector if found is None else found
        return self.judged(vector, bypassed)

    def tried(self, state: State, node: str, wholly: bool = False) -> State | None:
        """The state with a node at its closed form, switched on; ``None`` where it has no recipe.

        Args:
            state: of all other nodes.
            node: its name.
            wholly: derive it from all of the time; nothing is then left to tell how well that has been understood.
        """
        vector = self._closed_form(state, node, wholly)
        return None if vector is None else self.settled(vector, state.bypassed - {node})

    def drawn(self, state: State, node: str, generator: torch.Generator) -> State:
        """The state with a node's sliders somewhere, switched on."""
        vector = state.vector.clone()
        for entry in self.layout.entries_of(node):
            if entry.spec.display == "slider":
                vector[entry.place] = entry.spec.random_raw(generator).flatten()
        vector = torch.where(self._movable(state.bypassed - {node}), vector, state.vector)
        return self.settled(vector, state.bypassed - {node})

    def judged(self, vector: Tensor, bypassed: frozenset[str]) -> State:
        """The state as it is."""
        objective = self.objective.with_patch(self.patch(bypassed))
        try:
            with torch.no_grad():
                rendering = objective.render(self.layout.unpack(vector[None]))
                loss = objective.compare(rendering).item()
                loss_of_end = self._end.compare(rendering).item() if self._end else math.nan
        except GraphError:
            return State(vector, bypassed, math.inf)
        return State(vector, bypassed, loss if math.isfinite(loss) else math.inf, loss_of_end)

    def tells(self, state: State) -> bool:
        """Whether anything is to be done in the time from which starts are derived; a gate may act at the end only."""
        objective = self.objective.with_patch(self.patch(state.bypassed))
        try:
            with torch.no_grad():
                output = objective.render(self.layout.unpack(state.vector[None])).output
        except GraphError:
            return True
        missed = (output - objective.target).square()
        return not float(missed[..., : self._known].sum()) <= TELLING * float(missed.sum())

    def _closed_form(self, state: State, node: str, wholly: bool) -> Tensor | None:
        """The vector with the node's own start for what reaches it; ``None`` where it has none."""
        patch = self.objective.patch
        processor = patch.processors[patch.node_type(node)]
        try:
            with torch.no_grad():
                signals, target = self._wanted(state, node)
                known = slice(None if wholly else self._known)
                signals = [signal[..., known] for signal in signals]
                raw = processor.closed_form_start(*signals, target=target[..., known]) if signals else None
        except (GraphError, ProcessorError, ArithmeticError, LookupError, RuntimeError, ValueError):
            return None  # somebody's recipe may fail in any way, on a silent recording for instance
        if raw is None or not all(map(is_finite, flatten(raw).values())):
            return None
        return self._with_node(state, node, raw)

    def _with_node(self, state: State, node: str, raw: Mapping[str, Any]) -> Tensor:
        vector, flat = state.vector.clone(), flatten(raw)
        for entry in self.layout.entries_of(node):
            vector[entry.place] = flat[entry.parameter].flatten().to(vector)
        return torch.where(self._movable(state.bypassed - {node}), vector, state.vector)

    def _count(self, node: str) -> int:
        return sum(entry.size for entry in self.layout.entries_of(node))

    def _movable(self, bypassed: frozenset[str]) -> Tensor:
        return self.layout.movable(self.patch(bypassed))

    def _wanted(self, state: State, node: str) -> tuple[list[Tensor], Tensor]:
        """What a node is to make what of.

        Where all passes it, that is of the output without it the target. On a branch it is of what the branch alone
        sends to the output that part of the target which the others leave. Both are as loud as they are at the node's
        inlet, or the gains behind it would be in the thresholds and drives that it finds. Who allows for filters gets
        what is at its inlet itself, before those behind it, and the target without what echoes and rooms add there.
        """
        objective = self.objective.with_patch(self.patch(state.bypassed | {node}))
        raw = self.layout.unpack(state.vector[None])
        patch, node_id = objective.patch, objective.patch.ids[node]
        processor = patch.processors[patch.node_type(node)]
        rendering = objective.render(raw)
        received, own = self._received(rendering, node), rendering.signals[node_id]
        if len(processor.inlets) != 1 or not received:
            return received, objective.target

        def played(*signals: Tensor) -> Tensor:
            return objective.render(raw, {node_id: signals}).output

        others = 0.0 if node in self._narrow else played(*map(torch.zeros_like, own))
        sent, target = rendering.output - others, objective.target - others
        if processor.knows_filters and len(own) == 1:
            impulse = torch.zeros_like(own[0])
            impulse[..., self._late[node_id]] = 1
            before = _before(played(impulse) - others, received[0], sent, target)
            if before is not None:
                return received, before
        level = (received[0].square().mean() / sent.square().mean().clamp_min(SILENT)).sqrt()
        return received if processor.knows_filters else [level * sent], level * target

    def _received(self, rendering: Rendering, node: str) -> list[Tensor]:
        """The signals at the inlets of a node, as early as if nothing had been late."""
        time = self.objective.target.shape[-1]
        patch, node_id = self.objective.patch, self.objective.patch.ids[node]
        processor = patch.processors[patch.node_type(node)]
        inlets: dict[str, Tensor] = {}
        for source, _, wire in patch.graph.in_edges(node_id, data=True):
            sender = patch.processors.get(patch.graph.nodes[source]["node_type"])
            outlets = sender.outlets if sender else ("main",)
            signal = rendering.signals[source][outlets.index(wire["outlet"])].narrow(-1, self._late[source], time)
            inlets[wire["inlet"]] = inlets[wire["inlet"]] + signal if wire["inlet"] in inlets else signal
        return [inlets[name] for name in processor.inlets if name in inlets]


def _before(response: Tensor, received: Tensor, sent: Tensor, target: Tensor) -> Tensor | None:
    """A target before a response through which what is received is sent; ``None`` where it is sent otherwise.

    Nor is there anything to undo where the response is a gain.
    """
    if response[..., 1:].square().sum() < A_GAIN * response.square().sum():
        return None
    missed = (dsp.convolve(received, response) - sent).square().sum()
    return dsp.undo_response(target, response) if missed < A_RESPONSE * sent.square().sum() else None


def _topological(patch: Patch) -> list[str]:
    return [patch.graph.nodes[node]["name"] for node in nx.topological_sort(patch.graph)]


def _everything_passes(patch: Patch, node: str) -> bool:
    rest = nx.restricted_view(patch.graph, [patch.ids[node]], [])
    out = next(patch.ids[name] for name in patch.names if patch.node_type(name) == "out")
    sources = [node_id for node_id, inputs in patch.graph.in_degree() if not inputs and node_id in rest]
    return not any(nx.has_path(rest, source, out) for source in sources)
