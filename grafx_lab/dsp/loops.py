"""Modulated feedback loops as compiled code over NumPy arrays, with their adjoints; see also :mod:`.kernels`."""

from typing import Any

import numpy as np

from grafx_lab.dsp.kernels import compiled


@compiled
def feedback_delay(x: Any, delay: Any, feedback: Any, echo: Any, loop: Any) -> None:
    """``echo[n] = loop(n - delay[n])``, ``loop[n] = x[n] + feedback echo[n]``.

    x, delay: (rows, time); feedback: (rows, 1). Written are echo and loop, (rows, time), float64.
    """
    for row in range(x.shape[0]):
        for n in range(x.shape[1]):
            value, distance = 0.0, delay[row, n]
            if distance < n + 1:
                whole = int(distance)
                fraction = distance - whole
                value = (1 - fraction) * loop[row, n - whole]
                if n > whole:
                    value += fraction * loop[row, n - whole - 1]
            echo[row, n] = value
            loop[row, n] = x[row, n] + feedback[row, 0] * value


@compiled
def feedback_delay_adjoint(
    grad: Any, delay: Any, feedback: Any, echo: Any, loop: Any, grad_x: Any, grad_delay: Any, grad_feedback: Any
) -> None:
    """Gradients of :func:`feedback_delay`'s echo: grad_x, grad_delay (rows, time), grad_feedback (rows, 1)."""
    for row in range(grad.shape[0]):
        total = 0.0
        grad_x[row, :] = 0.0
        for n in range(grad.shape[1] - 1, -1, -1):
            # All later samples have left their share of the loop's adjoint here.
            total += grad_x[row, n] * echo[row, n]
            through = grad[row, n] + feedback[row, 0] * grad_x[row, n]
            grad_delay[row, n] = 0.0
            distance = delay[row, n]
            if distance < n + 1:
                whole = int(distance)
                fraction = distance - whole
                before = 0.0
                if n > whole:
                    before = loop[row, n - whole - 1]
                    grad_x[row, n - whole - 1] += fraction * through
                grad_x[row, n - whole] += (1 - fraction) * through
                grad_delay[row, n] = through * (before - loop[row, n - whole])
        grad_feedback[row, 0] = total


@compiled
def allpass_cascade(x: Any, sine: Any, cosine: Any, feedback: Any, y: Any, states: Any) -> None:
    """Equal first-order all-pass filters in a row, the last one's output returning to the first a sample later.

    Each is a rotation of its input and its state, ``(out, state) = ((s, c), (c, -s)) (in, state)``.
    x, sine, cosine: (rows, time); feedback: (rows, 1). Written are y (rows, time) and the last states (rows, stages).
    """
    for row in range(x.shape[0]):
        states[row, :] = 0.0
        last = 0.0
        for n in range(x.shape[1]):
            s, c = sine[row, n], cosine[row, n]
            value = x[row, n] + feedback[row, 0] * last
            for stage in range(states.shape[1]):
                state = states[row, stage]
                states[row, stage] = c * value - s * state
                value = s * value + c * state
            y[row, n] = value
            last = value


@compiled
def allpass_cascade_adjoint(
    grad: Any, sine: Any, cosine: Any, feedback: Any, y: Any, states: Any,
    grad_x: Any, grad_sine: Any, grad_cosine: Any, grad_feedback: Any,
) -> None:  # fmt: skip
    """Gradients of :func:`allpass_cascade`: grad_x, grad_sine, grad_cosine (rows, time), grad_feedback (rows, 1).

    A rotation undoes itself: going back in time restores all inner signals, so that none of them was kept. The
    states (rows, stages) are overwritten.
    """
    stages = states.shape[1]
    future = np.empty(stages)
    for row in range(grad.shape[0]):
        future[:] = 0.0
        total = returned = 0.0
        for n in range(grad.shape[1] - 1, -1, -1):
            s, c = sine[row, n], cosine[row, n]
            value, adjoint = y[row, n], grad[row, n] + feedback[row, 0] * returned
            by_sine = by_cosine = 0.0
            for stage in range(stages - 1, -1, -1):
                new_state = states[row, stage]
                old_value, old_state = s * value + c * new_state, c * value - s * new_state
                by_sine += adjoint * old_value - future[stage] * old_state
                by_cosine += adjoint * old_state + future[stage] * old_value
                adjoint, future[stage] = s * adjoint + c * future[stage], c * adjoint - s * future[stage]
                value, states[row, stage] = old_value, old_state
            grad_x[row, n], grad_sine[row, n], grad_cosine[row, n] = adjoint, by_sine, by_cosine
            if n > 0:
                total += adjoint * y[row, n - 1]
            returned = adjoint
        grad_feedback[row, 0] = total
