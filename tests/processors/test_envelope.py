import pytest
import torch

from grafx_lab.processors import Envelope


def envelope_of(length=3000, **controls):
    envelope = Envelope(sample_rate=1000)
    return envelope(torch.ones(1, 1, length), **envelope.raw_from_controls(**controls))[0, 0]


def test_attack_decay_sustain_and_release_take_their_times():
    note = {"onset": 0.5, "log_duration": 1.0, "log_attack": 100.0, "log_decay": 200.0, "log_sustain": -20.0}
    shape = envelope_of(**note, log_release=400.0)
    assert float(shape[:500].abs().max()) < 1e-6
    assert float(shape[549]) == pytest.approx(0.5, abs=1e-4)
    assert float(shape[599]) == pytest.approx(1, abs=1e-4)
    assert float(shape[799]) == pytest.approx(0.1 + 0.9e-3, abs=1e-4)
    assert float(shape[1499]) == pytest.approx(0.1, abs=1e-4)
    assert float(20 * torch.log10(shape[1899] / shape[1499])) == pytest.approx(-60, abs=0.1)


def test_neutral_leaves_every_sample_as_it_is():
    envelope = Envelope()
    signal = torch.randn(2, 2, 500)
    torch.testing.assert_close(envelope(signal, **envelope.neutral()), signal, rtol=1e-5, atol=0)


def test_an_attack_of_one_sample_leaves_no_sample_silent():
    assert float(envelope_of(log_attack=1.0, log_sustain=0.0)[0]) == pytest.approx(1, abs=1e-5)


def test_every_time_has_a_gradient():
    envelope = Envelope(sample_rate=1000)
    raw = {name: value.requires_grad_() for name, value in envelope.raw_from_controls(onset=0.1).items()}
    envelope(torch.ones(1, 1, 3000), **raw).sum().backward()
    assert all(value.grad.abs().item() > 1e-3 for value in raw.values())
