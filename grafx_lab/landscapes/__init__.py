"""Landscapes: the objective sampled along parameters, coarse first, and what can be read off it."""

from grafx_lab.landscapes.axis import Axis
from grafx_lab.landscapes.basins import Basins, basins, minima
from grafx_lab.landscapes.direction import Direction, principal_directions, random_directions
from grafx_lab.landscapes.field import GradientField, gradient_field
from grafx_lab.landscapes.plane import AnyAxis, Plane
from grafx_lab.landscapes.probe import Probe, probe
from grafx_lab.landscapes.sampler import Sampler
from grafx_lab.landscapes.span import LandscapeError
from grafx_lab.landscapes.surface import Landscape, Minimum
from grafx_lab.landscapes.sweep import landscape, sweep, sweep_losses
from grafx_lab.landscapes.trajectory import Trajectory, trajectory

__all__ = [
    "AnyAxis",
    "Axis",
    "Basins",
    "Direction",
    "GradientField",
    "Landscape",
    "LandscapeError",
    "Minimum",
    "Plane",
    "Probe",
    "Sampler",
    "Trajectory",
    "basins",
    "gradient_field",
    "landscape",
    "minima",
    "principal_directions",
    "probe",
    "random_directions",
    "sweep",
    "sweep_losses",
    "trajectory",
]
