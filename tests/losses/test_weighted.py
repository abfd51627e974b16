import pytest

from grafx_lab.losses import LossError, MultiResolutionSTFT, WaveformL1, WeightedSum, make_loss
from tests.losses.signals import noise

TARGET, ESTIMATE = noise(batch=2), noise(batch=2, seed=1)


def value(loss) -> list[float]:
    return loss.prepare(TARGET).per_item(ESTIMATE).tolist()


EXPECTED = [whole + 0.1 * part for whole, part in zip(value(MultiResolutionSTFT()), value(WaveformL1()), strict=True)]


@pytest.mark.parametrize(
    "text",
    ["mr_stft + 0.1*l1", "mr_stft+0.1 * waveform_l1", "l1 * 1e-1 + 1.0*mr_stft", " mr_stft + .05*l1 + .05*l1 "],
)
def test_a_sum_may_be_written(text):
    assert value(make_loss(text)) == pytest.approx(EXPECTED)


def test_weights_may_be_given_by_name_or_with_modules():
    assert value(WeightedSum({"mr_stft": 1.0, "l1": 0.1})) == pytest.approx(EXPECTED)
    assert value(WeightedSum([(MultiResolutionSTFT(), 1.0), ("l1", 0.1)])) == pytest.approx(EXPECTED)


def test_people_can_read_what_is_in_it():
    loss = make_loss("mr_stft + 0.1*l1")
    assert loss.label == "Multi-resolution STFT + 0.1 × Waveform L1"
    assert "a shifted copy counts as wrong" in loss.blind_to


def test_a_single_weight_scales():
    assert value(make_loss("2 * l1")) == pytest.approx([2 * part for part in value(WaveformL1())])


def test_exponents_are_no_sums():
    assert value(make_loss("1e+2*l1")) == pytest.approx([100 * part for part in value(WaveformL1())])


def test_the_rate_reaches_every_part():
    loss = make_loss("loudness + 0.1*l1", sample_rate=8000)
    assert isinstance(loss, WeightedSum)
    assert [getattr(part, "sample_rate", None) for part in loss.parts] == [8000, None]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mr_stft +", "nothing stands"),
        ("", "nothing stands"),
        ("mr_stft - l1", "'- l1' stands"),
        ("2 * 3", "'2 \\* 3' stands"),
        ("2 * l1 * 3", "'2 \\* l1 \\* 3' stands"),
        ("__import__('os')", "'\\('os'\\)' stands"),
        ("l1 l2", "'l2' stands"),
    ],
)
def test_what_is_no_sum_is_refused_with_the_place(text, found):
    with pytest.raises(LossError, match=f"cannot be read: {found}"):
        make_loss(text)


def test_an_unknown_part_is_named():
    with pytest.raises(LossError, match=r"There is no loss 'l3'\. Did you mean .*'l1'"):
        make_loss("mr_stft + 0.1*l3")


def test_an_empty_sum_is_refused():
    with pytest.raises(LossError, match="weights are empty"):
        WeightedSum({})
