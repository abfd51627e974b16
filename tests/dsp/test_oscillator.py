import math

import numpy as np
import torch

from grafx_lab import dsp

MINUTE = 60 * 44100


def test_a_minute_of_phase_does_not_drift():
    frequency = torch.full((1, MINUTE, 1), 440.1)
    phase = dsp.accumulate_phase(frequency, 44100)[0, :, 0].double()
    truth = torch.arange(1, MINUTE + 1, dtype=torch.float64) * float(frequency[0, 0, 0]) / 44100
    drift = torch.remainder(phase - truth + 0.5, 1) - 0.5
    assert float(drift.abs().max()) < 1e-6
    single = torch.from_numpy(np.cumsum(frequency[0, :, 0].numpy() / np.float32(44100), dtype=np.float32)).double()
    assert float((single - truth).abs().max()) > 0.1


def test_the_last_second_of_a_minute_of_harmonics_is_the_closed_form():
    f0 = torch.tensor([[[311.7]]])
    amplitudes = torch.tensor([[[0.5, 0.0, 0.0, 0.25]]])
    tone = dsp.harmonic_synthesis(f0, torch.ones(1, 1, 1), amplitudes, MINUTE, 44100)[0, -44100:].double()
    time = torch.arange(MINUTE - 44099, MINUTE + 1, dtype=torch.float64) / 44100
    angle = 2 * math.pi * float(f0) * time
    torch.testing.assert_close(tone, 0.5 * torch.sin(angle) + 0.25 * torch.sin(4 * angle), rtol=0, atol=1e-5)


def test_exclusive_phases_begin_at_zero():
    frequency = torch.full((1, 4, 1), 11025.0)
    assert dsp.accumulate_phase(frequency, 44100)[0, :, 0].tolist() == [0.25, 0.5, 0.75, 0.0]
    assert dsp.accumulate_phase(frequency, 44100, exclusive=True)[0, :, 0].tolist() == [0.0, 0.25, 0.5, 0.75]


def test_what_reaches_half_the_sample_rate_is_silent_on_either_side_of_zero():
    frequencies = torch.tensor([999.0, 1000.0, 5000.0, -999.0, -1000.0])
    assert dsp.remove_above_nyquist(frequencies, torch.ones(5), 2000).tolist() == [1, 0, 0, 1, 0]


def test_harmonics_that_can_sound_share_the_whole_amplitude():
    weights = dsp.normalize_harmonics(torch.ones(1, 1, 5), torch.tensor([[[300.0]]]), 2000)
    torch.testing.assert_close(weights, torch.tensor([[[1.0, 1.0, 1.0, 0.0, 0.0]]]) / 3)
    assert dsp.normalize_harmonics(torch.ones(1, 1, 5), torch.tensor([[[1000.0]]]), 2000).sum() == 0


def test_a_sweep_into_half_the_sample_rate_falls_silent():
    f0 = torch.linspace(20000, 24000, 2)[None, :, None]
    tone = dsp.harmonic_synthesis(f0, torch.ones(1, 1, 1), torch.ones(1, 1, 2), 44100, 44100)[0]
    assert float(tone[:20000].abs().max()) > 0.9
    assert float(tone[23000:].abs().max()) == 0


def test_blocks_of_a_stream_join_without_a_seam():
    f0 = torch.full((1, 1000, 1), 123.4, dtype=torch.float64)
    amplitudes = torch.rand(1, 1000, 5, dtype=torch.float64)
    whole, last = dsp.harmonic_bank(f0, amplitudes, 16000)
    first, phase = dsp.harmonic_bank(f0[:, :300], amplitudes[:, :300], 16000)
    second, end = dsp.harmonic_bank(f0[:, 300:], amplitudes[:, 300:], 16000, phase)
    torch.testing.assert_close(torch.cat([first, second], 1), whole)
    torch.testing.assert_close(end, last)


def test_shifts_detune_each_harmonic_by_its_own_ratio():
    f0, length = torch.full((1, 1, 1), 100.0, dtype=torch.float64), 800
    weights, shifts = torch.tensor([[[0.0, 1.0]]]).double(), torch.tensor([[[0.0, 0.1]]]).double()
    tone = dsp.harmonic_synthesis(f0, torch.ones(1, 1, 1).double(), weights, length, 8000, shifts=shifts)
    time = torch.arange(1, length + 1, dtype=torch.float64) / 8000
    torch.testing.assert_close(tone[0], torch.sin(2 * math.pi * 220 * time), rtol=0, atol=1e-6)


def test_a_harmonic_tone_is_its_sinusoids():
    f0, amplitude = torch.full((1, 1, 1), 900.0), torch.full((1, 1, 1), 0.7)
    weights = torch.rand(1, 1, 6)
    amplitudes, frequencies = dsp.harmonic_to_sinusoidal(amplitude, weights, f0, 8000)
    envelopes = (dsp.resample_envelope(item, 500) for item in (frequencies, amplitudes))
    bank = dsp.oscillator_bank(*envelopes, 8000)
    normalized = dsp.normalize_harmonics(weights, f0, 8000)
    torch.testing.assert_close(bank, dsp.harmonic_synthesis(f0, amplitude, normalized, 500, 8000), rtol=1e-4, atol=1e-5)
