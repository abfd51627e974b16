"""Delays and modulation against plain loops over samples, and sines that are known to move in time."""

import numpy as np
import pytest
import torch
from scipy import signal as scipy_signal

from grafx_lab import dsp
from grafx_lab.processors import (
    Chorus,
    FeedbackDelay,
    Flanger,
    ModDelay,
    MultitapDelay,
    Phaser,
    Processor,
    Tremolo,
    Vibrato,
    sweeps,
)
from tests.processors.oracles.oracle import Oracle

RATE = 8000
TIME = np.arange(1200) / RATE
NOISE = np.random.default_rng(3).uniform(-1, 1, (2, 1200))


def play(
    processor: Processor, signal: np.ndarray, exactly: dict[str, torch.Tensor] | None = None, **controls: object
) -> np.ndarray:
    raw = processor.raw_from_controls(**controls)
    double = {key: value.double() for key, value in raw.items()} | (exactly or {})
    return processor.run(torch.from_numpy(signal)[None], **double).signals[0][0].numpy()


def swing(rate: float, phase: float, channel: int, spread: float) -> np.ndarray:
    return np.sin(2 * np.pi * rate * TIME + np.deg2rad(phase + channel * spread))


def read(signal: np.ndarray, delay: np.ndarray) -> np.ndarray:
    """A fractional delay by Lagrange's cubic, for slow signals: another formula than the processors'."""
    padded = np.concatenate([np.zeros(4), signal, np.zeros(4)])
    output = np.zeros(len(signal))
    for n, distance in enumerate(delay):
        whole = int(np.floor(distance))
        x = [padded[max(n - whole + k, -4) + 4] for k in (1, 0, -1, -2)]
        t = distance - whole
        weights = [
            -t * (t - 1) * (t - 2) / 6,
            (t + 1) * (t - 1) * (t - 2) / 2,
            -(t + 1) * t * (t - 2) / 2,
            (t + 1) * t * (t - 1) / 6,
        ]
        output[n] = np.dot(weights, x)
    return output


SLOW = np.stack([np.sin(2 * np.pi * 100 * TIME + 1), np.cos(2 * np.pi * 90 * TIME)])


def check_chorus() -> None:
    output = play(
        Chorus(num_voices=2, sample_rate=RATE), SLOW, rate=3.0, phase=20.0, spread=60.0, delay=6.0, depth=4.0, mix=30.0
    )
    for channel in range(2):
        wet = sum(
            read(SLOW[channel], RATE / 1000 * (6 + 2 * (1 + swing(3.0, 20 + 180 * voice, channel, 60))))
            for voice in range(2)
        )
        expected = 0.7 * SLOW[channel] + 0.3 * wet / np.sqrt(2)
        np.testing.assert_allclose(output[channel, 100:], expected[100:], atol=2e-4)


def check_vibrato() -> None:
    """The pitch of a tone at the fastest moment, from the phase of its analytic signal."""
    rate, cents = 4.0, 50.0
    tone = np.sin(2 * np.pi * 200 * np.arange(3 * RATE) / RATE)
    output = play(Vibrato(sample_rate=RATE), tone[None], rate=rate, depth=cents)[0]
    frequency = np.diff(np.unwrap(np.angle(scipy_signal.hilbert(output)))) * RATE / 2 / np.pi
    # The shortest period of the delay's a - a cos is at three quarters of a turn.
    fastest = frequency[round((2 + 0.75 / rate) * RATE)]
    assert abs(1200 * np.log2(fastest / 200) - cents) < 0.3
    assert abs(play(Vibrato(sample_rate=RATE), tone[None], rate=rate, depth=0.0)[0] - tone).max() == 0


def check_tremolo() -> None:
    output = play(Tremolo(sample_rate=RATE), NOISE, rate=6.0, phase=-30.0, spread=180.0, depth=80.0)
    for channel in range(2):
        gain = 0.6 + 0.4 * swing(6.0, -30.0, channel, 180.0)
        np.testing.assert_allclose(output[channel], gain * NOISE[channel], atol=1e-6)


def check_feedback_delay() -> None:
    """A comb filter by SciPy; between samples, the loop's delay is a filter of two taps."""
    for samples, taps in ((9, [1.0]), (9.25, [0.75, 0.25])):
        late = np.concatenate([np.zeros(9), taps])
        loop = -0.4 * late
        loop[0] += 1
        exactly = {"time": np.log(1000 * samples / RATE), "feedback": np.log(0.4 / 0.6)}
        raw = {name: torch.tensor([[value]], dtype=torch.float64) for name, value in exactly.items()}
        output = play(FeedbackDelay(sample_rate=RATE), NOISE, exactly=raw)
        np.testing.assert_allclose(output, scipy_signal.lfilter(late, loop, NOISE), rtol=1e-9, atol=1e-9)


def check_flanger() -> None:
    output = play(
        Flanger(sample_rate=RATE),
        NOISE,
        rate=5.0,
        phase=0.0,
        spread=90.0,
        delay=0.7,
        depth=2.0,
        exactly={"feedback": torch.tensor([[np.arctanh(-0.6 / 0.98)]])},
        mix=40.0,
    )
    for channel in range(2):
        delay = RATE / 1000 * (0.7 + 1 + swing(5.0, 0.0, channel, 90.0))
        loop, echo = np.zeros(1202), np.zeros(1200)
        for n in range(1200):
            whole, share = divmod(delay[n], 1)
            before = [loop[n - int(whole) - k] if n - int(whole) - k >= 0 else 0.0 for k in (0, 1)]
            echo[n] = (1 - share) * before[0] + share * before[1]
            loop[n] = NOISE[channel, n] - 0.6 * echo[n]
        np.testing.assert_allclose(output[channel], 0.6 * NOISE[channel] + 0.4 * echo, atol=1e-4)


def check_phaser() -> None:
    """At rest it is a fixed filter, whose transfer function SciPy knows; its notches are at ±90° of four stages."""
    raw = {"rate": 1.0, "phase": 90.0, "spread": 0.0, "center": 500.0, "mix": 50.0}
    still = play(Phaser(num_stages=4, sample_rate=RATE), NOISE, depth=0.0, feedback=50.0, **raw)
    t = np.tan(np.pi * 500 / RATE)
    b, a = np.array([1.0]), np.array([1.0])
    for _ in range(4):
        b, a = np.convolve(b, [t - 1, t + 1]), np.convolve(a, [t + 1, t - 1])
    wet = scipy_signal.lfilter(b, np.append(a, 0) - 0.5 * np.append(0, b), NOISE)
    np.testing.assert_allclose(still, 0.5 * (NOISE + wet), atol=1e-5)
    # A slow sweep begins where the oscillator does: a whole octave above.
    moved = play(Phaser(num_stages=4, sample_rate=RATE), NOISE, depth=2.0, feedback=0.0, **(raw | {"rate": 0.05}))[
        :, :8
    ]
    t = np.tan(np.pi * 1000 / RATE)
    b, a = np.poly([-(t + 1) / (t - 1)] * 4) * ((t - 1) / (t + 1)) ** 4, np.poly([-(t - 1) / (t + 1)] * 4)
    np.testing.assert_allclose(moved, 0.5 * (NOISE + scipy_signal.lfilter(b, a, NOISE))[:, :8], atol=1e-4)


def check_mod_delay() -> None:
    delay = ModDelay(center_ms=2.0, depth_ms=3.0, sample_rate=RATE)
    phase = 50 + 40 * np.sin(2 * np.pi * 3 * TIME)
    controls = {"gain": torch.full((1, 1200, 1), 0.5), "phase": torch.from_numpy(phase)[None, :, None]}
    output = play(delay, NOISE, **controls)
    place = np.arange(1200) - RATE / 1000 * (2 + 3 * phase / 100)
    for channel in range(2):
        echo = np.interp(place, np.arange(-1, 1200), np.append(0, NOISE[channel]), left=0.0)
        np.testing.assert_allclose(output[channel], NOISE[channel] + 0.5 * echo, atol=1e-5)


def check_multitap() -> None:
    """Echoes of an impulse: where the angles say, in mid and side, each a Hann window wide, with energy one."""
    delay = MultitapDelay(segment_len=51, num_segments=2, processor_channel="midside", zp_filter_bins=5, pre_delay=7)
    times = np.array([[11, 34], [20, 40]])
    angles = -2 * np.pi * times.reshape(-1) / 51
    raw = {
        "delay_z": torch.from_numpy(np.stack([np.cos(angles), np.sin(angles)], -1))[None],
        "log_fir_magnitude": torch.zeros(1, 4, 5, dtype=torch.float64),
    }
    impulse = torch.zeros(1, 2, 200, dtype=torch.float64)
    impulse[:, :, 0] = 1
    impulse[:, 1, 0] = -1 / 3
    output = delay(impulse, **raw)[0][0].numpy()
    expected = np.zeros((2, 200))
    for side, level in ((0, 1 / 3), (1, 2 / 3)):
        for segment in range(2):
            expected[side, 7 + 51 * segment + times[side, segment]] = level / np.sqrt(2)
    np.testing.assert_allclose((output[0] + output[1]) / 2, expected[0], atol=1e-9)
    np.testing.assert_allclose((output[0] - output[1]) / 2, expected[1], atol=1e-9)
    milliseconds = delay.delays(raw["delay_z"])[0, :, :, 0].numpy()
    np.testing.assert_allclose(milliseconds, 1000 / 44100 * (7 + times + [0, 51]), rtol=1e-6)


def late(function: str):
    """A mutation: the function of dsp that reads the past reads a hundredth further back."""

    def mutate(monkeypatch: pytest.MonkeyPatch) -> None:
        original = getattr(dsp, function)
        monkeypatch.setattr(dsp, function, lambda signal, samples, *rest: original(signal, 1.01 * samples, *rest))

    return mutate


def stretched_taps(monkeypatch: pytest.MonkeyPatch) -> None:
    original = dsp.soft_taps
    monkeypatch.setattr(dsp, "soft_taps", lambda places, length: original(places, length).roll(1, -1))


def stronger(function: str):
    """A mutation: the last argument of a function of dsp is a hundredth larger."""

    def mutate(monkeypatch: pytest.MonkeyPatch) -> None:
        original = getattr(dsp, function)
        monkeypatch.setattr(dsp, function, lambda *arguments: original(*arguments[:-1], 1.01 * arguments[-1]))

    return mutate


def mistuned_vibrato(monkeypatch: pytest.MonkeyPatch) -> None:
    original = dsp.vibrato_depth
    monkeypatch.setattr(dsp, "vibrato_depth", lambda cents, rate: original(1.02 * cents, rate))


ORACLES = {
    "multitap_delay": Oracle(check_multitap, stretched_taps, "times from angles, by hand"),
    "feedback_delay": Oracle(check_feedback_delay, stronger("feedback_delay"), "SciPy's lfilter"),
    "mod_delay": Oracle(check_mod_delay, late("delay"), "numpy.interp (and DDSP's goldens)"),
    "chorus": Oracle(check_chorus, late("delay"), "Lagrange's cubic in a loop over samples"),
    "flanger": Oracle(check_flanger, lambda patch: patch.setattr(sweeps, "MOST_FEEDBACK", 97.0), "a loop over samples"),
    "phaser": Oracle(check_phaser, stronger("allpass_cascade"), "the transfer function of its all-pass filters"),
    "tremolo": Oracle(check_tremolo, stronger("tremolo_gain"), "the formula of its gain"),
    "vibrato": Oracle(check_vibrato, mistuned_vibrato, "instantaneous frequency by the Hilbert transform"),
}
