"""Loudness of a whole programme after ITU-R BS.1770-4, differentiable."""

import torch
from torch import Tensor
from torch.nn import functional as F

from grafx_lab.dsp.recursion import sosfilt
from grafx_lab.dsp.weighting import k_weighting

BLOCK_SECONDS, HOP_SECONDS = 0.4, 0.1
OFFSET_LU = -0.691
"""Makes a full-scale sine of 997 Hz in one channel −3.01 LUFS."""

ABSOLUTE_GATE = -70.0
"""Blocks below do not count, in LUFS."""

RELATIVE_GATE = -10.0
"""Nor do blocks so far below the mean of the others, in LU."""

SILENCE = 1e-10
"""Energy that is added before the logarithm: silence has −100.7 LUFS."""


def integrated_loudness(signal: Tensor, sample_rate: float) -> Tensor:
    """Gated loudness in LUFS of each item.

    Which blocks pass the gates is decided without a gradient; where none passes, all count. A signal shorter than a
    block is one block.

    Args:
        signal: ``(batch, channel, time)``; all channels weigh the same, as left, right and centre do in the standard.
        sample_rate: in Hz.

    Returns:
        ``(batch,)``.
    """
    energy = _block_energy(signal, sample_rate)
    kept = energy.detach() > _energy_of(ABSOLUTE_GATE)
    threshold = _mean(energy.detach(), kept) * 10 ** (RELATIVE_GATE / 10)
    return OFFSET_LU + 10 * torch.log10(_mean(energy, kept & (energy.detach() > threshold[:, None])) + SILENCE)


def _block_energy(signal: Tensor, sample_rate: float) -> Tensor:
    """Weighted mean square of blocks that overlap by three quarters, summed over channels, ``(batch, blocks)``."""
    weighted = sosfilt(signal, k_weighting(sample_rate).to(signal.device)[None, None])
    block = min(round(BLOCK_SECONDS * sample_rate), signal.shape[-1])
    return F.avg_pool1d(weighted.square(), block, max(1, round(HOP_SECONDS * sample_rate))).sum(1)


def _mean(energy: Tensor, kept: Tensor) -> Tensor:
    """The mean of the kept blocks, or of all blocks where none is kept, ``(batch,)``."""
    kept = kept | ~kept.any(-1, keepdim=True)
    return (energy * kept).sum(-1) / kept.sum(-1)


def _energy_of(loudness: float) -> float:
    return 10 ** ((loudness - OFFSET_LU) / 10)
