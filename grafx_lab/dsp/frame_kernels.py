"""Compiled loops around the Fourier transforms of frames: each goes over its arrays once, while they are cached.

Compiled code is kept on disk, as in :mod:`grafx_lab.dsp.kernels`. NaN stays NaN: no comparison may drop it. Products
are not contracted with sums: all magnitudes are rounded alike, so that equal signals have no distance at all.
"""

from typing import Any

import numpy as np
from numba import njit

PRODUCT = 8
"""How many ratios are multiplied: of ratios up to 1e34 the product is still a number."""

_kernel = njit(cache=True, nogil=True, error_model="numpy", fastmath={"nsz", "reassoc"})


@_kernel
def cut(row: Any, window: Any, hop: int, first: int, frames: Any) -> None:
    """Write windowed frames from number ``first`` on into the beginning of each row of frames.

    row: (time,); window: (size,); frames: (count, fft size), zero behind the window, is written.
    """
    for index in range(frames.shape[0]):
        start = (first + index) * hop
        for n in range(window.shape[0]):
            frames[index, n] = row[start + n] * window[n]


@_kernel
def lay(frames: Any, window: Any, hop: int, first: int, row: Any) -> None:
    """The adjoint of :func:`cut`: frames are added to the row."""
    for index in range(frames.shape[0]):
        start = (first + index) * hop
        for n in range(window.shape[0]):
            row[start + n] += frames[index, n] * window[n]


@_kernel
def magnitudes(spectrum: Any, floor: Any, magnitude: Any) -> None:
    """Write roots of powers. spectrum: (2 bins,), real and imaginary parts in turn; floor: smallest power, a scalar of
    the arrays' dtype; magnitude: (bins,) is written.
    """
    for n in range(magnitude.shape[0]):
        power = spectrum[2 * n] * spectrum[2 * n] + spectrum[2 * n + 1] * spectrum[2 * n + 1]
        magnitude[n] = np.sqrt(floor if power < floor else power)


@_kernel
def compare(spectra: Any, target: Any, floor: Any, sums: Any, ratio: Any, products: Any) -> None:
    """Add up how far magnitudes lie from those of the target.

    spectra: (frames, 2 bins), real and imaginary parts in turn; target: (frames, bins); floor: smallest power, a scalar
    of the arrays' dtype: with another one all arithmetic would be in double precision; sums: (2,), the squared and the
    absolute differences are added; ratio: (bins,), is used up; products: (frames, bins // PRODUCT or more), float64,
    products of the larger magnitudes over the smaller are written: few logarithms instead of many.
    """
    # Only rows on their own, without branches, become vector instructions: ten times faster.
    for index in range(target.shape[0]):
        spectrum, wanted, product = spectra[index], target[index], products[index]
        squared = absolute = floor - floor
        for n in range(wanted.shape[0]):
            real, imaginary = spectrum[2 * n], spectrum[2 * n + 1]
            power = real * real + imaginary * imaginary
            magnitude = np.sqrt(floor if power < floor else power)
            difference = magnitude - wanted[n]
            squared += difference * difference
            absolute += abs(difference)
            larger, smaller = (magnitude, wanted[n]) if difference > 0 else (wanted[n], magnitude)
            ratio[n] = larger / smaller
        sums[0] += squared
        sums[1] += absolute
        _multiply(ratio, product)


@_kernel
def _multiply(ratio: Any, product: Any) -> None:
    """Write the products of ratios that lie as far apart as there are products."""
    count = product.shape[0]
    for n in range(count):
        product[n] = 1.0
    for start in range(0, ratio.shape[0], count):
        for n in range(min(count, ratio.shape[0] - start)):
            product[n] *= ratio[start + n]


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
