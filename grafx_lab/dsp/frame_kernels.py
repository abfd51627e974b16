"""Compiled loops around the Fourier transforms of frames: each goes over its arrays once, while they are cached.

Compiled code is kept on disk, as in :mod:`grafx_lab.dsp.kernels`. NaN stays NaN: no comparison may drop it. Products
are not contracted with sums: all magnitudes are rounded alike, so that equal signals have no distance at all.
"""

import math
from typing import Any

import numpy as np
from numba import njit

TOGETHER = 64
"""How many numbers from 1 to 2 are multiplied before a logarithm is taken: float32 can hold their product."""

STRETCH = 256
"""Samples that are looked at before it is asked whether to go on."""

_kernel = njit(cache=True, nogil=True, error_model="numpy", fastmath={"nsz", "reassoc"})


@_kernel
def cut(row: Any, window: Any, hop: int, first: int, frames: Any) -> None:
    """Write windowed frames from number ``first`` on into the beginning of each row of frames.

    row: (time,); window: (size,); frames: (count, fft size), zero behind the window, is written.
    """
    for index in range(frames.shape[0]):
        samples, shaped = row[(first + index) * hop :], frames[index]
        for n in range(window.shape[0]):
            shaped[n] = samples[n] * window[n]


@_kernel
def lay(frames: Any, window: Any, hop: int, first: int, row: Any) -> None:
    """The adjoint of :func:`cut`: frames are added to the row."""
    for index in range(frames.shape[0]):
        start = (first + index) * hop
        for n in range(window.shape[0]):
            row[start + n] += frames[index, n] * window[n]


@_kernel
def multiple(row: Any, peak: int, other: Any, tolerance: Any, smallest: Any) -> Any:
    """By how much a row would have to be multiplied to be the other one; NaN where no number does it.

    row, other: (time,); peak: where the row is largest; tolerance: what rounding may change of a sample, as a share of
    it; smallest: what it may change at least. Both are scalars of the arrays' dtype.
    """
    factor = other[peak] / row[peak]
    for start in range(0, row.shape[0], STRETCH):
        samples, wanted, others = row[start : start + STRETCH], other[start : start + STRETCH], 0
        for n in range(samples.shape[0]):
            # A comparison with NaN is false.
            same = abs(wanted[n] - factor * samples[n]) <= tolerance * abs(wanted[n]) + smallest
            others += 0 if same else 1
        if others:
            return factor * np.nan
    return factor


@_kernel
def magnitudes(spectrum: Any, floor: Any, magnitude: Any) -> None:
    """Write roots of powers. spectrum: (2 bins,), real and imaginary parts in turn; floor: smallest power, a scalar of
    the arrays' dtype; magnitude: (bins,) is written.
    """
    for n in range(magnitude.shape[0]):
        power = spectrum[2 * n] * spectrum[2 * n] + spectrum[2 * n + 1] * spectrum[2 * n + 1]
        magnitude[n] = np.sqrt(floor if power < floor else power)


@_kernel
def compare(
    spectra: Any, power_gain: Any, target: Any, floor: Any, sums: Any, scratch: Any, bits: Any, form: Any
) -> None:
    """Add up how far magnitudes lie from those of the target.

    spectra: (frames, 2 bins), real and imaginary parts in turn; power_gain: what their powers are multiplied by;
    target: (frames, bins); floor: smallest power. Both are scalars of the arrays' dtype: with others all arithmetic
    would be in double precision. sums: (3,), the squared, the absolute and the absolute logarithmic differences are
    added; scratch: (3, bins), is used up but for its last row, which is ones before and after; bits: the same memory as
    integers; form: (3,), where their exponent begins, the mask of their fraction, and a one.
    """
    # Only rows on their own, without branches, become vector instructions: ten times faster.
    exponents, logarithms, waiting = 0, 0.0, 0
    for index in range(target.shape[0]):
        spectrum, wanted, ratio = spectra[index], target[index], scratch[0]
        squared = absolute = floor - floor
        for n in range(wanted.shape[0]):
            real, imaginary = spectrum[2 * n], spectrum[2 * n + 1]
            power = power_gain * (real * real + imaginary * imaginary)
            magnitude = np.sqrt(floor if power < floor else power)
            difference = magnitude - wanted[n]
            squared += difference * difference
            absolute += abs(difference)
            larger, smaller = (magnitude, wanted[n]) if difference > 0 else (wanted[n], magnitude)
            ratio[n] = larger / smaller
        sums[0] += squared
        sums[1] += absolute
        if not math.isfinite(squared):
            # Of ratios that are no numbers the exponents say nothing; the squares do.
            sums[2] += squared
            continue
        exponents += _multiply(scratch, bits, form)
        waiting += 1
        if waiting == TOGETHER:
            logarithms += _drained(scratch, bits, form)
            waiting = 0
    if waiting:
        logarithms += _drained(scratch, bits, form)
    sums[2] += exponents * math.log(2.0) + logarithms


@_kernel
def _multiply(scratch: Any, bits: Any, form: Any) -> int:
    """Multiply the last row by the fractions (1 to 2) of the first; returns the sum of its exponents.

    The logarithm of a product is as dear as that of a factor, and exponents need none.
    """
    shift, mask, one = form[0], form[1], form[2]
    ratio, fraction, product = bits[0], bits[1], scratch[2]
    exponents = one - one
    for n in range(ratio.shape[0]):
        exponents += (ratio[n] - one) >> shift
        fraction[n] = (ratio[n] & mask) | one
    for n in range(product.shape[0]):
        product[n] *= scratch[1, n]
    return exponents


@_kernel
def _drained(scratch: Any, bits: Any, form: Any) -> float:
    """The sum of the logarithms of the last row, which is ones again."""
    for n in range(scratch.shape[1]):
        scratch[0, n] = scratch[2, n]
        bits[2, n] = form[2]
    total = _multiply(scratch, bits, form) * math.log(2.0)
    for start in range(0, scratch.shape[1], TOGETHER):
        product = scratch[1, 0] / scratch[1, 0]
        for fraction in scratch[2, start : start + TOGETHER]:
            product *= fraction
        total += math.log(product)
    for n in range(bits.shape[1]):
        bits[2, n] = form[2]
    return total


@_kernel
def compare_adjoint(spectra: Any, target: Any, floor: Any, grad: Any, half: int, weighted: Any) -> None:
    """Write the gradient of frames by their spectrum, ready for an unscaled inverse transform.

    spectra, target, floor: as in :func:`compare`; grad: (3,), by the sums of squared, absolute and absolute logarithmic
    differences, all halved: the inverse transform counts bins twice, once for their mirror image; half: the first bin
    behind the zeroth that has none, (fft size + 1) // 2; weighted: (frames, 2 bins) is written.
    """
    squared, absolute, logarithmic = grad[0] + grad[0], grad[1], grad[2]
    none = floor - floor
    one = floor / floor
    for index in range(target.shape[0]):
        spectrum, wanted, gradient = spectra[index], target[index], weighted[index]
        for n in range(wanted.shape[0]):
            real, imaginary = spectrum[2 * n], spectrum[2 * n + 1]
            power = real * real + imaginary * imaginary
            magnitude = np.sqrt(floor if power < floor else power)
            inverse = one / magnitude
            difference = magnitude - wanted[n]
            sign = (one if difference > 0 else none) - (one if difference < 0 else none)
            weight = (squared * difference + sign * (absolute + logarithmic * inverse)) * inverse
            weight = none if power <= floor else weight
            gradient[2 * n] = real * weight
            gradient[2 * n + 1] = imaginary * weight
        for n in (0, half):
            if n < wanted.shape[0]:
                gradient[2 * n] *= 2
                gradient[2 * n + 1] *= 2
