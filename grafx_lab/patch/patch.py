"""Patch: a graph, its processors, the raw parameters of every node and a sample rate.

What a person draws, hears, fits, saves and shares. A patch is a value: editing gives a new one.
"""

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from torch import Tensor

from grafx_lab.atomic_file import write_text
from grafx_lab.graph import (
    GRAFX,
    UTILITY_TYPES,
    RenderData,
    Signals,
    latencies_of,
    prepare_render,
    unchanged,
    validate_structure,
)
from grafx_lab.parameters import ParameterSpec, Tree
from grafx_lab.patch import document
from grafx_lab.patch.building import adopted, built, checked_raw, serial
from grafx_lab.patch.controls import read_control, read_controls, set_controls
from grafx_lab.patch.errors import PatchError
from grafx_lab.patch.expression import parse_expression
from grafx_lab.patch.node_types import NodeKind
from grafx_lab.patch.rendering import Rendering, check_renderable, heard, render_signals
from grafx_lab.patch.script import to_python
from grafx_lab.paths import ControlPath, ControlPathError, suggestion
from grafx_lab.processors.base import Processor


class Patch:
    """A graph with everything that is needed to hear it.

    Args:
        graph: nodes and wires. A node's type is a key of ``processors`` or a registered processor's name; names are
            given where they are missing.
        processors: for each type a processor, its description or its registered name.
        raw: for each node (by name) its raw parameters, ``(1, *shape)`` each; missing ones are the node's
            ``parameters`` in the graph, or neutral.
        sample_rate: in Hz; processors are built with it and audio is resampled to it.
        title: for people.
        positions: where an editor draws the nodes, by name.
        frozen: nodes and controls that a fit leaves alone, such as ``{"tone", "comp.log_ratio"}``.
        bypassed: nodes that pass their input through.

    Raises:
        GraphError: a cycle, a port that does not exist, or an unknown type.
        PatchError: names, parameters or settings that do not fit.
    """

    def __init__(
        self,
        graph: GRAFX,
        processors: Mapping[str, NodeKind] | None = None,
        raw: Mapping[str, Tree] | None = None,
        *,
        sample_rate: float = 44100,
        title: str = "Untitled patch",
        positions: Mapping[str, tuple[float, float]] | None = None,
        frozen: Iterable[str] = (),
        bypassed: Iterable[str] = (),
    ) -> None:
        if not 0 < sample_rate < math.inf:
            raise PatchError(f"The patch's sample rate is {sample_rate}; give it in Hz, such as 44100.")
        self.sample_rate = int(sample_rate)
        self.title = title
        types = {data["node_type"] for _, data in graph.nodes(data=True)} - set(UTILITY_TYPES)
        kinds: dict[str, NodeKind] = {name: name for name in types} | dict(processors or {})
        self.processors = {name: built(kinds[name], self.sample_rate) for name in sorted(types)}
        self.graph = adopted(graph, self.processors)
        self.ids = {data["name"]: node_id for node_id, data in self.graph.nodes(data=True)}
        given = dict(raw or {})
        for name in given:
            self.node_id(name)
        self.raw = {}
        for name, node_id in self.ids.items():
            if processor := self.processor(name):
                own = self.graph.nodes[node_id]["parameters"]
                self.raw[name] = checked_raw(name, processor, given.get(name, own))
        self.positions = {name: position for name, position in (positions or {}).items() if name in self.ids}
        known = {path for path in frozen if path.split(".")[0] in self.ids}
        self.frozen = frozenset(path if path in self.ids else str(self.spec(path)[0]) for path in known)
        self.bypassed = frozenset(name for name in bypassed if name in self.raw)
        validate_structure(self.graph)

    @classmethod
    def chain(
        cls,
        processors: Sequence[NodeKind] | Mapping[str, NodeKind],
        sample_rate: float = 44100,
        title: str = "Untitled patch",
    ) -> "Patch":
        """A patch of processors one behind the other, between ``in`` and ``out``.

        Processors that give only a wet signal are wrapped in ``DryWet``.

        Args:
            processors: registered names, classes, instances or descriptions; or a mapping from the nodes' names to
                such. Nodes without a name are called after their type, numbered when repeated.
            sample_rate: in Hz.
            title: for people.
        """
        if isinstance(processors, str):
            raise PatchError(f"Patch.chain takes a list of processors; write [{processors!r}].")
        graph, kinds = serial(processors)
        return cls(graph, kinds, sample_rate=sample_rate, title=title)

    @classmethod
    def from_expression(cls, text: str, sample_rate: float = 44100, title: str = "Untitled patch") -> "Patch":
        """A patch from one line, such as ``"parametric_equalizer >> (compressor | dry) >> stereo_gain"``.

        ``>>`` leads on, ``|`` puts branches side by side, ``dry`` is the signal as it is; arguments of constructors
        are literals, ``name=`` names the node. The whole language is in :mod:`grafx_lab.patch.expression`.

        Raises:
            PatchError: the text is not such an expression; the sentence says where.
        """
        graph, kinds = parse_expression(text, sample_rate)
        return cls(graph, kinds, sample_rate=sample_rate, title=title)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all nodes."""
        return tuple(self.ids)

    @property
    def in_names(self) -> list[str]:
        """The names of the ``in`` nodes: where sources are fed."""
        return [name for name in self.names if self.node_type(name) == "in"]

    def node_id(self, name: str) -> int:
        """The id of a node in the graph.

        Raises:
            PatchError: there is no node of that name.
        """
        if name not in self.ids:
            raise PatchError(f"The patch has no node '{name}'.{suggestion(name, self.ids)}")
        return self.ids[name]

    def node_type(self, name: str) -> str:
        """The type of a node."""
        return self.graph.nodes[self.node_id(name)]["node_type"]

    def processor(self, name: str) -> Processor | None:
        """The processor of a node; ``None`` for ``in``, ``out`` and ``mix``."""
        return self.processors.get(self.node_type(name))

    def specs(self, name: str) -> dict[str, ParameterSpec]:
        """The specs of a node's parameters, with dotted names below containers."""
        processor = self.processor(name)
        return processor.flat_specs if processor else {}

    def spec(self, path: str | ControlPath) -> tuple[ControlPath, ParameterSpec]:
        """The parsed path (its index complete) and the spec of a control.

        Raises:
            ControlPathError: there is no such control; the nearest names are suggested.
        """
        path = ControlPath.parse(path) if isinstance(path, str) else path
        if path.node not in self.ids:
            raise ControlPathError(f"The patch has no node '{path.node}'.{suggestion(path.node, self.ids)}")
        specs = self.specs(path.node)
        if path.parameter not in specs:
            hint = suggestion(path.parameter, specs) or f" It has: {', '.join(specs) or 'none'}."
            raise ControlPathError(f"'{path.node}' has no parameter '{path.parameter}'.{hint}")
        spec = specs[path.parameter]
        return ControlPath(path.node, path.parameter, path.full_index(spec.shape)), spec

    def controls(self) -> dict[str, dict[str, Any]]:
        """Every node's controls in their units: a number for one entry, a tensor ``(*shape)`` for several."""
        return {name: read_controls(raw, self.specs(name)) for name, raw in self.raw.items()}

    def control(self, path: str | ControlPath) -> float:
        """One control in its unit; for several entries their mean along the slider."""
        path, spec = self.spec(path)
        return read_control(self.raw[path.node], path, spec)

    def with_controls(self, controls: Mapping[str, Any]) -> "Patch":
        """A patch with these controls, in their units: ``{"tone.log_gain[2]": 3.0}``. A number sets every entry.

        Raises:
            ControlPathError: there is no such control.
            PatchError: a value that its mapping cannot reach.
        """
        return self.replace(raw=set_controls(self, controls))

    def with_raw(self, raw: Mapping[str, Tree]) -> "Patch":
        """A patch with these raw parameters; nodes that are not named keep theirs."""
        return self.replace(raw={**self.raw, **raw})

    def replace(self, **changes: Any) -> "Patch":
        """A patch with other settings: the arguments of :class:`Patch`."""
        kept = ("graph", "processors", "raw", "sample_rate", "title", "positions", "frozen", "bypassed")
        return type(self)(**({key: getattr(self, key) for key in kept} | changes))

    def is_frozen(self, path: str | ControlPath) -> bool:
        """Whether a fit leaves this control alone."""
        path, _ = self.spec(path)
        whole = f"{path.node}.{path.parameter}"
        return bool({path.node, whole, str(path)} & self.frozen)

    def validate(self) -> None:
        """Raise :class:`GraphError` for whatever keeps the patch from being rendered."""
        check_renderable(self)

    @cached_property
    def plan(self) -> RenderData:
        """The planned rendering.

        Raises:
            GraphError: the patch cannot be rendered.
        """
        self.validate()
        return prepare_render(self.graph, latencies=latencies_of(self.processors))

    def render(self, source: Any = None, *, length: int | None = None, tail: float = 0.0) -> Any:
        """Hear the patch.

        Args:
            source: an ``Audio`` or a tensor ``(channel, time)`` or ``(batch, channel, time)`` for all ``in`` nodes,
                or a mapping from their names to such. A patch of generators sounds as long as it, or takes ``None``.
            length: samples to render where there is no ``in`` node.
            tail: seconds of silence behind the source, to hear reverb and echoes out.

        Returns:
            ``Audio`` at the patch's rate for ``Audio`` and for ``None``, otherwise a tensor of the source's rank.
        """
        return heard(self, source, length=length, tail=tail)

    def render_signals(
        self,
        inputs: Mapping[str, Tensor],
        raw: Mapping[str, Tree] | None = None,
        *,
        length: int | None = None,
        known: Signals | None = None,
        changed: Iterable[str] = (),
        checkpoint: bool = False,
    ) -> Rendering:
        """Render tensors ``(batch, channel, time)``, with gradients. Latency is compensated and trimmed.

        Args:
            inputs: the signal of every ``in`` node by name.
            raw: raw parameters of every node, ``(batch or 1, *shape)`` each; the patch's own by default.
            length: samples to render where there is no ``in`` node.
            known: signals of an earlier render of the same graph and inputs, which are not rendered again.
            changed: names of the nodes whose parameters are others than in that render: they, and all that hear them,
                are rendered.
            checkpoint: keep only the signals between the nodes for the gradient; see :func:`render_grafx`.
        """
        if known is not None:
            known = unchanged(self.graph, known, map(self.node_id, changed))
        raw = self.raw if raw is None else raw
        return render_signals(self, inputs, raw, length=length, known=known, checkpoint=checkpoint)

    def to_json(self) -> str:
        """The patch as a JSON document (see :mod:`grafx_lab.patch.document`)."""
        return document.dump(self)

    @classmethod
    def from_json(cls, text: str) -> "Patch":
        """The patch of a JSON document.

        Raises:
            PatchError: the document is not a patch.
            GraphError: its graph has a cycle or a wrong port.
            UnknownProcessorError: it names a class that is not registered.
        """
        return cls(**document.parse(text))

    def save(self, path: str | os.PathLike) -> None:
        """Write the JSON document to a file; an existing file is replaced as a whole or not at all."""
        write_text(path, self.to_json())

    @classmethod
    def load(cls, path: str | os.PathLike) -> "Patch":
        """Read a file that :meth:`save` has written.

        Raises:
            PatchError: there is no such file, or it is not a patch.
        """
        return cls.from_json(document.read(path))

    def to_python(self) -> str:
        """A Python script that rebuilds the patch."""
        return to_python(self)

    def __repr__(self) -> str:
        return f"Patch({self.title!r}, {' '.join(self.names)}, {self.sample_rate} Hz)"
