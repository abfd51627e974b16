"""Targets made by software that is not ours: pedalboard and SoX, with parameters drawn by seed."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

Draw = Callable[[float, float], float]
"""A number between two ends, evenly; :class:`Dice` has it on octaves too."""


class Dice:
    """Numbers by seed."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)

    def even(self, low: float, high: float) -> float:
        """Anywhere between."""
        return float(self._generator.uniform(low, high))

    def octaves(self, low: float, high: float) -> float:
        """Anywhere between on a logarithmic scale."""
        return float(np.exp(self._generator.uniform(np.log(low), np.log(high))))


Effect = Callable[[np.ndarray, int], np.ndarray]
"""``(channel, time)`` and its sample rate → the same shape, float32."""


def _board(*plugins: object) -> Effect:
    import pedalboard

    return lambda audio, rate: pedalboard.Pedalboard(list(plugins))(audio.astype(np.float32), rate)


def _sox(*words: object) -> Effect:
    if shutil.which("sox") is None:
        raise SystemExit("SoX is missing: on Debian and Ubuntu sudo apt install sox.")

    def play(audio: np.ndarray, rate: int) -> np.ndarray:
        with tempfile.TemporaryDirectory() as folder:
            before, after = Path(folder, "before.wav"), Path(folder, "after.wav")
            soundfile.write(before, audio.T, rate, subtype="FLOAT")
            format_words = ("-e", "floating-point", "-b", "32")
            texts = [f"{word:.5f}" if isinstance(word, float) else str(word) for word in words]
            subprocess.run(
                ["sox", "-R", "-D", str(before), *format_words, str(after), *texts], check=True, capture_output=True
            )
            wet = soundfile.read(after, dtype="float32", always_2d=True)[0].T
        return np.pad(wet, ((0, 0), (0, max(0, audio.shape[1] - wet.shape[1]))))[:, : audio.shape[1]]

    return play


def _in_row(*effects: Effect) -> Effect:
    def play(audio: np.ndarray, rate: int) -> np.ndarray:
        for effect in effects:
            audio = effect(audio, rate)
        return audio

    return play


def _equalizer(dice: Dice) -> Effect:
    from pedalboard import HighShelfFilter, LowShelfFilter, PeakFilter

    return _board(
        LowShelfFilter(dice.octaves(80, 300), dice.even(-9, 9)),
        *(PeakFilter(dice.octaves(200, 8000), dice.even(-12, 12), dice.octaves(0.5, 4)) for _ in range(3)),
        HighShelfFilter(dice.octaves(3000, 9000), dice.even(-9, 9)),
    )


def _sox_equalizer(dice: Dice) -> Effect:
    words: list[object] = []
    for _ in range(3):
        words += ["equalizer", dice.octaves(100, 8000), f"{dice.octaves(0.5, 3):.3f}q", dice.even(-10, 10)]
    return _sox("gain", -6, *words, "bass", dice.even(-8, 8), "treble", dice.even(-8, 8))


def _compressor(dice: Dice) -> Effect:
    from pedalboard import Compressor, Gain

    threshold, ratio = dice.even(-36, -18), dice.even(2.5, 8)
    return _board(Compressor(threshold, ratio, dice.octaves(1, 30), dice.octaves(50, 400)), Gain(dice.even(2, 9)))


def _gate(dice: Dice) -> Effect:
    from pedalboard import NoiseGate

    return _board(NoiseGate(dice.even(-32, -18), dice.even(3, 10), dice.octaves(0.5, 5), dice.octaves(50, 250)))


def _compander(dice: Dice) -> Effect:
    knee, level = dice.even(-40, -25), dice.even(-16, -8)
    times = f"{dice.octaves(0.005, 0.05):.4f},{dice.octaves(0.1, 0.5):.4f}"
    return _sox("compand", times, f"6:-70,-70,{knee:.2f},{knee:.2f},0,{level:.2f}", dice.even(0, 6))


def _distortion(dice: Dice) -> Effect:
    from pedalboard import Distortion, Gain

    return _board(Distortion(dice.even(12, 30)), Gain(dice.even(-9, -3)))


def _overdrive(dice: Dice) -> Effect:
    return _sox("gain", -6, "overdrive", dice.even(8, 25), dice.even(0, 40))


def _reverb(dice: Dice) -> Effect:
    from pedalboard import Reverb

    wet = dice.even(0.15, 0.4)
    return _board(Reverb(dice.even(0.2, 0.8), dice.even(0.2, 0.8), wet, 1 - wet, dice.even(0.3, 1.0)))


def _sox_reverb(dice: Dice) -> Effect:
    return _sox("gain", -6, "reverb", dice.even(30, 80), dice.even(20, 80), dice.even(40, 100))


def _delay(dice: Dice) -> Effect:
    from pedalboard import Delay

    return _board(Delay(dice.even(0.08, 0.45), dice.even(0, 0.5), dice.even(0.2, 0.45)))


def _echoes(dice: Dice) -> Effect:
    taps: list[object] = []
    for _ in range(3):
        taps += [dice.octaves(60, 600), dice.even(0.2, 0.5)]
    return _sox("gain", -6, "echo", 0.8, 0.8, *taps)


def _tremolo(dice: Dice) -> Effect:
    return _sox("tremolo", dice.octaves(2, 9), dice.even(40, 90))


def _chorus(dice: Dice) -> Effect:
    from pedalboard import Chorus

    return _board(Chorus(dice.octaves(0.3, 3), dice.even(0.1, 0.5), dice.even(5, 15), 0.0, dice.even(0.3, 0.5)))


def _phaser(dice: Dice) -> Effect:
    from pedalboard import Phaser

    return _board(Phaser(dice.octaves(0.2, 2), dice.even(0.3, 0.8), dice.octaves(500, 2500), 0.0, dice.even(0.3, 0.5)))


RECIPES: dict[str, Callable[[Dice], Effect]] = {
    "eq (pedalboard)": _equalizer,
    "eq (sox)": _sox_equalizer,
    "compressor": _compressor,
    "gate": _gate,
    "compand (sox)": _compander,
    "distortion": _distortion,
    "overdrive (sox)": _overdrive,
    "reverb": _reverb,
    "reverb (sox)": _sox_reverb,
    "delay": _delay,
    "echo (sox)": _echoes,
    "tremolo (sox)": _tremolo,
    "chorus": _chorus,
    "phaser": _phaser,
    "chain": lambda dice: _in_row(_equalizer(dice), _compressor(dice), _reverb(dice)),
    "drive chain (sox)": lambda dice: _in_row(_overdrive(dice), _sox_equalizer(dice), _echoes(dice)),
}
"""By name, what makes an effect with drawn parameters."""
