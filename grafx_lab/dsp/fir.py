"""FIRs from magnitudes: windows, and zero-phase responses.

J. O. Smith, "Spectral Audio Signal Processing", 2011, chapter "FIR digital filter design".
"""

import torch
from torch import Tensor

WINDOWS = {
    "hann": torch.hann_window,
    "hamming": torch.hamming_window,
    "blackman": torch.blackman_window,
    "bartlett": torch.bartlett_window,
    "kaiser": torch.kaiser_window,
}
"""Window functions by name."""

RECTANGULAR = ("none", "boxcar", "rectangular")
"""Names for no window at all."""


def fir_window(name: str, length: int, *, periodic: bool = True, **options: float) -> Tensor:
    """A window of :data:`WINDOWS` or :data:`RECTANGULAR`, ``(length,)`` in float64.

    Args:
        name: of the window.
        length: in samples.
        periodic: its period is ``length``; otherwise it is symmetric.
        options: ``beta`` of a Kaiser window, ``alpha`` and ``beta`` of a Hamming window.
    """
    if name in RECTANGULAR:
        return torch.ones(length, dtype=torch.float64)
    return WINDOWS[name](length, periodic, dtype=torch.float64, **options)


def zero_phase_fir(magnitude: Tensor, window: Tensor) -> Tensor:
    """The symmetric FIR with given magnitudes, smoothed by a window over its taps.

    Args:
        magnitude: ``(…, bins)`` at ``k / (2 bins − 1)`` of the sample rate.
        window: ``(2 bins − 1,)``.

    Returns:
        ``(…, 2 bins − 1)``, centred at tap ``bins − 1``: for :func:`grafx_lab.dsp.convolve` in mode ``"zerophase"``.
    """
    taps = 2 * magnitude.shape[-1] - 1
    response = torch.fft.irfft(magnitude, n=taps)
    return torch.roll(response, taps // 2, -1) * window.to(magnitude)
