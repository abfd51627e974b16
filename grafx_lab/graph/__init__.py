"""Graphs of processors: building, validating, planning and rendering, in GRAFX's vocabulary."""

from grafx_lab.graph.configs import UTILITY_TYPES, NodeConfigs
from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.graph import GRAFX
from grafx_lab.graph.graph_from_group import GroupGraph
from grafx_lab.graph.group import ProcessorGroup
from grafx_lab.graph.group_from_graph import group_inputs
from grafx_lab.graph.plan import RenderData, RenderStep, compute_render_order, prepare_render
from grafx_lab.graph.render import NodeSignals, execute, render_grafx
from grafx_lab.graph.validation import open_inlets, validate_output, validate_structure

__all__ = [
    "GRAFX",
    "UTILITY_TYPES",
    "GraphError",
    "GroupGraph",
    "NodeConfigs",
    "NodeSignals",
    "ProcessorGroup",
    "RenderData",
    "RenderStep",
    "compute_render_order",
    "execute",
    "group_inputs",
    "open_inlets",
    "prepare_render",
    "render_grafx",
    "validate_output",
    "validate_structure",
]
