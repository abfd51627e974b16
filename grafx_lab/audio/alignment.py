"""When and which way round one signal lies in another: delay and polarity, by cross-correlation.

The phase transform (C. H. Knapp, G. C. Carter, "The generalized correlation method for estimation of time delay", IEEE
Trans. ASSP 1976) counts every frequency alike, so that an equalizer between the two does not blur the peak.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from grafx_lab.dsp.convolution import fast_length

LONGEST = 0.25
"""Seconds that a delay is looked for in either direction."""

WHITENING = 0.8
"""Power of the magnitude by which the cross spectrum is divided: 1 would let silent bins shout."""


@dataclass(frozen=True)
class Alignment:
    """How a target lies to its source.

    Attributes:
        delay: samples by which the target is later.
        inverted: whether it is upside down.
    """

    delay: int = 0
    inverted: bool = False

    @property
    def moves(self) -> bool:
        """Whether there is anything to undo."""
        return self.delay != 0 or self.inverted


def find_alignment(source: Tensor, target: Tensor, sample_rate: float) -> Alignment:
    """Delay and polarity of a target ``(channel, time)`` to an equally long source; none where one is silent."""
    length = source.shape[-1]
    reach = min(length - 1, round(LONGEST * sample_rate))
    size = fast_length(length + reach)
    before, after = (torch.fft.rfft(signal.double(), n=size) for signal in (source, target))
    cross = (after * before.conj()).sum(0)
    magnitude = cross.abs()
    if not float(magnitude.max()) > 0:
        return Alignment()
    whitened = cross / magnitude.clamp_min(1e-6 * float(magnitude.max())) ** WHITENING
    correlation = torch.fft.irfft(whitened, n=size)
    lags = torch.cat([correlation[: reach + 1], correlation[size - reach :]])
    peak = int(lags.abs().argmax())
    return Alignment(peak if peak <= reach else peak - 2 * reach - 1, bool(lags[peak] < 0))


def align(source: Tensor, target: Tensor, alignment: Alignment) -> tuple[Tensor, Tensor]:
    """Source and target ``(…, time)`` cut to what they share, the target turned round where it is upside down."""
    delay, length = alignment.delay, target.shape[-1]
    early, late = max(-delay, 0), max(delay, 0)
    sign = -1.0 if alignment.inverted else 1.0
    return source[..., early : length - late], sign * target[..., late : length - early]
