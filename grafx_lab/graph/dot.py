"""Graphs in Graphviz' language DOT: records with a field for every port."""

import re
from collections.abc import Sequence

from grafx_lab.graph.graph import GRAFX

_SPECIAL_IN_RECORDS = re.compile(r"([\\{}|<> ])")


def graph_to_dot(graph: GRAFX, *, vertical: bool = False) -> str:
    """A graph as DOT: ``dot -Tsvg graph.dot`` draws it.

    Args:
        graph: what is written.
        vertical: from top to bottom instead of from left to right.
    """
    # Graphviz turns records together with the direction: ports stay at the sides where wires come and go.
    lines = [
        "digraph GRAFX {",
        f"  rankdir={'TB' if vertical else 'LR'};",
        '  node [shape=Mrecord, fontname="Helvetica", fontsize=10];',
        *(f"  {node_id} [label={_quoted(_record(graph, node_id))}];" for node_id in graph.nodes),
        *_wires(graph, ("s", "n") if vertical else ("e", "w")),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _record(graph: GRAFX, node_id: int) -> str:
    """Inlets, name and type, outlets; a single port called ``main`` goes without saying."""
    data, ports = graph.nodes[node_id], graph.ports(node_id)
    name, node_type = str(graph.display(node_id)), data["node_type"]
    text = r"\n".join(_escaped(line) for line in dict.fromkeys([name, node_type]))
    fields = [_fields("i", ports["inlets"]), text, _fields("o", ports["outlets"])]
    return "{" + "|".join(filter(None, fields)) + "}"


def _fields(side: str, ports: Sequence[str]) -> str:
    single = list(ports) == ["main"]
    fields = [f"<{side}{number}>{'' if single else ' ' + _escaped(port)}" for number, port in enumerate(ports)]
    return "{" + "|".join(fields) + "}" if fields else ""


def _wires(graph: GRAFX, sides: tuple[str, str]) -> list[str]:
    lines = []
    for source, dest, edge in graph.edges(data=True):
        outlet = list(graph.ports(source)["outlets"]).index(edge["outlet"])
        inlet = list(graph.ports(dest)["inlets"]).index(edge["inlet"])
        lines.append(f"  {source}:o{outlet}:{sides[0]} -> {dest}:i{inlet}:{sides[1]};")
    return lines


def _escaped(text: str) -> str:
    """A text inside a record, on one line."""
    return _SPECIAL_IN_RECORDS.sub(r"\\\1", " ".join(text.split()))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'
