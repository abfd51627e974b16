import numpy as np
import pytest
import torch

from grafx_lab import dsp

SIGNAL = torch.randn(2, 2, 60, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def wave(frequency, length, start=0.0):
    return torch.sin(2 * torch.pi * frequency * (torch.arange(length, dtype=torch.float64) - start))[None, None]


@pytest.mark.parametrize("samples", [0, 3, 60, 75, -4, -70])
def test_shift_moves_whole_samples_and_keeps_the_length(samples):
    expected = torch.zeros_like(SIGNAL)
    if samples >= 0:
        expected[..., samples:] = SIGNAL[..., : max(60 - samples, 0)]
    else:
        expected[..., : max(60 + samples, 0)] = SIGNAL[..., -samples:]
    torch.testing.assert_close(dsp.shift(SIGNAL, samples), expected, rtol=0, atol=0)


@pytest.mark.parametrize("interpolation", ["linear", "cubic"])
@pytest.mark.parametrize("samples", [0, 1, 17, 59, 60, 10**6])
def test_whole_delays_are_shifts(interpolation, samples):
    delayed = dsp.delay(SIGNAL, torch.full((1, 1, 1), float(samples)), interpolation)
    torch.testing.assert_close(delayed, dsp.shift(SIGNAL, samples), rtol=0, atol=0)


@pytest.mark.parametrize(("interpolation", "tolerance"), [("linear", 6e-3), ("cubic", 5e-4)])
def test_a_fractional_delay_moves_a_slow_sine_by_that_fraction(interpolation, tolerance):
    signal = wave(0.03, 200)
    delayed = dsp.delay(signal, torch.full((1, 1, 1), 12.37, dtype=torch.float64), interpolation)
    assert float((delayed - wave(0.03, 200, 12.37))[..., 15:].abs().max()) < tolerance


def test_linear_reading_is_the_mean_weighted_by_the_fraction():
    delayed = dsp.delay(SIGNAL, torch.full((1, 1, 1), 2.25, dtype=torch.float64), "linear")
    torch.testing.assert_close(delayed, 0.75 * dsp.shift(SIGNAL, 2) + 0.25 * dsp.shift(SIGNAL, 3))


def test_cubic_reading_is_exact_on_parabolas():
    time = torch.arange(40, dtype=torch.float64)[None, None]
    delayed = dsp.delay(time**2, torch.full((1, 1, 1), 4.6, dtype=torch.float64))
    torch.testing.assert_close(delayed[..., 8:-1], ((time - 4.6) ** 2)[..., 8:-1])


def test_a_growing_delay_lowers_the_pitch():
    time = torch.arange(4000, dtype=torch.float64)[None, None]
    output = dsp.delay(wave(0.05, 4000), 0.1 * time)[0, 0, 500:]
    spectrum = torch.fft.rfft(output * torch.hann_window(3500, dtype=torch.float64)).abs()
    assert float(spectrum.argmax()) / 3500 == pytest.approx(0.05 * 0.9, abs=3e-4)


@pytest.mark.parametrize("interpolation", ["linear", "cubic"])
def test_gradients_of_delays(interpolation):
    signal = SIGNAL[:, :, :20].clone().requires_grad_()
    samples = (0.3 + 5 * torch.rand(1, 2, 20, dtype=torch.float64)).requires_grad_()
    assert torch.autograd.gradcheck(lambda u, d: dsp.delay(u, d, interpolation), (signal, samples))


def test_an_unknown_interpolation_is_refused():
    with pytest.raises(ValueError, match="interpolation"):
        dsp.delay(SIGNAL, torch.zeros(1, 1, 1), "sinc")


def reference_feedback(signal, samples, feedback):
    loop, echo = np.zeros(len(signal)), np.zeros(len(signal))
    for n in range(len(signal)):
        place = n - samples[n]
        echo[n] = np.interp(place, np.arange(n), loop[:n], left=0.0) if n and place >= 0 else 0.0
        if -1 < place < 0:
            echo[n] = (1 + place) * loop[0]
        loop[n] = signal[n] + feedback * echo[n]
    return echo


def test_feedback_delay_agrees_with_a_plain_loop():
    samples = 1 + 9 * torch.rand(1, 1, 60, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    echo = dsp.feedback_delay(SIGNAL, samples, torch.full((1, 1, 1), -0.7))
    expected = reference_feedback(SIGNAL[1, 0].numpy(), samples[0, 0].numpy(), np.float32(-0.7))
    np.testing.assert_allclose(echo[1, 0], expected, atol=1e-12)


def test_feedback_repeats_an_impulse_at_multiples_of_the_delay():
    impulse = torch.zeros(1, 1, 100)
    impulse[..., 0] = 1
    echo = dsp.feedback_delay(impulse, torch.full((1, 1, 1), 25.0), torch.full((1, 1, 1), 0.5))
    expected = torch.zeros(1, 1, 100)
    expected[..., [25, 50, 75]] = torch.tensor([1.0, 0.5, 0.25])
    torch.testing.assert_close(echo, expected)


def test_gradients_of_the_feedback_delay():
    signal = SIGNAL[:, :, :20].clone().requires_grad_()
    samples = (1.2 + 5 * torch.rand(1, 2, 20, dtype=torch.float64)).requires_grad_()
    feedback = torch.tensor([[[0.6]], [[-0.8]]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(dsp.feedback_delay, (signal, samples, feedback))


def reference_cubic(signal, samples):
    padded = np.pad(signal, (len(signal) + 8, 8))
    delayed = np.empty(len(signal))
    for n, distance in enumerate(samples):
        place = max(n - distance, -5.0)
        whole = int(np.ceil(place))
        h = place - (whole - 1)  # of the way from the far sample to the near one
        nodes = padded[len(signal) + 8 + whole + np.array([1, 0, -1, -2])]
        rise_near, rise_far = (nodes[0] - nodes[2]) / 2, (nodes[1] - nodes[3]) / 2
        hermite = 2 * h**3 - 3 * h**2 + 1, h**3 - 2 * h**2 + h, -2 * h**3 + 3 * h**2, h**3 - h**2
        delayed[n] = np.dot(hermite, [nodes[2], rise_far, nodes[1], rise_near])
    return delayed


def test_cubic_reading_is_catmull_and_roms_spline_also_at_both_ends():
    samples = 65 * torch.rand(1, 1, 60, dtype=torch.float64, generator=torch.Generator().manual_seed(2)) ** 2
    delayed = dsp.delay(SIGNAL, samples)
    expected = reference_cubic(SIGNAL[1, 0].numpy(), samples[0, 0].numpy())
    np.testing.assert_allclose(delayed[1, 0], expected, atol=1e-12)


@pytest.mark.parametrize("interpolation", ["linear", "cubic"])
def test_a_delay_that_is_no_number_gives_none(interpolation):
    samples = torch.tensor([0.5, float("nan"), 2.5, float("inf")]).expand(1, 1, 4)
    delayed = dsp.delay(SIGNAL[:1, :1, :4], samples, interpolation)[0, 0]
    assert delayed.isnan().tolist() == [False, True, False, False]
    assert float(delayed[3]) == 0
