"""A stretch of a long pair that is worth listening to."""

from collections.abc import Sequence

import torch
from torch import Tensor

from grafx_lab.audio.value import Audio

HOP_SECONDS = 0.25
"""Between the places where a stretch may begin."""

LOUD = 0.5
"""Share of the presence of the best stretch with which one is worth hearing."""


def common_excerpt(source: Audio, target: Audio, seconds: float) -> tuple[Audio, Audio, float]:
    """The stretch of ``seconds`` in which both recordings of a pair have much to say; see :func:`telling_start`.

    Args:
        source: as long and at the same rate as ``target``.
        target: the other one.
        seconds: its length; shorter pairs are returned whole.

    Returns:
        the two excerpts, and where they begin in seconds.
    """
    length = round(seconds * source.sample_rate)
    if source.samples <= length:
        return source, target, 0.0
    start = telling_start([source.data, target.data], length, source.sample_rate)
    return _stretch(source, start, length), _stretch(target, start, length), start / source.sample_rate


def telling_start(signals: Sequence[Tensor], length: int, sample_rate: float) -> int:
    """The sample at which a stretch of ``length`` begins in which all signals have much to say.

    Of the stretches that do, it is the one with the quietest moment before it, for what sounded then is not heard in
    it: neither the end of a decay nor what a compressor did. The very beginning follows on silence.

    Args:
        signals: ``(channel, time)`` each, equally long, longer than the stretch. Where one is silent there is nothing
            to compare: the weakest one decides how much a stretch has to say.
        length: in samples.
        sample_rate: in Hz.
    """
    hop = max(1, round(HOP_SECONDS * sample_rate))
    energy = torch.stack([_energy_shares(signal, hop) for signal in signals])
    presence = energy.unfold(-1, max(1, length // hop), 1).sum(-1).amin(0)
    before = torch.cat([energy.new_zeros(1), energy.amax(0)])[: len(presence)]
    start = int(before.masked_fill(presence < LOUD * presence.max(), torch.inf).argmin()) * hop
    return min(start, signals[0].shape[-1] - length)


def _energy_shares(signal: Tensor, hop: int) -> Tensor:
    """The share of a signal's energy in each block of ``hop`` samples, ``(blocks,)``."""
    energy = signal.square().sum(0)
    return energy.unfold(0, hop, hop).sum(-1) / energy.sum().clamp_min(1e-20)


def _stretch(audio: Audio, start: int, length: int) -> Audio:
    return Audio(audio.data[:, start : start + length].clone(), audio.sample_rate, audio.name)
