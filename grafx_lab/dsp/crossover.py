r"""Crossovers after S. H. Linkwitz, "Active crossover networks for noncoincident drivers", JAES 24(1), 1976.

Both bands fall by 24 dB per octave and have −6 dB at the crossover frequency. They are two Butterworth filters one
after the other; with the second one run backwards in time, the phases cancel, the magnitudes stay, and
:math:`\frac{1}{1+(\omega/\omega_0)^4}+\frac{(\omega/\omega_0)^4}{1+(\omega/\omega_0)^4}=1` holds for the signals too.
"""

import math

import torch
from torch import Tensor

from grafx_lab.dsp.biquad import all_pass, low_pass
from grafx_lab.dsp.recursion import sosfilt

BUTTERWORTH_Q = math.sqrt(0.5)


def split_bands(signal: Tensor, frequencies: Tensor, sample_rate: float, *, zero_phase: bool = True) -> list[Tensor]:
    """Split a signal into bands that sum flat.

    Args:
        signal: ``(batch, channel, time)``.
        frequencies: between the bands in Hz, ``(batch, bands - 1)``, in ascending order. In any other order bands
            become empty, but they sum flat all the same.
        sample_rate: in Hz.
        zero_phase: the bands sum to the signal itself and are not delayed; this needs the future of the signal.
            Otherwise they are causal and sum to the signal with its phase turned: once around at each frequency.

    Returns:
        the bands from low to high, each ``(batch, channel, time)``.
    """
    bands, rest = [], signal
    for frequency in frequencies[:, None].split(1, -1):
        q = torch.full_like(frequency, BUTTERWORTH_Q)
        half = low_pass(frequency, q, sample_rate)
        if zero_phase:
            low = sosfilt(sosfilt(rest, half).flip(-1), half).flip(-1)
            bands, rest = [*bands, low], rest - low
        else:
            turn = all_pass(frequency, q, sample_rate)
            low = sosfilt(rest, torch.cat([half, half], -2))
            # What was split off before turns along, or the sum would cancel where bands overlap.
            bands = [*(sosfilt(band, turn) for band in bands), low]
            rest = sosfilt(rest, turn) - low
    return [*bands, rest]
