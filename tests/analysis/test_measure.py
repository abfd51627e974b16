import numpy as np
import pytest
import torch
from scipy.signal import sosfreqz

from grafx_lab.analysis import (
    channel_gains,
    frequency_response,
    harmonics,
    impulse_envelope,
    static_curve,
    step_response,
    transfer_curve,
)
from grafx_lab.parameters import flatten
from grafx_lab.processors import (
    Compressor,
    ParametricEqualizer,
    Processor,
    StereoGain,
    STFTMaskedNoiseReverb,
    TanhDistortion,
)

RATE = 16000


def test_the_response_of_an_equalizer_is_that_of_its_sections():
    equalizer = ParametricEqualizer(num_filters=3, sample_rate=RATE)
    controls = {"w0": [[200.0, 1000.0, 4000.0]], "q_inv": [[0.7, 2.0, 0.7]], "log_gain": [[-6.0, 9.0, 4.0]]}
    raw = equalizer.raw_from_controls(**controls)
    curve = frequency_response(equalizer, raw)
    tensors = {key: torch.tensor(value, dtype=torch.float64)[None] for key, value in controls.items()}
    sections = equalizer.sections(**tensors)[0, 0].numpy()
    _, response = sosfreqz(sections / sections[:, 3:4], curve.x, fs=RATE)
    np.testing.assert_allclose(curve.y, 20 * np.log10(np.abs(response)), atol=0.1)
    assert curve.x[0] == pytest.approx(20.0)
    assert curve.x[-1] == pytest.approx(0.49 * RATE)
    assert curve.x.dtype == curve.y.dtype == np.float32


def test_the_response_of_a_gain_is_flat():
    gain = StereoGain(sample_rate=RATE)
    curve = frequency_response(gain, gain.raw_from_controls(log_gain=6.0), points=9)
    np.testing.assert_allclose(curve.y, 6.0, atol=1e-3)


def test_channels_count_by_their_mean_power():
    gain = StereoGain(sample_rate=RATE)
    curve = frequency_response(gain, gain.raw_from_controls(log_gain=[3.0103, -300.0]), points=3)
    np.testing.assert_allclose(curve.y, 0.0, atol=1e-3)


def test_a_static_curve_is_straight_below_the_threshold_and_follows_the_ratio_above():
    compressor = Compressor(knee="hard", sample_rate=RATE)
    raw = compressor.raw_from_controls(log_threshold=-30.0, log_ratio=4.0, z_alpha_pre=1.0)
    curve = static_curve(compressor, raw)
    assert (curve.x[0], curve.x[-1], len(curve.x)) == (-60.0, 0.0, 49)
    below, above = curve.x <= -31, curve.x >= -29
    np.testing.assert_allclose(curve.y[below], curve.x[below], atol=0.1)
    np.testing.assert_allclose(curve.y[above], -30 + (curve.x[above] + 30) / 4, atol=0.2)


def test_the_transfer_of_a_tanh_is_a_tanh():
    tanh = TanhDistortion(sample_rate=RATE)
    curve = transfer_curve(tanh, tanh.raw_from_controls(log_pre_gain=12.0))
    drive = 10 ** (12 / 20)
    np.testing.assert_allclose(curve.y, np.tanh(drive * curve.x) / drive, atol=1e-5)


def test_the_gains_of_two_channels():
    gain = StereoGain(sample_rate=RATE)
    np.testing.assert_allclose(channel_gains(gain, gain.raw_from_controls(log_gain=[-6.0, 3.0])), [-6, 3], atol=1e-3)


def test_a_mono_processor_gives_both_channels_the_same_gain():
    class Halved(Processor, register=False):
        channels_in = (1,)

        def get_signal(self, signal):
            return 0.5 * signal

    np.testing.assert_allclose(channel_gains(Halved(sample_rate=RATE), {}), [-6.02, -6.02], atol=0.01)


def test_an_envelope_falls_by_60_decibels_in_the_decay_time():
    reverb = STFTMaskedNoiseReverb(ir_len=RATE, n_fft=128, hop_length=64, sample_rate=RATE)
    curve = impulse_envelope(reverb, reverb.raw_from_controls(delta_log_magnitude=0.5), points=60, seconds=1.0)
    level = 20 * np.log10(curve.y + 1e-12)
    slope = np.polyfit(curve.x[3:30], level[3:30], 1)[0]
    assert slope == pytest.approx(-60 / 0.5, rel=0.1)


def test_the_dry_impulse_is_no_part_of_the_envelope():
    gain = StereoGain(sample_rate=RATE)
    assert not impulse_envelope(gain, gain.neutral(), points=8, seconds=0.1).y.any()


def test_measuring_needs_no_gradient():
    tanh = TanhDistortion(sample_rate=RATE)
    raw = {name: value.requires_grad_() for name, value in flatten(tanh.neutral()).items()}
    assert transfer_curve(tanh, raw).y.shape == (121,)


def test_a_level_step_through_a_gain_is_level_and_through_a_compressor_is_not():
    gain = StereoGain(sample_rate=RATE)
    curve = step_response(gain, gain.raw_from_controls(log_gain=-6.0))
    np.testing.assert_allclose(curve.y, -6.0, atol=0.01)
    compressor = Compressor(sample_rate=RATE)
    pressed = step_response(compressor, compressor.raw_from_controls(log_threshold=-30.0, log_ratio=4.0))
    during, before = pressed.y[(pressed.x > 250) & (pressed.x < 290)].mean(), pressed.y[pressed.x < 80][-5:].mean()
    assert during < before - 6


def test_a_clean_gain_has_no_harmonics_and_an_odd_curve_only_odd_ones():
    gain = StereoGain(sample_rate=RATE)
    clean = harmonics(gain, gain.raw_from_controls(log_gain=0.0))
    assert clean.y[0] == pytest.approx(-6.0, abs=0.01)
    assert clean.y[1:].max() < -100
    curve = TanhDistortion(sample_rate=RATE)
    bent = harmonics(curve, curve.raw_from_controls(log_pre_gain=12.0))
    assert bent.y[2] > bent.y[1] + 40
