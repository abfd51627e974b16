"""Landscapes: the objective sampled along controls, coarse first, and its slope at a point."""

from grafx_lab.landscapes.axis import Axis, LandscapeError
from grafx_lab.landscapes.probe import Probe, probe
from grafx_lab.landscapes.surface import Landscape, Minimum
from grafx_lab.landscapes.sweep import landscape, sweep
from grafx_lab.landscapes.trajectory import trajectory

__all__ = ["Axis", "Landscape", "LandscapeError", "Minimum", "Probe", "landscape", "probe", "sweep", "trajectory"]
