import pytest
import torch

from grafx_lab.audio import Audio, common_excerpt, telling_start

RATE = 8000
SECONDS = 16


def recording(*levels, seed=0):
    """Noise whose level changes at equal distances."""
    level = torch.tensor(levels).repeat_interleave(SECONDS * RATE // len(levels))
    return level * torch.randn(2, len(level), generator=torch.Generator().manual_seed(seed))


def second(*signals):
    return telling_start(signals, 6 * RATE, RATE) / RATE


def test_it_is_the_beginning_where_that_says_as_much_as_the_rest():
    assert second(recording(0.8, 1.0), recording(1.0, 1.0)) == 0.0
    assert second(recording(0.0, 0.0)) == 0.0


@pytest.mark.parametrize("intro", [0.0, 0.01])
def test_a_quiet_intro_is_left_out(intro):
    assert SECONDS / 2 - 3 <= second(recording(intro, 1.0)) < SECONDS / 2


def test_it_begins_after_a_rest():
    assert 6.0 < second(recording(0.3, 0.3, 0.3, 0.0, 1.0, 1.0, 1.0, 1.0)) <= 8.0


def test_all_signals_are_heard():
    assert 3.4 < second(recording(0.0, 1.0), recording(1.0, 0.0)) < 6.6


def test_a_short_pair_is_returned_whole():
    source, target = (Audio(recording(1.0, seed=seed), RATE, "noise") for seed in (0, 1))
    assert common_excerpt(source, target, SECONDS) == (source, target, 0.0)


def test_both_recordings_of_a_pair_are_cut_alike():
    source = Audio(recording(0.0, 1.0), RATE, "source")
    target = Audio(2 * source.data, RATE, "target")
    first, last, begin = common_excerpt(source, target, 6.0)
    assert first.seconds == last.seconds == 6.0
    assert torch.equal(last.data, 2 * first.data)
    assert torch.equal(first.data, source.data[:, round(begin * RATE) :][:, : 6 * RATE])
