"""Panels for Jupyter: live in a running notebook, still pictures with sound in a saved one."""

from grafx_lab.widgets.convergence import ConvergencePanel
from grafx_lab.widgets.landscape import LandscapePanel
from grafx_lab.widgets.listen import Players, listen

__all__ = ["ConvergencePanel", "LandscapePanel", "Players", "listen"]
