"""Plots: results in, Matplotlib Axes out. Nothing is computed here but where ink goes."""

from grafx_lab.plots.animation import NO_FILM, Animation, AnimationError, animate_fit, animate_sweep, film_program
from grafx_lab.plots.convergence import convergence_frames
from grafx_lab.plots.fit import plot_controls, plot_losses
from grafx_lab.plots.graph import draw_grafx
from grafx_lab.plots.landscape import plot_landscape, plot_landscapes
from grafx_lab.plots.picture import plot_picture
from grafx_lab.plots.response import plot_decay, plot_impulse, plot_response, plot_static_curve
from grafx_lab.plots.sliders import plot_sliders
from grafx_lab.plots.spectrogram import plot_spectrogram, plot_spectrograms
from grafx_lab.plots.theme import DARK, LIGHT, Palette, mosaic, themed
from grafx_lab.plots.waveform import plot_residual, plot_waveforms

__all__ = [
    "DARK",
    "LIGHT",
    "NO_FILM",
    "Animation",
    "AnimationError",
    "Palette",
    "animate_fit",
    "animate_sweep",
    "convergence_frames",
    "draw_grafx",
    "film_program",
    "mosaic",
    "plot_controls",
    "plot_decay",
    "plot_impulse",
    "plot_landscape",
    "plot_landscapes",
    "plot_losses",
    "plot_picture",
    "plot_residual",
    "plot_response",
    "plot_sliders",
    "plot_spectrogram",
    "plot_spectrograms",
    "plot_static_curve",
    "plot_waveforms",
    "themed",
]
