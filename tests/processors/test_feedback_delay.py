import pytest
import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.processors import DryWet, FeedbackDelay

RATE = 8000


def noise(time: int, channels: int = 1) -> Tensor:
    return torch.randn(1, channels, time, generator=torch.Generator().manual_seed(0))


def delayed(signal: Tensor, **controls: float) -> Tensor:
    delay = FeedbackDelay(sample_rate=RATE)
    return delay(signal, **delay.raw_from_controls(**controls))


def test_each_echo_is_softer_by_the_feedback():
    impulse = torch.zeros(1, 1, 2000)
    impulse[..., 0] = 1
    echoes = delayed(impulse, time=50.0, feedback=60.0)[0, 0]
    torch.testing.assert_close(echoes[400::400], torch.tensor([1.0, 0.6, 0.36, 0.216]), atol=1e-3, rtol=0)
    assert not echoes[:399].any()


def test_it_is_stable_for_every_raw_value():
    delay = FeedbackDelay(sample_rate=RATE)
    raw = {"time": torch.tensor([[-30.0]]), "feedback": torch.tensor([[30.0]])}
    assert float(delay(torch.ones(1, 1, 4000), **raw).abs().max()) <= 4000


def test_descent_finds_a_time_that_is_nearly_right():
    soft = dsp.convolve(noise(4000), torch.hann_window(64)[None, None])
    target = delayed(soft, time=40.0)
    raw = FeedbackDelay(sample_rate=RATE).raw_from_controls(time=40.8)
    moving = raw["time"].requires_grad_()
    descent = torch.optim.Adam([moving], 0.001)
    for _ in range(80):
        loss = (FeedbackDelay(sample_rate=RATE)(soft, **raw) - target).square().sum()
        descent.zero_grad()
        loss.backward()
        descent.step()
    assert float(moving.detach().exp()) == pytest.approx(40.0, abs=0.05)


@pytest.mark.parametrize("controls", [{"time": 93.75, "feedback": 45.0}, {"time": 210.0, "feedback": 0.1}])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_start_finds_it_beside_the_dry_signal(controls, channels):
    delay = DryWet(FeedbackDelay(sample_rate=RATE), external_param=False)
    signal = noise(2 * RATE, channels)
    truth = controls | {"drywet_weight": 30.0}
    raw = delay.closed_form_start(signal, target=delay(signal, **delay.raw_from_controls(**truth)))
    found = delay.get_controls(**raw)
    for name, near in {"time": 0.01, "feedback": 2.0, "drywet_weight": 2.0}.items():
        assert float(found[name]) == pytest.approx(truth[name], abs=near)


def test_there_is_no_start_in_what_is_too_short_for_an_echo():
    delay = FeedbackDelay(sample_rate=RATE)
    assert delay.closed_form_start(noise(20), target=noise(20)) is None
