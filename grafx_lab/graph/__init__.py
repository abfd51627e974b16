"""Graphs of processors: building, validating, planning and rendering, in GRAFX's vocabulary."""

from grafx_lab.graph.configs import UTILITY_TYPES, NodeConfigs
from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.graph import GRAFX
from grafx_lab.graph.layers import NodeShape
from grafx_lab.graph.layout import Box, GraphLayout, Route, layout_graph, layout_json
from grafx_lab.graph.plan import RenderData, RenderStep, compute_render_order, prepare_render
from grafx_lab.graph.random_graphs import random_console, random_graph, randomly_pruned, without
from grafx_lab.graph.ready_made import feed_forward_matrix, mixing_console, multiband_split
from grafx_lab.graph.render import NodeSignals, execute, render_grafx
from grafx_lab.graph.validation import open_inlets, validate_output, validate_structure

__all__ = [
    "GRAFX",
    "UTILITY_TYPES",
    "Box",
    "GraphError",
    "GraphLayout",
    "NodeConfigs",
    "NodeShape",
    "NodeSignals",
    "RenderData",
    "RenderStep",
    "Route",
    "compute_render_order",
    "execute",
    "feed_forward_matrix",
    "layout_graph",
    "layout_json",
    "mixing_console",
    "multiband_split",
    "open_inlets",
    "prepare_render",
    "random_console",
    "random_graph",
    "randomly_pruned",
    "render_grafx",
    "validate_output",
    "validate_structure",
    "without",
]
