import math

import pytest
import torch

from grafx_lab.fitting import fit
from grafx_lab.graph import GRAFX
from grafx_lab.patch import Patch
from grafx_lab.processors import DampedSinusoid, ProcessorError

RATE = 16000


def poles(hertz, radius=1.5):
    angle = 2 * math.pi * hertz / RATE
    return torch.tensor([[[radius * math.cos(angle), radius * math.sin(angle)]]])


def test_the_angle_of_a_pole_is_a_frequency_and_its_radius_a_decay():
    synth = DampedSinusoid(sample_rate=RATE)
    raw = synth.raw_from_controls(poles=poles(500.0, radius=3.0), log_gain=-6.0)
    time = torch.arange(200)
    closed_form = 10 ** (-6 / 20) * math.tanh(3.0) ** time * torch.cos(2 * math.pi * 500 / RATE * time)
    wave = synth.run(length=200, **raw).signals[0][0, 0]
    torch.testing.assert_close(wave, closed_form, rtol=0, atol=1e-5)
    torch.testing.assert_close(synth.frequencies(raw["poles"]), torch.tensor([[500.0]]))


@pytest.mark.parametrize("start", [50.0, 3000.0, 7000.0])
def test_a_fit_finds_a_frequency_that_is_far_away(start):
    graph = GRAFX()
    graph.connect(graph.add("damped_sinusoid"), graph.add("out"))
    patch = Patch(graph, sample_rate=RATE).with_controls({"damped_sinusoid.poles": poles(start)})
    target = torch.cos(2 * math.pi * 640 / RATE * torch.arange(64))[None]
    result = fit(patch, None, target, loss="waveform_l2", steps=400, learning_rate=0.003)
    found = DampedSinusoid(sample_rate=RATE).frequencies(result.patch.raw["damped_sinusoid"]["poles"])
    torch.testing.assert_close(found, torch.tensor([[640.0]]), rtol=0, atol=10.0)


def test_none_at_all_is_refused():
    with pytest.raises(ProcessorError, match="n_sinusoids is 0, expected a whole number from 1"):
        DampedSinusoid(0)
