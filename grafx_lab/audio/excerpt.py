"""A stretch of a long pair that is worth listening to."""

from torch import Tensor
from torch.nn.functional import avg_pool1d

from grafx_lab.audio.value import Audio

_HOP_SECONDS = 0.1


def common_excerpt(source: Audio, target: Audio, seconds: float) -> tuple[Audio, Audio, float]:
    """The stretch of ``seconds`` in which both recordings of a pair have the most to say.

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
    hop = max(1, round(_HOP_SECONDS * source.sample_rate))
    # Where one of the two is silent there is nothing to compare: the weaker one decides.
    presence = _presence(source, hop, length).minimum(_presence(target, hop, length))
    start = int(presence.argmax()) * hop
    start = min(start, source.samples - length)
    return _stretch(source, start, length), _stretch(target, start, length), start / source.sample_rate


def _presence(audio: Audio, hop: int, length: int) -> Tensor:
    """The share of a recording's energy in each stretch of ``length``, one every ``hop`` samples."""
    energy = avg_pool1d(audio.data.square().mean(dim=0)[None, None], hop)
    stretches = avg_pool1d(energy, max(1, length // hop), stride=1)[0, 0]
    return stretches / (energy.mean() + 1e-12)


def _stretch(audio: Audio, start: int, length: int) -> Audio:
    return Audio(audio.data[:, start : start + length].clone(), audio.sample_rate, audio.name)
