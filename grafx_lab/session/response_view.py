"""The slice ``response`` of ``frontend/PROTOCOL.md``: measured curves and images with their axes."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from torch import Tensor

from grafx_lab import analysis
from grafx_lab.analysis import Curve
from grafx_lab.parameters import Tree
from grafx_lab.patch import Patch
from grafx_lab.processors.base import Processor
from grafx_lab.session.gallery import Gallery

Ticks = list[list[Any]]

WAVEFORM_SECONDS = 0.02
IMPULSE_SECONDS = 0.02
DECAY_SECONDS = 1.5
SEARCHED_SECONDS = 1.0
"""The waveform's window lies within the first moments, so that it can be rendered exactly at every step of a fit."""

_FREQUENCIES: Ticks = [[50, "50"], [100, "100"], [200, "200"], [500, "500"], [1000, "1k"], [2000, "2k"], [5000, "5k"],
                       [10000, "10k"]]  # fmt: skip

KINDS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("static", "Static curve", frozenset({"dynamics"})),
    ("step", "Level step", frozenset({"dynamics"})),
    ("transfer", "Transfer", frozenset({"nonlinear"})),
    ("harmonics", "Harmonics", frozenset({"nonlinear"})),
    ("magnitude", "Magnitude", frozenset({"eq", "delay", "reverb", "stereo", "synth", "routing", "container"})),
    ("phase", "Phase", frozenset({"eq", "delay", "reverb", "stereo", "routing", "container"})),
    ("group_delay", "Group delay", frozenset({"eq", "delay", "reverb", "stereo", "routing", "container"})),
    ("impulse", "Impulse", frozenset({"eq", "delay", "reverb", "stereo", "routing", "container"})),
    ("decay", "Decay", frozenset({"delay", "reverb", "container"})),
    ("waveform", "Waveform", frozenset()),
    ("spectrum", "Spectrum", frozenset()),
    ("spectrogram", "Spectrogram", frozenset()),
)
"""Name, label and the families of nodes that have it; those without families show the whole sound."""

SOUND_KINDS = frozenset(name for name, _, families in KINDS if not families)


def kinds_for(patch: Patch, node: str | None) -> list[dict[str, Any]]:
    """The pictures to choose from."""
    processor = patch.processor(node) if node else None
    family = processor.family if processor else None
    return [
        {"name": name, "label": label, "of": "sound" if not families else "node"}
        for name, label, families in KINDS
        if not families or family in families
    ]


def suited(patch: Patch, node: str | None, wanted: str) -> str:
    """The wanted picture, or where the node has none of that kind, its first."""
    names = [kind["name"] for kind in kinds_for(patch, node)]
    return wanted if wanted in names else names[0]


def window(inputs: Mapping[str, Tensor], target: Tensor | None, rate: int, shown: float | None) -> tuple[int, int]:
    """First and last sample of the waveform to draw."""
    if shown is not None:
        return 0, max(2, round(shown * rate))
    reference = target if target is not None else next(iter(inputs.values()))
    length = round(WAVEFORM_SECONDS * rate)
    power = reference[0, :, : round(SEARCHED_SECONDS * rate)].square().sum(dim=0)
    blocks = power[: max(1, len(power) // length) * length].reshape(-1, min(length, len(power))).sum(dim=1)
    start = int(blocks.argmax()) * length
    return start, min(start + length, reference.shape[-1])


def node_picture(kind: str, patch: Patch, node: str, truth: Patch | None, gallery: Gallery) -> dict[str, Any]:
    """What a node does; where the node that made the target is known, its curve too.

    Args:
        kind: one of :data:`KINDS` that the node has.
        patch: where the values come from.
        node: the node's name.
        truth: the patch that made the target, where it is known.
        gallery: keeps what is measured.
    """
    measure, dress = _PAINTERS[kind]
    fitted = measure(gallery, patch, node)
    known = truth is not None and node in truth.raw and truth.node_type(node) == patch.node_type(node)
    target = measure(gallery, truth, node) if truth is not None and known else None
    lines = [{"role": "target", "x": target.x, "y": target.y}] if target is not None else []
    lines.append({"role": "fitted", "x": fitted.x, "y": fitted.y})
    return _picture([fitted] + ([target] if target is not None else []), lines, **dress)


def sound_picture(kind: str, heard: Mapping[str, Any], rate: int) -> dict[str, Any] | None:
    """Source, target and fitted over each other, or as images one above the other."""
    signals: Mapping[str, Tensor] = heard.get("signals", {})
    if not signals:
        return None
    roles = [role for role in ("source", "target", "fitted") if role in signals]
    if kind == "spectrogram":
        return _images({role: _spectrogram(signals[role], rate) for role in roles})
    if kind == "spectrum":
        curves = {role: analysis.spectrum(signals[role], rate) for role in roles}
        dress = {"title": "Mean spectrum", "x": "Hz", "y": "dB", "log": True, "span": 70.0}
    else:
        length = min(signal.shape[-1] for signal in signals.values())
        times = (1e3 * (heard["start"] + np.arange(length) / rate)).astype(np.float32)
        curves = {role: Curve(times, signals[role][0, :length].cpu().numpy()) for role in roles}
        dress = {"title": "Waveform", "x": "ms", "y": "amplitude", "symmetric": 1e-3}
    return _picture([*curves.values()], [{"role": role, "x": c.x, "y": c.y} for role, c in curves.items()], **dress)


def _picture(
    curves: list[Curve], lines: list[dict[str, Any]], *, title: str, x: str, y: str, log: bool = False,
    symmetric: float | None = None, span: float | None = None, low: float | None = None, high: float | None = None,
    zero: bool = False, diagonal: bool = False, stems: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """A plot with its ranges.

    Args:
        curves: what has to be seen.
        lines: the same, by role.
        title, x, y: what it is, and the units of the axes.
        log: whether the horizontal axis is logarithmic.
        symmetric: both halves are equally high, and at least so high.
        span: the vertical axis reaches so far down from its highest value.
        low, high: fixed ends of the vertical axis.
        zero: draw the line of a sound that passes unchanged at 0.
        diagonal: draw it where output equals input.
        stems: draw stems instead of lines.
    """
    bottom = min(float(np.min(curve.y)) for curve in curves)
    top = max(float(np.max(curve.y)) for curve in curves)
    if symmetric is not None:
        top = max(symmetric, abs(bottom), abs(top)) * 1.08
        bottom = -top
    elif span is not None:
        top = 6 * np.ceil(top / 6)
        bottom = top - span
    else:
        margin = 0.06 * ((top - bottom) or 1.0)
        bottom, top = bottom - margin, top + margin
    bottom, top = bottom if low is None else low, top if high is None else high
    room = 0.5 if stems else 0.0  # a stem at an end is not the frame
    ends = (float(curves[0].x[0]) - room, float(curves[0].x[-1]) + room)
    return {
        "type": "lines", "title": title, "lines": lines, "x_scale": "log" if log else "linear", "x_label": x,
        "y_label": y, "x_range": ends, "y_range": [float(bottom), float(top)],
        "x_ticks": [tick for tick in _FREQUENCIES if ends[0] <= tick[0] <= ends[1]] if log else _ticks(*ends),
        "y_ticks": _ticks(float(bottom), float(top), 4), "zero": 0.0 if zero else None, "diagonal": diagonal,
        "stems": stems,
    }  # fmt: skip


def _spectrogram(signal: Tensor, rate: int) -> analysis.Spectrogram:
    return analysis.spectrogram(signal, rate, rows=96, frames=240)


def _images(images: Mapping[str, analysis.Spectrogram]) -> dict[str, Any]:
    top = 6 * float(np.ceil(max(image.levels.max() for image in images.values()) / 6))
    first = next(iter(images.values()))
    seconds = float(first.times[-1])
    lowest, highest = float(first.frequencies[0]), float(first.frequencies[-1])
    shown = [
        {"role": role, "values": image.levels, "shape": list(image.levels.shape)} for role, image in images.items()
    ]
    return {
        "type": "images", "title": "Spectrogram", "x_label": "s", "y_label": "Hz", "range": [top - 80.0, top],
        "range_label": "dB", "x_range": [0.0, seconds], "x_ticks": _ticks(0.0, seconds),
        "y_range": [lowest, highest], "images": shown,
        "y_ticks": [tick for tick in ([100, "100"], [1000, "1k"], [10000, "10k"]) if lowest <= tick[0] <= highest],
    }  # fmt: skip


def _ticks(low: float, high: float, count: int = 5) -> Ticks:
    """About ``count`` round values between two ends, with what people read."""
    if not high > low:
        return [[low, _number(low, 1.0)]]
    least = (high - low) / (count + 1)
    unit = 10.0 ** np.floor(np.log10(least))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= least * 0.999)
    marks = np.arange(np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9) + 1) * step
    return [[float(mark), _number(float(mark), float(step))] for mark in marks]


def _number(value: float, step: float) -> str:
    digits = max(0, -int(np.floor(np.log10(step)))) if step < 1 else 0
    return f"{value + 0.0:.{digits}f}".replace("-", "−")


Measure = Callable[[Gallery, Patch, str], Curve]


def _of_processor(measure: Callable[[Processor, Tree], Curve]) -> Measure:
    """What the node's card may show too; it is measured for both."""
    return lambda gallery, patch, node: gallery.measured(patch, node, measure)


def _of_response(part: str) -> Measure:
    def curve(_: Gallery, patch: Patch, node: str) -> Curve:
        measured = analysis.response(analysis.impulse_response(patch, node, seconds=0.25), points=160)
        return Curve(measured.frequencies.astype(np.float32), np.nan_to_num(getattr(measured, part)).astype(np.float32))

    return curve


def _impulse(_: Gallery, patch: Patch, node: str) -> Curve:
    samples = analysis.impulse_response(patch, node, seconds=IMPULSE_SECONDS).samples[0].numpy()
    return Curve((1e3 * np.arange(len(samples)) / patch.sample_rate).astype(np.float32), samples)


def _decay(_: Gallery, patch: Patch, node: str) -> Curve:
    decay = analysis.energy_decay(analysis.impulse_response(patch, node, seconds=DECAY_SECONDS))
    few = slice(None, None, max(1, len(decay.times) // 400))
    return Curve(decay.times[few].astype(np.float32), decay.levels[few].astype(np.float32))


_PAINTERS: Mapping[str, tuple[Measure, dict[str, Any]]] = {
    "static": (
        _of_processor(analysis.static_curve),
        {"title": "Static curve", "x": "dB in", "y": "dB out", "low": -60.0, "diagonal": True},
    ),
    "step": (
        _of_processor(analysis.step_response),
        {"title": "Gain while the level jumps by 34 dB", "x": "ms", "y": "dB"},
    ),
    "transfer": (
        _of_processor(analysis.transfer_curve),
        {"title": "Transfer curve", "x": "in", "y": "out", "symmetric": 1.0, "diagonal": True},
    ),
    "harmonics": (
        _of_processor(analysis.harmonics),
        {"title": "Harmonics of a sine", "x": "harmonic", "y": "dBFS", "low": -100.0, "high": 6.0, "stems": True},
    ),
    "magnitude": (
        _of_processor(analysis.frequency_response),
        {"title": "Magnitude", "x": "Hz", "y": "dB", "log": True, "symmetric": 6.0, "zero": True},
    ),
    "phase": (
        _of_response("phase"),
        {"title": "Phase", "x": "Hz", "y": "°", "log": True, "symmetric": 45.0, "zero": True},
    ),
    "group_delay": (
        _of_response("group_delay"),
        {"title": "Group delay", "x": "Hz", "y": "ms", "log": True, "zero": True},
    ),
    "impulse": (
        _impulse,
        {"title": "Impulse response", "x": "ms", "y": "amplitude", "symmetric": 0.1, "zero": True},
    ),
    "decay": (_decay, {"title": "Energy decay", "x": "s", "y": "dB", "low": -84.0, "high": 0.0}),
}
