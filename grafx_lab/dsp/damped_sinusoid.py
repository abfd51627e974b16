"""Sinusoids that die away, as the powers of a complex number.

B. Hayes, C. Saitis, G. Fazekas, "Sinusoidal frequency estimation by gradient descent", ICASSP 2023: descent finds the
frequency of a sinusoid far more often when the sinusoid may be damped on the way there.
"""

import torch
from torch import Tensor

from grafx_lab.dsp.biquad import sections
from grafx_lab.dsp.recursion import sosfilt


def damped_sinusoids(poles: Tensor, length: int) -> Tensor:
    r"""The real part of the powers of complex numbers, :math:`y[n]=\mathrm{Re}\,z^n=|z|^n\cos(n\,\angle z)`.

    Computed as the impulse response of a filter with the poles :math:`z` and :math:`\bar z`, in float64.

    Args:
        poles: real and imaginary parts ``(batch, count, 2)``; outside the unit circle they are put on it.
        length: samples to generate.

    Returns:
        ``(batch, count, length)``, in the dtype of ``poles``; it begins at 1.
    """
    real, square = poles[..., 0].double(), poles.double().square().sum(-1)
    one, zero = torch.ones_like(real), torch.zeros_like(real)
    resonators = sections((one, -real, zero), (one, -2 * real, square))
    impulse = torch.zeros(1, 1, length, dtype=poles.dtype, device=poles.device)
    impulse[..., :1] = 1
    return sosfilt(impulse, resonators[:, :, None])
