"""Several graphs as one, to be rendered together."""

from collections.abc import Sequence

import networkx as nx

from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.graph import GRAFX
from grafx_lab.graph.tensor import GRAFXTensor, as_graph


def batch_grafx(graphs: Sequence[GRAFX | GRAFXTensor]) -> GRAFX:
    """Several graphs side by side, without wires between them, as one frozen graph.

    Rendering it equals rendering each of them. Rows of parameters and of input signals are those of the first graph,
    then those of the second, and so on; ids become consecutive. A node's attribute ``batch_index`` says to which graph
    it belongs, also after reordering.

    Raises:
        GraphError: there is no graph, one of them is a batch already, or their node types differ.
    """
    if not graphs:
        raise GraphError("A batch needs at least one graph; the list is empty.")
    single = [as_graph(graph) for graph in graphs]
    union = GRAFX(single[0].config, single[0].graph["invalid_op"])
    ends = []
    for number, graph in enumerate(single):
        if graph.batch:
            raise GraphError(f"Graph {number} is a batch already: batch the single graphs together.")
        if graph.config != union.config:
            raise GraphError(f"The node types of graph {number} are not those of graph 0; give them one NodeConfigs.")
        new_ids = {node: new for new, node in enumerate(sorted(graph.nodes), start=len(union))}
        union.add_nodes_from((new, {**graph.nodes[node], "batch_index": number}) for node, new in new_ids.items())
        union.add_edges_from((new_ids[source], new_ids[dest], dict(e)) for source, dest, e in graph.edges(data=True))
        ends.append(len(union))
    union.graph.update(counter=ends, batch=True)
    return nx.freeze(union)
