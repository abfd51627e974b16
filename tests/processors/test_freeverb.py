import pytest
import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.processors import DryWet, Freeverb, PeakingFilter
from grafx_lab.processors.freeverb_start import found_start
from tests.processors.decay import decay_time

RATE = 16000
SOX = (12 / 44.1, -12 / 44.1)


def response_of(length: int, channels: int = 2, **controls) -> Tensor:
    reverb = Freeverb(sample_rate=RATE)
    impulse = torch.zeros(1, channels, length, dtype=torch.float64)
    impulse[..., 0] = 1
    return reverb(impulse, **{key: raw.double() for key, raw in reverb.raw_from_controls(**controls).items()})[0]


def noise(seconds: float = 1.5, seed: int = 0) -> Tensor:
    return torch.randn(1, 2, round(seconds * RATE), generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("feedback", [70.0, 84.0, 93.0])
@pytest.mark.parametrize("size", [60.0, 100.0])
def test_it_decays_by_the_feedback_each_time_a_comb_has_been_passed(feedback, size):
    response = response_of(2 * RATE, feedback=feedback, size=size, damping=0.1).numpy()
    passes = 3 / -torch.log10(torch.tensor(feedback / 100)).item()
    shortest, longest = (passes * size / 100 * length / 44100 for length in (1116, 1640))
    assert 0.95 * shortest < decay_time(response, RATE) < 1.05 * longest


def test_damping_makes_treble_decay_sooner():
    response = response_of(RATE, feedback=90.0, damping=50.0).numpy()
    low, high = (decay_time(response, RATE, band) for band in ((100, 500), (5000, 7500)))
    assert high < 0.6 * low


def test_at_its_defaults_its_response_has_energy_one():
    assert 0.9 < float(response_of(2 * RATE).square().sum(-1).mean()) < 1.1


def test_silence_comes_before_the_first_echo_and_size_moves_that():
    for size in (30.0, 100.0):
        left = response_of(2000, size=size)[0]
        assert int(left.nonzero()[0]) == round(size / 100 * (1116 * RATE // 44100))


def test_width_is_the_side_and_mono_is_heard_as_the_same_on_both_sides():
    narrow, wide = (response_of(3000, width=width) for width in (0.0, 100.0))
    torch.testing.assert_close(narrow[0], narrow[1])
    torch.testing.assert_close(narrow[0], wide.mean(0))
    torch.testing.assert_close(response_of(3000, channels=1), response_of(3000, channels=2))


def test_what_is_in_the_side_alone_is_not_heard():
    side = torch.tensor([1.0, -1.0])[:, None] * noise(0.2)[:, :1]
    assert not Freeverb(sample_rate=RATE)(side, **Freeverb(sample_rate=RATE).neutral()).any()


@pytest.mark.parametrize(
    ("parameter", "begin", "goal"),
    [("size", [99.5], [100.0]), ("size", [100.4], [100.0]), ("spread", [0.3, 0.7], 0.522)],
)
def test_descent_along_the_surrogate_gradients_finds_the_lengths(parameter, begin, goal):
    reverb = Freeverb(sample_rate=RATE)
    soft = dsp.convolve(noise(0.3), torch.hann_window(32)[None, None])
    target = reverb(soft, **reverb.raw_from_controls(feedback=60.0))
    raw = reverb.raw_from_controls(feedback=60.0, **{parameter: begin})
    moving = raw[parameter].requires_grad_()
    descent = torch.optim.Adam([moving], 0.0005 if parameter == "size" else 0.02)
    for _ in range(60):
        loss = (reverb(soft, **raw) - target).square().sum()
        descent.zero_grad()
        loss.backward()
        descent.step()
    found = reverb.specs[parameter].to_control(moving.detach())[0]
    # One sample is what lengths are rounded to.
    torch.testing.assert_close(found, torch.as_tensor(goal).expand_as(found), rtol=0.002, atol=1000 / RATE)


def test_it_says_which_gradients_are_surrogates():
    assert Freeverb.surrogates == ("size", "spread")


@pytest.mark.parametrize(
    "controls",
    [
        {"feedback": 88.0, "damping": 15.0, "width": 60.0, "truncation": 100.0, "drywet_weight": 30.0},
        {"feedback": 76.0, "damping": 34.0, "size": 71.3, "spread": SOX, "truncation": 0.0, "drywet_weight": 25.0},
    ],
)
def test_a_start_finds_it_beside_the_dry_signal(controls):
    reverb = DryWet(Freeverb(sample_rate=RATE), external_param=False)
    signal = noise()
    target = reverb(signal, **reverb.raw_from_controls(**controls))
    raw = reverb.closed_form_start(signal, target=target)
    found = reverb.get_controls(**dict(raw))
    for name, value in controls.items():
        expected = torch.as_tensor(value).expand_as(found[name][0])
        torch.testing.assert_close(found[name][0], expected, rtol=0.001 if name == "size" else 0.03, atol=0.003)
    heard = reverb(signal, **raw)
    assert float((heard - target).norm()) < 0.1 * float((signal - target).norm())


def test_a_start_finds_it_in_mono():
    reverb = Freeverb(sample_rate=RATE)
    signal = noise()[:, :1]
    target = reverb(signal, **reverb.raw_from_controls(feedback=80.0, spread=0.0))[:, :1]
    found = found_start(signal, target, RATE)
    assert found is not None
    assert found.size == pytest.approx(1.0, abs=0.001)
    assert found.spread == (0.0, 0.0)
    assert found.truncation == 1.0
    assert found.feedback == pytest.approx(0.8, abs=0.01)


def test_a_start_finds_it_behind_an_equalizer():
    reverb, bell = Freeverb(sample_rate=RATE), PeakingFilter(sample_rate=RATE)
    signal = noise()
    changed = bell(signal, **bell.raw_from_controls(w0=1500.0, log_gain=-12.0))
    target = reverb(changed, **reverb.raw_from_controls(feedback=80.0, size=85.0))
    found = found_start(signal, target, RATE)
    assert found is not None
    assert found.size == pytest.approx(0.85, abs=0.001)
    assert found.feedback == pytest.approx(0.8, abs=0.1)


def test_a_start_finds_the_size_of_what_bass_alone_has_excited():
    reverb, time = Freeverb(sample_rate=RATE), torch.arange(round(1.5 * RATE)) / RATE
    rising = torch.sin(2 * torch.pi * (60 * time + 80 * time.square()))
    signal = (rising * torch.exp(-3 * (time % 0.5))).expand(1, 2, -1)
    target = reverb(signal, **reverb.raw_from_controls(size=62.0, spread=SOX, truncation=0.0))
    found = found_start(signal, target, RATE)
    assert found is not None
    assert found.size == pytest.approx(0.62, abs=0.01)


@pytest.mark.parametrize("target", [noise(seed=1), torch.zeros(1, 2, 24000), noise().flip(1)])
def test_there_is_no_start_where_it_explains_nothing(target):
    assert Freeverb(sample_rate=RATE).closed_form_start(noise(), target=target) is None
