"""Graphs as text: JSON and GraphML, written and read back equal.

Both hold the same records: the node types with their ports, nodes with all their attributes (raw parameters among
them), wires. The JSON is networkx' node-link form with a ``schema_version``, so other programs read it too. In GraphML
the attributes ``node_type``, ``name``, ``outlet`` and ``inlet`` are for other programs; ``grafx_lab`` holds the record
as JSON, because XML can carry neither nested values nor every character.
"""

import json
import re
from collections.abc import Mapping
from io import BytesIO
from operator import index
from typing import Any
from xml.etree.ElementTree import ParseError

import networkx as nx
import torch
from torch import Tensor

from grafx_lab.graph.configs import UTILITY_TYPES, NodeConfigs
from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.graph import GRAFX

SCHEMA_VERSION = 1

_KIND = "grafx_lab.graph"
_RECORD = "grafx_lab"
_NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")

Document = dict[str, Any]


def graph_to_json(graph: GRAFX) -> str:
    """A graph as JSON in node-link form; :func:`graph_from_json` reads it.

    Raises:
        GraphError: a node or the graph has an attribute that JSON cannot hold.
    """
    return _dumps(_document(graph), indent=1)


def graph_from_json(text: str) -> GRAFX:
    """The graph that :func:`graph_to_json` has written.

    Raises:
        GraphError: the text is no such graph, or its wires fit no ports.
    """
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise GraphError(f"The graph is not JSON ({error}). Give what graph_to_json has written.") from error
    return _graph(document)


def graph_to_graphml(graph: GRAFX) -> str:
    """A graph as GraphML; :func:`graph_from_graphml` reads it.

    Raises:
        GraphError: a node or the graph has an attribute that JSON cannot hold.
    """
    document = _document(graph)
    nodes, edges = document.pop("nodes"), document.pop("edges")
    written = nx.MultiDiGraph()
    written.graph[_RECORD] = _dumps(document)
    for node in nodes:
        shown = {key: _as_xml(node[key]) for key in ("node_type", "name") if node.get(key) is not None}
        written.add_node(node["id"], **shown, **{_RECORD: _dumps(node)})
    for edge in edges:
        shown = {key: _as_xml(edge[key]) for key in ("outlet", "inlet")}
        written.add_edge(edge["source"], edge["target"], **shown, **{_RECORD: _dumps(edge)})
    return "\n".join(nx.generate_graphml(written)) + "\n"


def graph_from_graphml(text: str) -> GRAFX:
    """The graph that :func:`graph_to_graphml` has written.

    Raises:
        GraphError: the text is no such graph, or its wires fit no ports.
    """
    try:
        read = nx.read_graphml(BytesIO(text.encode()), force_multigraph=True)
        document = json.loads(read.graph[_RECORD])
        document["nodes"] = [json.loads(data[_RECORD]) for _, data in read.nodes(data=True)]
        document["edges"] = [json.loads(data[_RECORD]) for *_, data in read.edges(data=True)]
    except (ParseError, nx.NetworkXError, KeyError, TypeError, ValueError) as error:
        raise GraphError(
            f"The graph is no GraphML of grafx_lab ({error}). Give what graph_to_graphml has written."
        ) from error
    return _graph(document)


def _document(graph: GRAFX) -> Document:
    types = graph.config and {name: _ports(ports) for name, ports in graph.config.node_type_dict.items()}
    settings = {key: value for key, value in graph.graph.items() if key != "config"}
    nodes = [{"id": node_id, **_packed(data)} for node_id, data in graph.nodes(data=True)]
    edges = [{"source": source, "target": target, **edge} for source, target, edge in graph.edges(data=True)]
    return {
        "kind": _KIND,
        "schema_version": SCHEMA_VERSION,
        "directed": True,
        "multigraph": True,
        "graph": {"types": types, **_packed(settings)},
        "nodes": nodes,
        "edges": edges,
    }


def _graph(document: Any) -> GRAFX:
    if not isinstance(document, Mapping) or document.get("kind") != _KIND:
        raise GraphError(f'The text holds no graph: it lacks "kind": "{_KIND}".')
    version = document.get("schema_version")
    if version != SCHEMA_VERSION:
        raise GraphError(f"The graph has schema_version {version!r}; this grafx_lab reads {SCHEMA_VERSION}. Update it.")
    try:
        settings = _unpacked(document["graph"])
        types = settings.pop("types")
        own = None if types is None else {name: ports for name, ports in types.items() if name not in UTILITY_TYPES}
        config = None if own is None else NodeConfigs(own)
        graph = GRAFX(config, settings.pop("invalid_op"))
        for node in document["nodes"]:
            attributes = _unpacked(node)
            graph.ports_of_type(attributes["node_type"])
            graph.add_node(attributes.pop("id"), **attributes)
        for edge in document["edges"]:
            source, target = edge["source"], edge["target"]
            graph.require_port(source, edge["outlet"], "outlets")
            graph.require_port(target, edge["inlet"], "inlets")
            graph.add_edge(source, target, outlet=edge["outlet"], inlet=edge["inlet"])
        graph.graph.update(settings, counter=_counter(settings["counter"]))
    except GraphError:
        raise
    except (KeyError, TypeError, AttributeError, RuntimeError, ValueError) as error:
        # PyTorch's errors go on with a stack of their own.
        reason = f"{type(error).__name__} at {str(error).partition(chr(10))[0]}"
        raise GraphError(f"The graph is damaged: {reason}. Give what graph_to_json has written.") from error
    return graph


def _counter(value: Any) -> int | list[int]:
    """The counter of a graph, or those of a batch."""
    return [index(item) for item in value] if isinstance(value, list) else index(value)


def _ports(ports: Mapping[str, Any]) -> dict[str, list[str]]:
    return {side: list(ports[side]) for side in ("inlets", "outlets")}


def _packed(value: Any) -> Any:
    """A value with every tensor in it as plain data."""
    if isinstance(value, Tensor):
        return {
            "dtype": str(value.dtype).removeprefix("torch."),
            "shape": list(value.shape),
            "tensor": value.detach().flatten().tolist(),
        }
    if isinstance(value, Mapping):
        return {key: _packed(item) for key, item in value.items()}
    return [_packed(item) for item in value] if isinstance(value, (list, tuple)) else value


def _unpacked(value: Any) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {"dtype", "shape", "tensor"}:
            return torch.tensor(value["tensor"], dtype=getattr(torch, value["dtype"])).reshape(value["shape"])
        return {key: _unpacked(item) for key, item in value.items()}
    return [_unpacked(item) for item in value] if isinstance(value, list) else value


def _dumps(value: Any, indent: int | None = None) -> str:
    try:
        return json.dumps(value, indent=indent, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise GraphError(f"The graph has an attribute that cannot be written: {error}. Remove it.") from error


def _as_xml(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
