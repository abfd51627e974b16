"""What a paper reports about mixing consoles: each kind of processor brings them nearer to a mix."""

from collections.abc import Sequence

import torch
from figure import Figure
from torch import Tensor

from grafx_lab.fitting import fit
from grafx_lab.patch import Patch, console_patch
from grafx_lab.processors import MultitapDelay

RATE = 16000
ORDER = {
    "gain": "stereo_gain",
    "imager": "side_gain_imager",
    "equalizer": "zero_phase_fir_equalizer",
    "reverb": "stft_masked_noise_reverb",
    "compressor": "compressor",
    "gate": "noise_gate",
    "delay": MultitapDelay(segment_len=1000, num_segments=2, zp_filter_bins=4, sample_rate=RATE),
}
"""Processors as Lee et al. add them to their console."""

STRIP = ("equalizer", "compressor", "gate", "imager", "gain", "delay", "reverb")
"""How a track runs through them."""

TRUTH = {
    "compressor.log_threshold": -28.0,
    "compressor.log_ratio": 5.0,
    "noise_gate.log_threshold": -30.0,
    "noise_gate.log_ratio": 8.0,
    "stft_masked_noise_reverb.drywet_weight": 20.0,
    "multitap_delay.drywet_weight": 40.0,
}
"""What each track's dynamics and rooms do in the mix, so that all of them are heard; the rest is drawn."""


AT_WORK = {"compressor.log_ratio": 2.0, "noise_gate.log_ratio": 2.0, "noise_gate.log_threshold": -40.0}
"""Where dynamics begin, as in the paper: transparent ones hardly have a gradient."""


def console_order(seconds: float = 0.5, steps: int = 150) -> list[Figure]:
    """S. Lee et al., "Searching for music mixing graphs: a pruning approach", DAFx 2024: what each processor adds.

    A mix of two tracks, made by a console with all seven processors, is fitted by consoles that get them
    one after the other in the paper's order. Each has a lower loss than the one before.
    """
    console = _console(STRIP)
    tracks = _tracks(seconds)
    target = _mixed(console, seed=0).render(tracks)
    losses, names = [], list(ORDER)
    for count in range(1, len(names) + 1):
        patch = _console([name for name in STRIP if name in names[:count]])
        start = patch.with_controls({path: AT_WORK[_kind(path)] for path in _paths(patch) if _kind(path) in AT_WORK})
        losses.append(fit(start, tracks, target, steps=steps).loss)
    falls = [Figure("gain: loss", losses[0], 0, 1e3)]
    for name, before, after in zip(names[1:], losses[:-1], losses[1:], strict=True):
        falls.append(Figure(f"+ {name}: loss {after:.4g}, a share of the last", after / before, 0, 0.9999))
    return falls


def _console(names: Sequence[str]) -> Patch:
    return console_patch(2, [ORDER[name] for name in names], sample_rate=RATE)


def _tracks(seconds: float) -> dict[str, Tensor]:
    """Two rhythms of a tone with noise, in stereo, and a floor of noise for the gate."""
    generator = torch.Generator().manual_seed(0)
    time = torch.arange(round(seconds * RATE)) / RATE
    tracks = {}
    for number in (1, 2):
        noise = torch.randn(2, len(time), generator=generator)
        sound = 0.2 * torch.sin(2 * torch.pi * 110 * number * time) + 0.1 * noise[:1] + 0.03 * noise
        hits = torch.exp(-(time % (0.12 + 0.04 * number)) / (0.01 + 0.01 * number))
        tracks[f"track_{number}"] = sound * hits + 0.002 * noise
    return tracks


def _mixed(console: Patch, seed: int) -> Patch:
    """The console as somebody has set it: drawn from the middle of the sliders, but for dynamics and rooms."""
    generator = torch.Generator().manual_seed(seed)
    controls = {}
    for path in _paths(console):
        spec = console.spec(path)[1]
        place = 0.3 + 0.4 * torch.rand(spec.shape, generator=generator, dtype=torch.float64)
        controls[path] = TRUTH.get(_kind(path), spec.from_position(place))
    return console.with_controls(controls)


def _paths(console: Patch) -> list[str]:
    """The controls that people see."""
    names = [(node, name, spec) for node in console.raw for name, spec in console.specs(node).items()]
    return [f"{node}.{name}" for node, name, spec in names if spec.display != "hidden"]


def _kind(path: str) -> str:
    """The path without its track: ``"track_1_compressor.log_ratio"`` is a ``"compressor.log_ratio"``."""
    return path.split("_", 2)[2]
