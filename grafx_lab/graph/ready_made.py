"""Ready-made graphs: mixing console, multiband split, feed-forward matrix."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from grafx_lab.graph.configs import DEFAULT_PORTS, UTILITY_TYPES, NodeConfigs, Ports
from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.graph import GRAFX

Step = str | Mapping[str, Any]
"""A node to be: its type, or a mapping with the arguments of :meth:`GRAFX.add`."""

Outlet = tuple[int, str]
"""Where a wire begins: node id and name of the outlet."""


def mixing_console(
    num_tracks: int,
    strip: Sequence[Step],
    *,
    sends: Mapping[str, Sequence[Step]] | None = None,
    send: Step = "stereo_gain",
    parallel: Sequence[Step] = (),
    master: Sequence[Step] = (),
    config: NodeConfigs | None = None,
) -> GRAFX:
    """A mixing console: every track through its channel strip into a sum, with buses beside it.

    Nodes are called after their place: ``track_1_compressor``, ``track_1_to_room``, ``master_limiter``.

    Args:
        num_tracks: ``in`` nodes.
        strip: what every track runs through.
        sends: buses by name, such as ``{"room": ["reverb"]}``: every track reaches each through a ``send`` of its own.
        send: how much of a track reaches a bus: a type of gain.
        parallel: what a copy of the sum runs through, such as a hard compressor, before it joins the dry sum.
        master: what the sum of all runs through.
        config: the node types; by default those that are used, with one inlet and one outlet each.

    Raises:
        GraphError: there is no track, or a type that ``config`` does not know.
    """
    if num_tracks < 1:
        raise GraphError(f"A mixing console needs a track; num_tracks is {num_tracks}.")
    buses = dict(sends or {})
    used = [*strip, *([send] if buses else []), *chain.from_iterable(buses.values()), *parallel, *master]
    graph = GRAFX(config or _config_of(used))
    ends: dict[str, Outlet] = {}
    for track in (f"track_{number}" for number in range(1, num_tracks + 1)):
        ends[track] = _add_chain(graph, strip, track, _add(graph, "in", track))
    final = dry = _add(graph, "mix", "sum", ends.values())
    wet = []
    for bus, steps in buses.items():
        arrivals = [_add(graph, send, f"{track}_to_{bus}", [end]) for track, end in ends.items()]
        wet.append(_add_chain(graph, steps, bus, _add(graph, "mix", bus, arrivals)))
    if parallel:
        wet.append(_add_chain(graph, parallel, "parallel", dry))
    if wet:
        final = _add(graph, "mix", "master", [dry, *wet])
    _add(graph, "out", "out", [_add_chain(graph, master, "master", final)])
    return graph


def multiband_split(
    bands: Mapping[str, Sequence[Step]], *, crossover: Step = "crossover", config: NodeConfigs | None = None
) -> GRAFX:
    """A split into bands, each through processors of its own, and their sum.

    Args:
        bands: what each outlet of the crossover runs through, such as ``{"low": ["compressor"], "high": []}``.
        crossover: a type with one inlet and an outlet for each band.
        config: the node types; by default those that are used, with one inlet and one outlet each, the crossover
            with the bands for outlets.

    Raises:
        GraphError: there is no band, or a type or an outlet that ``config`` does not know.
    """
    if not bands:
        raise GraphError("A multiband split needs a band: give what each outlet of the crossover runs through.")
    split: Ports = {"inlets": ["main"], "outlets": list(bands)}
    used = _config_of(chain.from_iterable(bands.values())).node_type_dict
    graph = GRAFX(config or NodeConfigs({**used, _type_of(crossover): split}))
    splitter, _ = _add(graph, crossover, "crossover", [_add(graph, "in", "in")])
    ends = [_add_chain(graph, steps, band, (splitter, band)) for band, steps in bands.items()]
    _add(graph, "out", "out", [_add(graph, "mix", "sum", ends)])
    return graph


def feed_forward_matrix(
    num_inputs: int, num_outputs: int, *, gain: Step = "stereo_gain", config: NodeConfigs | None = None
) -> GRAFX:
    """Every input reaches every output through a gain of its own: ``gain_2_1`` leads from ``in_2`` to ``out_1``.

    Args:
        num_inputs, num_outputs: ``in`` and ``out`` nodes.
        gain: the type of the gains.
        config: the node types; by default ``gain`` with one inlet and one outlet.

    Raises:
        GraphError: there is no input or no output, or ``config`` does not know the type.
    """
    if num_inputs < 1 or num_outputs < 1:
        raise GraphError(f"A feed-forward matrix needs inputs and outputs, not {num_inputs} times {num_outputs}.")
    graph = GRAFX(config or _config_of([gain]))
    inputs = [_add(graph, "in", f"in_{row}") for row in range(1, num_inputs + 1)]
    for column in range(1, num_outputs + 1):
        gains = [_add(graph, gain, f"gain_{row}_{column}", [end]) for row, end in enumerate(inputs, start=1)]
        _add(graph, "out", f"out_{column}", gains)
    return graph


def _add_chain(graph: GRAFX, steps: Sequence[Step], place: str, after: Outlet) -> Outlet:
    """Nodes one behind the other, called after their place; returns where the signal goes on."""
    seen: list[str] = []
    for step in steps:
        called = (step.get("name") if isinstance(step, Mapping) else None) or _type_of(step)
        seen.append(called)
        number = f"_{seen.count(called)}" if seen.count(called) > 1 else ""
        after = _add(graph, step, f"{place}_{called}{number}", [after])
    return after


def _add(graph: GRAFX, step: Step, name: str, after: Iterable[Outlet] = ()) -> Outlet:
    """A node behind others; returns where the signal goes on."""
    node_id = graph.counter
    arguments: Mapping[str, Any] = {"node_type": step} if isinstance(step, str) else step
    graph.add(**{**arguments, "name": name})
    ports = graph.ports(node_id)
    for source, outlet in after:
        graph.connect(source, node_id, outlet=outlet, inlet=ports["inlets"][0])
    return node_id, next(iter(ports["outlets"]), "")


def _type_of(step: Step) -> str:
    return step if isinstance(step, str) else step["node_type"]


def _config_of(steps: Iterable[Step]) -> NodeConfigs:
    types = dict.fromkeys(map(_type_of, steps), DEFAULT_PORTS)
    return NodeConfigs({name: ports for name, ports in types.items() if name not in UTILITY_TYPES})
