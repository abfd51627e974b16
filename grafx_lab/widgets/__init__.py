"""Panels for Jupyter: live in a running notebook, still pictures with sound in a saved one."""

from grafx_lab.widgets.convergence import ConvergencePanel
from grafx_lab.widgets.explore import Explorer, explore
from grafx_lab.widgets.graph import GraphPanel
from grafx_lab.widgets.landscape import LandscapePanel
from grafx_lab.widgets.listen import Players, listen
from grafx_lab.widgets.panel import Panel
from grafx_lab.widgets.parameters import ParameterPanel
from grafx_lab.widgets.player import ABPlayer
from grafx_lab.widgets.response import ResponsePanel

__all__ = [
    "ABPlayer",
    "ConvergencePanel",
    "Explorer",
    "GraphPanel",
    "LandscapePanel",
    "Panel",
    "ParameterPanel",
    "Players",
    "ResponsePanel",
    "explore",
    "listen",
]
