import math

import pytest
import torch

from grafx_lab.dsp import fundamental_frequency

PITCHES = [50.0, 61.7, 110.0, 220.5, 440.0, 987.77, 1479.98, 2000.0]


def tone(frequency: float, rate: int = 16000, seconds: float = 0.4, slope: float = 1.0) -> torch.Tensor:
    """Harmonics that fall as 1 / n to the slope, below half the rate, with phases drawn by seed."""
    time = torch.arange(round(seconds * rate), dtype=torch.float64) / rate
    orders = torch.arange(1, max(2, min(30, int(0.45 * rate / frequency) + 1)), dtype=torch.float64)[:, None]
    phases = 2 * math.pi * torch.rand(orders.shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    return 0.1 * (torch.sin(2 * math.pi * frequency * orders * time + phases) / orders**slope).sum(0)


def middle(values: torch.Tensor) -> torch.Tensor:
    return values[..., 20:-20]


@pytest.mark.parametrize("rate", [16000, 44100])
@pytest.mark.parametrize("slope", [0.5, 1.0, 8.0])
@pytest.mark.parametrize("pitch", PITCHES)
def test_harmonic_tones_are_found_within_one_percent(pitch, slope, rate):
    frequency, confidence = fundamental_frequency(tone(pitch, rate, slope=slope), rate)
    torch.testing.assert_close(middle(frequency), torch.full_like(middle(frequency), pitch), rtol=0.01, atol=0)
    assert float(middle(confidence).min()) > 0.9


def test_a_missing_fundamental_is_heard():
    time = torch.arange(6400, dtype=torch.float64) / 16000
    upper = sum(torch.sin(2 * math.pi * 200 * order * time) for order in (3, 4, 5))
    frequency, _ = fundamental_frequency(upper, 16000)
    torch.testing.assert_close(middle(frequency), torch.full_like(middle(frequency), 200.0), rtol=0.01, atol=0)


def test_a_glide_is_followed():
    time = torch.arange(8000, dtype=torch.float64) / 16000
    pitch = 200 + 200 * time
    frequency, _ = fundamental_frequency(torch.sin(2 * math.pi * pitch.cumsum(0) / 16000), 16000)
    assert len(frequency) == 126
    torch.testing.assert_close(
        middle(frequency), 200 + 200 * torch.arange(20, 106) / 250.0, rtol=0.02, atol=0, check_dtype=False
    )


def test_noise_is_no_voice():
    noise = torch.randn(8000, generator=torch.Generator().manual_seed(0))
    voiced, unvoiced = (fundamental_frequency(signal)[1] for signal in (tone(220.0).float(), noise))
    assert float(unvoiced.mean()) < 0.5 < float(middle(voiced).min())
    assert unvoiced.dtype == torch.float32


@pytest.mark.parametrize("length", [1, 100, 8000])
def test_silence_has_neither_pitch_nor_confidence(length):
    frequency, confidence = fundamental_frequency(torch.zeros(2, 1, length))
    assert frequency.shape == confidence.shape == (2, 1, length // 64 + 1)
    assert not frequency.any()
    assert not confidence.any()


def test_recordings_of_a_batch_are_heard_apart():
    frequency, _ = fundamental_frequency(torch.stack([tone(150.0), tone(600.0)])[:, None])
    assert middle(frequency).median(-1).values[:, 0].tolist() == pytest.approx([150.0, 600.0], rel=0.01)
