"""Graphs of processors: building, validating, planning and rendering, in GRAFX's vocabulary."""

from grafx_lab.graph.batch import batch_grafx
from grafx_lab.graph.configs import UTILITY_TYPES, NodeConfigs
from grafx_lab.graph.dot import graph_to_dot
from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.execute import SAMPLES_PER_CALL, Group, execute
from grafx_lab.graph.graph import GRAFX
from grafx_lab.graph.graph_from_group import GroupGraph
from grafx_lab.graph.group import ProcessorGroup
from grafx_lab.graph.group_from_graph import group_inputs
from grafx_lab.graph.interchange import graph_from_graphml, graph_from_json, graph_to_graphml, graph_to_json
from grafx_lab.graph.latency import latencies_of
from grafx_lab.graph.layers import NodeShape
from grafx_lab.graph.layout import Box, GraphLayout, Route, layout_graph, layout_json
from grafx_lab.graph.node_parameters import (
    count_nodes_per_type,
    create_empty_parameters,
    get_node_ids_from_type,
    parameters_by_node,
    parameters_by_type,
)
from grafx_lab.graph.partial import downstream, unchanged
from grafx_lab.graph.plan import RenderData, RenderStep, Wire, prepare_render
from grafx_lab.graph.random_graphs import random_console, random_graph, randomly_pruned, without
from grafx_lab.graph.ready_made import feed_forward_matrix, mixing_console, multiband_split
from grafx_lab.graph.render import NodeSignals, render_grafx
from grafx_lab.graph.schedule import RenderMethod, compute_render_order, reorder_for_fast_render
from grafx_lab.graph.signals import Rendered, Signals, aux_of_nodes
from grafx_lab.graph.tensor import GRAFXTensor, convert_to_tensor
from grafx_lab.graph.validation import open_inlets, validate_output, validate_processors, validate_structure

__all__ = [
    "GRAFX",
    "SAMPLES_PER_CALL",
    "UTILITY_TYPES",
    "Box",
    "GRAFXTensor",
    "GraphError",
    "GraphLayout",
    "Group",
    "GroupGraph",
    "NodeConfigs",
    "NodeShape",
    "NodeSignals",
    "ProcessorGroup",
    "RenderData",
    "RenderMethod",
    "RenderStep",
    "Rendered",
    "Route",
    "Signals",
    "Wire",
    "aux_of_nodes",
    "batch_grafx",
    "compute_render_order",
    "convert_to_tensor",
    "count_nodes_per_type",
    "create_empty_parameters",
    "downstream",
    "execute",
    "feed_forward_matrix",
    "get_node_ids_from_type",
    "graph_from_graphml",
    "graph_from_json",
    "graph_to_dot",
    "graph_to_graphml",
    "graph_to_json",
    "group_inputs",
    "latencies_of",
    "layout_graph",
    "layout_json",
    "mixing_console",
    "multiband_split",
    "open_inlets",
    "parameters_by_node",
    "parameters_by_type",
    "prepare_render",
    "random_console",
    "random_graph",
    "randomly_pruned",
    "render_grafx",
    "reorder_for_fast_render",
    "unchanged",
    "validate_output",
    "validate_processors",
    "validate_structure",
    "without",
]
