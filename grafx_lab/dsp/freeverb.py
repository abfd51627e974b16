r"""Freeverb: combs side by side whose feedback is damped, and comb-like allpasses behind them in a row.

The structure is M. R. Schroeder's ("Natural sounding artificial reverberation", JAES 1962) with J. A. Moorer's one-pole
filter in each loop ("About this reverberation business", Computer Music Journal 1979); the lengths are those that
Jezar at Dreampoint chose in 2000 and gave to the public domain. J. O. Smith describes it in "Physical audio signal
processing" (2010), chapter "Freeverb". JUCE, pedalboard, SoX and many others reverberate with it.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from grafx_lab.dsp.kernels import array, compiled, over_rows
from grafx_lab.dsp.operators import operator

COMBS = (1116, 1188, 1277, 1356, 1422, 1491, 1557, 1617)
"""Their lengths in samples at 44.1 kHz."""

ALLPASSES = (225, 341, 441, 556)
"""Their lengths in samples at 44.1 kHz."""

TUNED_AT = 44100.0

ALLPASS_FEEDBACK = 0.5

HAIR = 1e-4
"""Samples by which a length may fall short of a whole number and is that number nevertheless."""


def freeverb_lengths(
    size: Tensor, spread: Tensor, sample_rate: float, truncation: Tensor | float = 0.0
) -> tuple[Tensor, Tensor]:
    """Lengths of all lines in whole samples, left and right.

    Args:
        size: factor of the combs' lengths, ``(batch, 1)``.
        spread: seconds by which lines are longer on the right side, every first and every second one, ``(batch, 2)``.
        sample_rate: in Hz; at others than 44.1 kHz the lengths have fractions.
        truncation: share of these that is cut off before combs get their size, ``(batch, 1)``, 0 to 1.

    Returns:
        combs ``(batch, 2, 8)``, rounded with the gradient of what they are rounded from, and allpasses
        ``(batch, 2, 4)``; float64.
    """
    sides = torch.stack([torch.zeros_like(spread), spread], 1).double()
    cut = torch.as_tensor(truncation).to(sides).reshape(-1, 1, 1)
    combs, allpasses = (
        _cut_off(sample_rate * (sides.repeat(1, 1, len(tuned) // 2) + torch.tensor(tuned).to(sides) / TUNED_AT), cut)
        for tuned in (COMBS, ALLPASSES)
    )
    exact = size.double()[..., None] * combs
    whole = exact + (exact.round().clamp(min=1) - exact).detach()
    return whole, allpasses.detach().round().clamp(min=1)


def _cut_off(lengths: Tensor, share: Tensor) -> Tensor:
    """Lengths without that share of their fractions, with their own gradient."""
    return lengths - (share * ((lengths + HAIR) % 1 - HAIR)).detach()


def freeverb(signal: Tensor, feedback: Tensor, damping: Tensor, combs: Tensor, allpasses: Tensor) -> Tensor:
    """Run both sides from rest.

    Args:
        signal: what enters all combs, ``(batch, 1, time)``.
        feedback: share that returns to the beginning of each comb, 0 to 1, ``(batch, 1)``.
        damping: coefficient of the one-pole filter on that way, 0 to 1, ``(batch, 1)``.
        combs: lengths, ``(batch, 2, 8)``; see :func:`freeverb_lengths`. Their gradient is that of lines whose length
            moves by fractions of a sample: the slope of what is in them, taken over two samples.
        allpasses: lengths, ``(batch, 2, 4)``.

    Returns:
        ``(batch, 2, time)``. The recursion runs on the CPU: signals on a GPU travel there and back.
    """
    batch = max(len(signal), len(feedback), len(damping), len(combs))
    rows = [item.double().expand(batch, 2).flatten() for item in (feedback, damping)]
    entering, *lines = (item.double().expand(batch, 2, -1).flatten(0, 1) for item in (signal, combs, allpasses))
    return _Freeverb.apply(entering, *rows, *lines).unflatten(0, (batch, 2)).to(signal.dtype)


class _Freeverb(torch.autograd.Function):
    """Signal ``(rows, time)``, feedback and damping ``(rows,)``, combs ``(rows, 8)``, allpasses ``(rows, 4)``."""

    @staticmethod
    def forward(ctx: Any, *tensors: Tensor) -> Tensor:
        ctx.save_for_backward(*tensors)
        return _forwards(*tensors)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor | None, ...]:
        return *_backwards(grad_output, *ctx.saved_tensors), None


@operator(
    "freeverb(Tensor signal, Tensor feedback, Tensor damping, Tensor combs, Tensor allpasses) -> Tensor",
    lambda signal, *others: torch.empty_like(signal),
)
def _forwards(*tensors: Tensor) -> Tensor:
    inputs = [array(tensor) for tensor in tensors]
    output = np.empty_like(inputs[0])
    over_rows(_reverberate, *inputs, output)
    return torch.from_numpy(output).to(tensors[0].device)


@operator(
    "freeverb_adjoint(Tensor grad, Tensor signal, Tensor feedback, Tensor damping, Tensor combs, Tensor allpasses) "
    "-> (Tensor, Tensor, Tensor, Tensor)",
    lambda grad, *tensors: tuple(map(torch.empty_like, tensors[:4])),
)
def _backwards(*tensors: Tensor) -> tuple[Tensor, ...]:
    inputs = [array(tensor) for tensor in tensors]
    gradients = [np.zeros_like(item) for item in inputs[1:5]]
    over_rows(_adjoint, *inputs, *gradients)
    return tuple(torch.from_numpy(gradient).to(tensors[0].device) for gradient in gradients)


@compiled
def _comb(x: Any, length: int, feedback: float, damping: float, entering: Any, returning: Any) -> None:
    """What enters a delay line and what returns, damped, to its beginning; what leaves it entered ``length`` before."""
    held, keep = 0.0, 1 - damping
    for n in range(min(length, len(x))):
        entering[n], returning[n] = x[n], 0.0
    for n in range(length, len(x)):
        held = keep * entering[n - length] + damping * held
        returning[n] = held
        entering[n] = x[n] + feedback * held


@compiled
def _allpass(x: Any, length: int, entering: Any) -> None:
    """In place."""
    for n in range(min(length, len(x))):
        entering[n] = x[n]
        x[n] = -x[n]
    for n in range(length, len(x)):
        delayed = entering[n - length]
        entering[n] = x[n] + ALLPASS_FEEDBACK * delayed
        x[n] = delayed - x[n]


@compiled
def _reverberate(x: Any, feedback: Any, damping: Any, combs: Any, allpasses: Any, y: Any) -> None:
    """y (rows, time) is written."""
    time = x.shape[1]
    entering, returning = np.empty(time), np.empty(time)
    for row in range(x.shape[0]):
        total = y[row]
        total[:] = 0
        for line in range(combs.shape[1]):
            length = int(combs[row, line])
            _comb(x[row], length, feedback[row], damping[row], entering, returning)
            for n in range(length, time):
                total[n] += entering[n - length]
        for line in range(allpasses.shape[1]):
            _allpass(total, int(allpasses[row, line]), entering)


@compiled
def _adjoint(
    grad: Any, x: Any, feedback: Any, damping: Any, combs: Any, allpasses: Any,
    grad_x: Any, grad_feedback: Any, grad_damping: Any, grad_combs: Any,
) -> None:  # fmt: skip
    """The adjoint of all lines is all lines, run backwards in time; the gradients are written, which begin at zero."""
    time = x.shape[1]
    entering, returning, past, unused = np.empty(time), np.empty(time), np.empty(time), np.empty(time)
    for row in range(x.shape[0]):
        backwards = grad[row, ::-1].copy()
        for line in range(allpasses.shape[1]):
            _allpass(backwards, int(allpasses[row, line]), entering)
        for line in range(combs.shape[1]):
            length, back, damp = int(combs[row, line]), feedback[row], damping[row]
            _comb(x[row], length, back, damp, entering, returning)
            _comb(backwards, length, back, damp, past, unused)
            # How what returns changes with the damping, by the same recursion.
            change, by_feedback, by_damping, by_length = 0.0, 0.0, 0.0, 0.0
            for n in range(time - length):
                before = returning[n - 1] if n > 0 else 0.0
                change = damp * change + before - (entering[n - length] if n >= length else 0.0)
                flow = past[time - 1 - n - length]
                grad_x[row, n] += flow
                by_feedback += flow * returning[n]
                by_damping += flow * back * change
                by_length -= flow * (entering[n + 1] - (entering[n - 1] if n > 0 else 0.0)) / 2
            grad_feedback[row] += by_feedback
            grad_damping[row] += by_damping
            grad_combs[row, line] += by_length
