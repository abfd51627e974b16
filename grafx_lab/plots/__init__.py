"""Plots: results in, Matplotlib Axes out. Nothing is computed here but where ink goes."""

from grafx_lab.plots.fit import plot_controls, plot_losses
from grafx_lab.plots.graph import draw_grafx
from grafx_lab.plots.landscape import plot_landscape
from grafx_lab.plots.picture import plot_picture
from grafx_lab.plots.sliders import plot_sliders
from grafx_lab.plots.theme import DARK, LIGHT, Palette, mosaic, themed
from grafx_lab.plots.waveform import plot_waveforms

__all__ = [
    "DARK",
    "LIGHT",
    "Palette",
    "draw_grafx",
    "mosaic",
    "plot_controls",
    "plot_landscape",
    "plot_losses",
    "plot_picture",
    "plot_sliders",
    "plot_waveforms",
    "themed",
]
