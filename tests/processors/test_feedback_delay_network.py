import numpy as np
import pytest
import torch

from grafx_lab.processors import FeedbackDelayNetwork, ProcessorError
from tests.processors.decay import decay_time

RATE = 22050


def response_of(network: FeedbackDelayNetwork, length: int, **controls) -> torch.Tensor:
    impulse = torch.zeros(1, 1, length, dtype=torch.float64)
    impulse[..., 0] = 1
    raw = {key: value.double() for key, value in network.raw_from_controls(**controls).items()}
    return network(impulse, **raw)[0]


@pytest.mark.parametrize(("low", "high"), [(0.4, 0.4), (1.0, 0.4), (0.3, 0.8)])
def test_decay_controls_are_the_times_until_minus_60_decibels_in_their_bands(low, high):
    network = FeedbackDelayNetwork(sample_rate=RATE)
    # A narrow band of one response holds few modes, whose beats move the fit by 7 %: several matrices even them out.
    angles = 2 * torch.randn(12, 28, generator=torch.Generator().manual_seed(0))
    responses = [
        response_of(network, RATE, log_decay=(low, high), crossover=3000.0, mixing_angles=row).numpy() for row in angles
    ]
    assert decay_time(np.concatenate(responses), RATE, (80, 250)) == pytest.approx(low, rel=0.03)
    assert decay_time(np.concatenate(responses), RATE, (9500, 10800)) == pytest.approx(high, rel=0.03)


@pytest.mark.parametrize("angle", [0.0, 1.0, -10.0])
def test_decay_does_not_depend_on_how_the_lines_are_mixed(angle):
    angles = torch.linspace(-angle, angle, 28)
    response = response_of(FeedbackDelayNetwork(sample_rate=RATE), RATE, log_decay=(0.5, 0.5), mixing_angles=angles)
    assert decay_time(response.numpy(), RATE) == pytest.approx(0.5, rel=0.05)


@pytest.mark.parametrize("raw", [10.0, -10.0])
def test_response_never_grows_at_extreme_raw_values(raw):
    network = FeedbackDelayNetwork(num_lines=4, shortest_ms=0.5, longest_ms=2, sample_rate=RATE)
    extreme = {
        name: torch.full((1, *shape), raw, dtype=torch.float64) for name, shape in network.parameter_size().items()
    }
    impulse = torch.zeros(1, 1, 2 * RATE, dtype=torch.float64)
    impulse[..., 0] = 1
    energy = network(impulse, **extreme)[0].square().sum(0).unflatten(0, (4, -1)).sum(-1)
    assert torch.isfinite(energy).all()
    assert (energy[1:] <= energy[:-1] * (1 + 1e-6)).all()


def test_level_control_is_a_gain_and_silence_comes_before_the_shortest_delay():
    network = FeedbackDelayNetwork(sample_rate=RATE)
    quiet, loud = (response_of(network, 2000, log_gain=level) for level in (-20.0, 0.0))
    torch.testing.assert_close(10 * quiet, loud, rtol=1e-6, atol=1e-12)
    assert float(loud[:, : network.delays[0]].abs().max()) == 0
    assert float(loud[:, network.delays[0]].abs().max()) > 0


def test_left_and_right_are_not_alike():
    left, right = response_of(FeedbackDelayNetwork(sample_rate=RATE), RATE // 2)
    assert abs(float((left * right).sum() / (left.norm() * right.norm()))) < 0.2


def test_delays_are_different_primes_at_every_sample_rate():
    for rate in (8000, 44100, 192000):
        delays = FeedbackDelayNetwork(sample_rate=rate).delays
        assert len(set(delays)) == 8
        assert all(delay % divisor for delay in delays for divisor in range(2, int(delay**0.5) + 1))
        assert delays[0] >= 0.02 * rate


@pytest.mark.parametrize(
    ("arguments", "word"),
    [({"num_lines": 6}, "num_lines"), ({"longest_ms": 1.0}, "shortest_ms is 20.0 and longest_ms 1.0")],
)
def test_impossible_arguments_are_named(arguments, word):
    with pytest.raises(ProcessorError, match=word):
        FeedbackDelayNetwork(**arguments)
