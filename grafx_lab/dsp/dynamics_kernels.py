"""Compiled loops of dynamic range processors with their adjoints: one pass over a signal where tensors take several."""

import math
from typing import Any

import numpy as np

from grafx_lab.dsp.kernels import compiled, compiled_in_any_order

HARD, QUADRATIC, EXPONENTIAL = range(3)
"""Knees by number."""

BLOCK = 2048
"""Samples that stay in the cache while loops go over them."""


@compiled
def follow_energy(x: Any, rise: Any, fall: Any, y: Any) -> None:
    """Mean energy over channels, smoothed from silence: with ``rise`` upwards and ``fall`` downwards.

    x: (rows, channels, time); rise, fall: (rows,); y: (rows, time) is written. The state is float64.
    """
    rows, channels, length = x.shape
    share = 1 / channels
    for row in range(rows):
        up, down, state = rise[row], fall[row], 0.0
        for n in range(length):
            energy = 0.0
            for channel in range(channels):
                energy += x[row, channel, n] * x[row, channel, n]
            energy *= share
            # Both outcomes are ready before the choice: the state waits for one multiplication only.
            risen, fallen = up * energy + (1 - up) * state, down * energy + (1 - down) * state
            state = risen if energy > state else fallen
            y[row, n] = state


@compiled
def follow_energy_adjoint(grad: Any, x: Any, rise: Any, fall: Any, y: Any, grad_x: Any, grad_rates: Any) -> None:
    """Gradients of :func:`follow_energy`: grad_x (rows, channels, time) and grad_rates (rows, 2) are written.

    Only the recursion goes sample by sample; what a block needs before and after it are vectors.
    """
    rows, channels, length = x.shape
    share = 1 / channels
    steps, rates, flow = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    for row in range(rows):
        up, down, adjoint, grad_up, grad_down = rise[row], fall[row], 0.0, 0.0, 0.0
        for block in range((length - 1) // BLOCK, -1, -1):
            start, stop = block * BLOCK, min((block + 1) * BLOCK, length)
            state, received = y[row, start:stop], grad[row, start:stop]
            steps[0] = -y[row, start - 1] if start > 0 else 0.0
            for n in range(1, len(state)):
                steps[n] = -state[n - 1]
            for channel in range(channels):
                signal = x[row, channel, start:stop]
                for n in range(len(signal)):
                    steps[n] += share * (signal[n] * signal[n])
            for n in range(len(state)):
                rates[n] = up if steps[n] > 0 else down
            for n in range(len(received) - 1, -1, -1):
                through = adjoint + received[n]
                grad_up += through * (steps[n] if steps[n] > 0 else 0.0)
                grad_down += through * (0.0 if steps[n] > 0 else steps[n])
                flow[n] = 2 * share * rates[n] * through
                # A product and a sum that are fused: the sample before waits for one instruction.
                adjoint = (1 - rates[n]) * received[n] + (1 - rates[n]) * adjoint
            for channel in range(channels):
                signal, grad_signal = x[row, channel, start:stop], grad_x[row, channel, start:stop]
                for n in range(len(signal)):
                    grad_signal[n] = flow[n] * signal[n]
        grad_rates[row, 0], grad_rates[row, 1] = grad_up, grad_down


@compiled
def bent_gain(level: Any, threshold: Any, slope: Any, knee: Any, side: Any, shape: Any, gain: Any) -> None:
    """``slope`` times the bent overshoot of ``side * (level - threshold)``.

    level: (rows, time); threshold, slope, knee: (rows,); side: 1 above the threshold, -1 below it; shape: a knee by
    number. Written is gain, (rows, time).
    """
    curve = np.empty((3, BLOCK))
    for row in range(level.shape[0]):
        factor = slope[row]
        for start in range(0, level.shape[1], BLOCK):
            gains = gain[row, start : start + BLOCK]
            _bend(level[row, start : start + BLOCK], threshold[row], knee[row], side, shape, curve)
            for n in range(len(gains)):
                gains[n] = factor * curve[0, n]


@compiled_in_any_order
def bent_gain_adjoint(
    grad: Any, level: Any, threshold: Any, slope: Any, knee: Any, side: Any, shape: Any, grad_level: Any, sums: Any
) -> None:
    """Gradients of :func:`bent_gain`: grad_level (rows, time), and sums (rows, 3) for threshold, slope and knee."""
    curve = np.empty((3, BLOCK))
    bent, by_excess, by_width = curve[0], curve[1], curve[2]
    for row in range(level.shape[0]):
        factor, by_threshold, by_slope, by_knee = slope[row], 0.0, 0.0, 0.0
        for start in range(0, level.shape[1], BLOCK):
            flow, by_level = grad[row, start : start + BLOCK], grad_level[row, start : start + BLOCK]
            _bend(level[row, start : start + BLOCK], threshold[row], knee[row], side, shape, curve)
            for n in range(len(flow)):
                through = side * (flow[n] * factor) * by_excess[n]
                by_level[n] = through
                by_threshold -= through
                by_slope += flow[n] * bent[n]
                by_knee += flow[n] * factor * by_width[n]
        sums[row, 0], sums[row, 1], sums[row, 2] = by_threshold, by_slope, by_knee


@compiled_in_any_order
def _bend(level: Any, threshold: Any, knee: Any, side: Any, shape: Any, curve: Any) -> None:
    """Overshoot and its derivatives by excess and knee; see :func:`grafx_lab.dsp.dynamics.overshoot`.

    level: (time,); curve: (3, time or more) is written. Without branches, so that the loops become vectors.
    """
    bent, by_excess, by_width = curve[0], curve[1], curve[2]
    if shape == EXPONENTIAL:
        for n in range(len(level)):
            excess = side * (level[n] - threshold)
            decayed = math.exp(-abs(knee * excess))
            bent[n] = (max(knee * excess, 0.0) + math.log1p(decayed)) / knee
            by_excess[n] = (1.0 if knee * excess > 0 else decayed) / (1 + decayed)
            by_width[n] = (excess * by_excess[n] - bent[n]) / knee
        return
    half = knee / 2 if shape == QUADRATIC else 1e-30
    share = 1 / (2 * half)
    for n in range(len(level)):
        excess = side * (level[n] - threshold)
        inside = excess + half
        inside = 0.0 if inside < 0 else inside
        inside = 2 * half if inside > 2 * half else inside
        slope = inside * share
        beyond = excess - half
        bent[n] = slope * slope * half + (beyond if beyond > 0 else 0.0)
        by_excess[n] = slope
        by_width[n] = (slope - slope * slope) / 2


@compiled
def amplify_adjoint(grad: Any, x: Any, gain: Any, grad_x: Any, grad_gain: Any) -> None:
    """Gradients of signals (rows, channels, time) times gains (rows, time), whose lengths count: both are written."""
    rows, channels, length = grad_x.shape
    for row in range(rows):
        grad_gain[row, :] = 0.0
        for channel in range(channels):
            for n in range(length):
                grad_x[row, channel, n] = grad[row, channel, n] * gain[row, n]
                grad_gain[row, n] += grad[row, channel, n] * x[row, channel, n]
