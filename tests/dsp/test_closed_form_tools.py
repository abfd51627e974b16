"""What closed-form starts are made of, on signals whose answer is known."""

import math

import pytest
import torch

from grafx_lab import dsp

RATE = 16000


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_a_tones_power_stands_at_its_frequency():
    tone = torch.sin(2 * math.pi * 1000 / RATE * torch.arange(RATE))[None]
    frequencies = dsp.log_frequencies(40, RATE)
    hiss = 1e-3 * noise(1, RATE)
    ratio, _ = dsp.spectral_ratio(hiss, hiss + tone, frequencies, RATE)
    assert abs(math.log2(float(frequencies[ratio.argmax()]) / 1000)) < 0.2


@pytest.mark.parametrize("decibel", [-12.0, 0.0, 9.0])
def test_a_gain_is_the_ratio_at_every_frequency(decibel):
    signal = noise(1, RATE)
    ratio, weight = dsp.spectral_ratio(signal, 10 ** (decibel / 20) * signal, dsp.log_frequencies(40, RATE), RATE)
    torch.testing.assert_close(ratio, torch.full_like(ratio, decibel), rtol=0, atol=1e-4)
    assert float(weight.min()) > 0.9


def test_where_there_is_only_noise_the_ratio_is_that_of_the_nearest_frequency():
    signal = noise(1, RATE)
    low = torch.fft.irfft(torch.fft.rfft(signal) * (torch.arange(RATE // 2 + 1) < 1000), n=RATE)
    frequencies = dsp.log_frequencies(40, RATE)
    hiss = 1e-5 * noise(2, RATE, seed=1)
    ratio, weight = dsp.spectral_ratio(low + hiss[:1], 2 * low + hiss[1:], frequencies, RATE)
    assert (weight[0, frequencies > 2600] == 0).all()
    known = weight[0] > 0
    doubled = ratio[0, frequencies < 900]
    torch.testing.assert_close(doubled, torch.full_like(doubled, 20 * math.log10(2)), rtol=0, atol=0.01)
    assert (ratio[0, ~known] == ratio[0, known][-1]).all()


def cut_note(taps):
    """A loud low tone over treble 80 dB below it, cut off within a period; and both through taps."""
    time = torch.arange(RATE)
    note = (time / 800).clamp(max=1) * torch.sin(2 * math.pi * 110.3 / RATE * time) + 1e-4 * noise(2, RATE)
    return note, dsp.convolve(note[None], torch.tensor(taps, dtype=torch.float64).expand(1, 2, -1))[0]


def test_treble_far_below_the_bass_counts_where_both_recordings_share_it():
    note, filtered = cut_note([1.0, -0.9])
    frequencies = dsp.log_frequencies(40, RATE)
    ratio, weight = dsp.spectral_ratio(note[None], filtered[None], frequencies, RATE)
    angle = 2 * math.pi * frequencies / RATE
    expected = 10 * torch.log10(1 + 0.9**2 - 1.8 * torch.cos(angle))
    treble = frequencies > 1000
    assert float(weight[0, treble].min()) > 0.9
    torch.testing.assert_close(ratio[0, treble], expected[treble], rtol=0, atol=0.3)


def test_coherence_is_one_through_a_filter_and_nothing_between_strangers():
    signal = noise(1, 4 * RATE)
    filtered = dsp.convolve(signal[None], 1e-6 * noise(1, 50, seed=1)[None])[0]
    frequencies = dsp.log_frequencies(40, RATE)
    assert float(dsp.coherence(signal, filtered, frequencies, RATE).min()) > 0.95
    strangers = dsp.coherence(signal, noise(1, 4 * RATE, seed=2), frequencies, RATE)
    assert float(strangers.max()) < 0.4
    assert float(strangers.mean()) < 0.05
    assert float(dsp.coherence(signal, 0 * signal, frequencies, RATE).max()) == 0.0


def test_a_note_that_is_cut_off_tells_the_response_as_well():
    note, filtered = cut_note([0.5, 0.0, -0.3, 0.0, 0.2])
    found = dsp.least_squares_response(note, filtered, 64)
    missed = dsp.convolve(note[None], found[None])[0] - filtered
    treble = [torch.fft.rfft(x * torch.hann_window(RATE))[:, 1000:].norm() for x in (missed, filtered)]
    assert float(treble[0]) < 0.05 * float(treble[1])


def test_a_response_is_found_again_and_silence_has_none():
    response = noise(2, 200, seed=1) * torch.exp(-torch.arange(200) / 40)
    signal = noise(2, RATE)
    target = dsp.convolve(signal[None], response[None])[0]
    found = dsp.least_squares_response(signal, target, 300)
    assert float((found[:, :200] - response).norm()) < 0.02 * float(response.norm())
    assert float(found[:, 200:].norm()) < 0.02 * float(response.norm())
    assert torch.equal(dsp.least_squares_response(0 * signal, target, 50), torch.zeros(2, 50, dtype=torch.float64))


def test_a_recording_that_stops_within_a_decay_does_not_say_that_silence_follows():
    # Whoever takes the end for silence misses a fifth of the target.
    response = noise(1, 2000, seed=1) * torch.exp(-torch.arange(2000) / 1500)
    signal = noise(1, 4000)
    target = dsp.convolve(signal[None], response[None])[0]
    found = dsp.least_squares_response(signal, target, 2000)
    missed = dsp.convolve(signal[None], (found - response)[None])[0]
    assert float(missed.norm()) < 0.05 * float(target.norm())


def test_a_response_longer_than_the_signal_ends_in_zeros():
    found = dsp.least_squares_response(noise(1, 100), noise(1, 100, seed=1), 150)
    assert found.shape == (1, 150)
    assert (found[:, 100:] == 0).all()


def test_a_tap_is_as_loud_as_its_neighbours_a_tenth_of_its_time_away():
    response = torch.zeros(2, 3000, dtype=torch.float64)
    response[0, 1000] = 1.0
    loudness = dsp.loudness_around(response)
    assert loudness[0, 1000] == pytest.approx(201**-0.5)
    assert loudness[0, 1110] == pytest.approx(223**-0.5)
    assert loudness[0, 1113] == loudness[0, 0] < 1e-3 * loudness[0, 1000]
    assert (loudness[1] == 0).all()


def test_two_tremolos_share_rate_and_depth_and_have_a_phase_each():
    seconds = (torch.arange(200, dtype=torch.float64) + 0.5) / 200
    phases = torch.tensor([[30.0], [150.0]], dtype=torch.float64)
    wave = torch.sin(2 * math.pi * 0.6 * seconds + torch.deg2rad(phases))
    rate, found, depth = dsp.find_swing(
        torch.tensor([[1.0], [3.0]]) * (1 - 0.7 * (1 - wave) / 2), torch.ones(2, 200), 200
    )
    assert (rate, *found, depth) == pytest.approx((0.6, 30, 150, 0.7), rel=1e-3)


@pytest.mark.parametrize("seconds", [0.3, 0.8])
def test_the_decay_of_noise_is_its_time_to_sixty_decibels(seconds):
    rate = dsp.decay_rate(torch.tensor(seconds, dtype=torch.float64), RATE)
    response = noise(1, RATE) * dsp.exponential_decay(rate, RATE)
    _, found = dsp.decay_by_frequency(response, RATE, 256, 128)
    assert float(found.median()) == pytest.approx(seconds, rel=0.1)


def test_frames_know_the_gain_between_two_signals_and_where_there_is_nothing_to_know():
    signal = noise(1, 1000)
    signal[:, 500:] = 0
    gain, weight = dsp.frame_gain(signal, 2 * signal, 100)
    torch.testing.assert_close(gain[:5], torch.full((5,), math.log(2), dtype=torch.float64), rtol=0, atol=1e-5)
    assert weight[5:].tolist() == [0.0] * 5


@pytest.mark.parametrize(("rate", "phase", "depth"), [(5.0, 90.0, 0.8), (0.15, -100.0, 0.4), (9.0, 10.0, 0.2)])
def test_a_swing_is_found(rate, phase, depth):
    seconds = (torch.arange(400, dtype=torch.float64) + 0.5) / 200
    gain = 3 * (1 - depth * (1 - torch.sin(2 * math.pi * rate * seconds + math.radians(phase))) / 2)
    found_rate, phases, found_depth = dsp.find_swing(gain[None], torch.ones(1, 400), 200)
    assert (found_rate, *phases, found_depth) == pytest.approx((rate, phase, depth), rel=1e-3, abs=1e-3)
