"""ProcessorGroup: processors strung together by names, with the vocabulary of DDSP."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from torch import Tensor, nn

from grafx_lab.graph.dag import DagNode, Entry, read, read_dag
from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.graph import GRAFX
from grafx_lab.graph.graph_from_group import GroupGraph, graph_of_nodes
from grafx_lab.graph.group_from_graph import dag_of_graph
from grafx_lab.parameters import Tree, flatten, unflatten
from grafx_lab.processors.base import Processor, ProcessorError
from grafx_lab.processors.output import split_output


class ProcessorGroup(nn.Module):
    """Processors evaluated one after the other, each reading what the ones before it and the caller provide.

    After DDSP 3.7 (J. Engel et al., "DDSP: Differentiable digital signal processing", ICLR 2020). Its DAG is a list of
    nodes in the order of evaluation::

        [(Harmonic(), ["amps", "harmonic_distribution", "f0_hz"]),
         (FilteredNoise(), ["magnitudes"]),
         (Add(), ["harmonic/signal", "filtered_noise/signal"]),
         (TrainableReverb(), ["add/signal"])]

    The keys of a node are in the order in which its processor takes them: a signal for each of ``inlets``, then raw
    parameters in the order of ``specs``. A key finds an input of the group, in nested dicts behind ``/``
    (``"encoder/amps"``; ``"inputs/amps"`` where a node is called ``amps``), or what a node before it gave:
    ``name/signal``, ``name/controls/parameter``, and ``name/outlet`` where there are several outlets.

    Raw parameters without a key are the group's own: they begin neutral, and an optimiser finds them in
    ``parameters()``, like the variables of a trainable reverb in DDSP. The attribute ``own`` has them by name, such as
    ``"trainable_reverb/ir"``.

    A node is called by the ``name`` of its processor, or after its class (see
    :func:`~grafx_lab.graph.dag.read_dag`). Other ways to write a node: ``(name, processor, keys)``,
    ``(name, keys)`` with the processor as an argument of that name, keys by inlet and parameter
    (``{"signal": "add/signal", "ir": "response"}``), a further list that names several outlets, and a dict with
    ``processor``, ``inputs`` and optionally ``name`` and ``outputs``. Other than in DDSP, two nodes of one name are
    refused or, where neither was named, numbered.

    Args:
        dag: the nodes.
        named: processors that the DAG calls by name.

    Raises:
        GraphError: the DAG cannot be read, or a node's keys do not fit its processor.
    """

    def __init__(self, dag: Iterable[Entry], **named: Processor) -> None:
        super().__init__()
        self.nodes: tuple[DagNode, ...] = read_dag(dag, named)
        self.own = nn.ParameterDict(_own_parameters(self.nodes))
        self._modules_of_nodes = nn.ModuleList(node.processor for node in self.nodes)

    @property
    def processors(self) -> dict[str, Processor]:
        """The processor of each node by the node's name."""
        return {node.name: node.processor for node in self.nodes}

    @staticmethod
    def from_gin(config: str | Path, *, skip_unknown: bool | Sequence[str] = False) -> "ProcessorGroup":
        """The group that a gin text or file describes; see :func:`grafx_lab.graph.gin_config.group_from_gin`.

        A gin configuration runs code: take it only from where you would take a script.
        """
        from grafx_lab.graph.gin_config import group_from_gin

        return group_from_gin(config, skip_unknown=skip_unknown)

    @classmethod
    def from_grafx(cls, graph: GRAFX, processors: Mapping[str, Processor]) -> Self:
        """The group that computes what a graph sends to its ``out`` node.

        Its inputs are those that :func:`~grafx_lab.graph.group_inputs` makes: a signal for each ``in``
        node by its name, and ``parameters/node/parameter``. Wires that meet become ``Add`` nodes.

        Args:
            graph: with one ``out`` node; nodes that do not reach it are left out.
            processors: for each type of node.

        Raises:
            GraphError: the graph cannot be rendered, or says what a group cannot: an open inlet, several outputs.
        """
        return cls(dag_of_graph(graph, processors))

    def to_grafx(self, inputs: Tree, length: int | None = None) -> GroupGraph:
        """The group as a graph, with what :func:`~grafx_lab.graph.render_grafx` renders it from.

        Keys of inputs become ``in`` nodes or raw parameters, keys of nodes become wires. Nodes that share a processor
        share a type.

        Args:
            inputs: of the group, in batches of one: a graph holds one item.
            length: samples to render where no input is a signal; by default what the synthesizers agree on.

        Raises:
            GraphError: a key that no wire can carry, such as ``harmonic/controls/f0_hz``.
        """
        return graph_of_nodes(self.nodes, dict(self.own.items()), inputs, length)

    def get_controls(self, inputs: Tree, length: int | None = None) -> dict[str, Any]:
        """Evaluate all nodes and return everything: inputs and, by node, ``signal``, ``controls`` and ``aux``.

        Args:
            inputs: tensors by key; keys may be nested. Signals are ``(batch, channel, time)``.
            length: samples for the synthesizers; each one's ``n_samples`` by default.

        Returns:
            a nested dict; ``["out"]`` is that of the last node.

        Raises:
            GraphError: a key that finds nothing, or tensors that do not fit a processor.
        """
        outputs: dict[str, Any] = {"inputs": inputs, **inputs}
        for node in self.nodes:
            outputs[node.name] = self._outputs_of(node, outputs, length)
        outputs["out"] = outputs[self.nodes[-1].name]
        return outputs

    def get_signal(self, controls: Tree, length: int | None = None) -> Tensor:
        """The group's signal, from what :meth:`get_controls` returned or, as in DDSP 0, from inputs."""
        return (controls if "out" in controls else self.get_controls(controls, length))["out"]["signal"]

    def forward(self, inputs: Tree, *, length: int | None = None, return_outputs_dict: bool = False) -> Any:
        """The signal of the last node, ``(batch, channel, time)``.

        Args:
            inputs: as :meth:`get_controls` takes them.
            length: samples for the synthesizers.
            return_outputs_dict: return ``{"signal": …, "controls": …}`` instead, with what :meth:`get_controls`
                returns.
        """
        controls = self.get_controls(inputs, length)
        signal = self.get_signal(controls)
        return {"signal": signal, "controls": controls} if return_outputs_dict else signal

    def _outputs_of(self, node: DagNode, outputs: Tree, length: int | None) -> dict[str, Any]:
        names = list(self.processors)
        signals = [read(key, node.name, outputs, names) for key in node.signals.values()]
        raw = {name: read(key, node.name, outputs, names) for name, key in node.raw.items()}
        own = {name: self.own[key] for name, key in node.own.items()}
        try:
            result = node.processor(*signals, length=length, return_outputs_dict=True, **unflatten(raw | own))
        except ProcessorError as error:
            raise GraphError(f"Node '{node.name}': {error}", [node.name]) from error
        output = split_output(result["signal"])
        named = dict(zip(node.outlets, output.signals, strict=True))
        return {"signal": output.signals[0], **named, "controls": result["controls"], "aux": output.aux}


def _own_parameters(nodes: Iterable[DagNode]) -> dict[str, nn.Parameter]:
    neutral = {node.name: flatten(node.processor.neutral()) for node in nodes if node.own}
    return {key: nn.Parameter(neutral[node.name][name]) for node in nodes for name, key in node.own.items()}
