"""The portrait of a node: the tiny picture on its card and the large one in the inspector, as numbers to draw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np

from grafx_lab.analysis.measure import (
    Curve,
    channel_gains,
    frequency_response,
    impulse_envelope,
    static_curve,
    transfer_curve,
)
from grafx_lab.parameters import Tree, format_quantity
from grafx_lab.processors.base import Processor

Ticks = list[tuple[float, str]]
Found = TypeVar("Found")

_FREQUENCY_TICKS: Ticks = [(50, "50"), (200, "200"), (1000, "1k"), (5000, "5k")]
_LEVEL_TICKS: Ticks = [(-48, "−48"), (-24, "−24"), (0, "0")]
_SCREEN_RANGE_DB = 15.0


@dataclass(frozen=True)
class Portrait:
    """Two pictures of the same measurement, in the forms of ``frontend/PROTOCOL.md``."""

    screen: dict[str, Any]
    plot: dict[str, Any]


class Measured(Protocol):
    """Gives what a measurement such as :func:`static_curve` finds on the processor whose portrait it is."""

    def __call__(self, measure: Callable[[Processor, Tree], Found], /) -> Found: ...


def portrait(processor: Processor, raw: Tree, measured: Measured | None = None) -> Portrait:
    """Draw a processor in the way of its family.

    Args:
        processor: what is drawn.
        raw: its parameters.
        measured: for those who keep measurements; by default each is made now.
    """

    def now(measure: Callable[[Processor, Tree], Found], /) -> Found:
        return measure(processor, raw)

    return _PAINTERS.get(processor.family, _response)(measured or now)


def _response(measured: Measured) -> Portrait:
    curve = measured(frequency_response)
    reach = max(6.0, 3 * np.ceil(np.abs(np.clip(curve.y, -48, 48)).max() / 3))
    step = 6 if reach <= 18 else 12
    screen = _screen(0.5 + curve.y / (2 * _SCREEN_RANGE_DB), zero=0.5)
    plot = _plot("Frequency response", curve, (float(curve.x[0]), float(curve.x[-1])), (-reach, reach))
    axes = _axis("x", "Hz", _FREQUENCY_TICKS) | _axis("y", "dB", _symmetric_ticks(reach, step))
    return Portrait(screen, plot | axes | {"x_scale": "log", "zero": 0.0})


def _static(measured: Measured) -> Portrait:
    curve = measured(static_curve)
    reduction = curve.x - curve.y
    bend = int(np.argmax(np.diff(curve.y, 2) < -0.02)) + 1 if np.any(np.diff(curve.y, 2) < -0.02) else None
    level = 1 + curve.y / 60
    dot = [float(1 + curve.x[bend] / 60), float(np.clip(level[bend], 0, 1))] if bend and reduction.max() > 0.2 else None
    plot = _plot("Static curve", curve, (-60.0, 0.0), (-60.0, max(0.0, 6 * np.ceil(curve.y.max() / 6))))
    ticks = _axis("x", "dB in", _LEVEL_TICKS) | _axis("y", "dB out", _LEVEL_TICKS)
    return Portrait(_screen(level, diagonal=True, dot=dot), plot | ticks | {"diagonal": True})


def _transfer(measured: Measured) -> Portrait:
    curve = measured(transfer_curve)
    reach = max(0.05, float(np.abs(curve.y).max()))
    ticks: Ticks = [(-1, "−1"), (0, "0"), (1, "1")]
    limit = max(1.0, np.ceil(reach * 10) / 10)
    plot = _plot("Transfer curve", curve, (-1.0, 1.0), (-limit, limit))
    screen = _screen(0.5 + 0.46 * curve.y / reach, zero=0.5)
    return Portrait(screen, plot | _axis("x", "in", ticks) | _axis("y", "out", ticks) | {"zero": 0.0, "diagonal": True})


def _decay(measured: Measured) -> Portrait:
    curve = measured(impulse_envelope)
    loudest = max(1e-6, float(curve.y.max()))
    decibels = Curve(curve.x, np.maximum(20 * np.log10(np.maximum(curve.y, 1e-9)), -96).astype(np.float32))
    end = float(curve.x[-1])
    seconds: Ticks = [(mark, format_quantity(mark, "s")) for mark in (0.25, 0.5, 1.0, 1.5) if mark <= end]
    low, high = -84.0, max(0.0, 12 * np.ceil(decibels.y.max() / 12))
    levels: Ticks = [(level, format_quantity(level, "dB").split()[0]) for level in (-72, -48, -24, 0)]
    plot = (
        _plot("Impulse response", decibels, (0.0, end), (low, high))
        | _axis("x", "", seconds)
        | _axis("y", "dB", levels)
    )
    return Portrait({"kind": "decay", "y": (curve.y / loudest).astype(np.float32)}, plot)


def _gains(measured: Measured) -> Portrait:
    gains = measured(channel_gains)[:2]
    bars = np.clip((gains + 36) / 54, 0, 1).astype(np.float32)
    screen = {"kind": "bars", "y": bars, "labels": ["L", "R"], "mark": 36 / 54}
    return Portrait(screen, _response(measured).plot)


_PAINTERS: Mapping[str, Callable[[Measured], Portrait]] = {
    "dynamics": _static,
    "nonlinear": _transfer,
    "delay": _decay,
    "reverb": _decay,
    "stereo": _gains,
}


def _screen(y: np.ndarray, *, zero: float | None = None, diagonal: bool = False, dot: Any = None) -> dict[str, Any]:
    return {"kind": "curve", "y": np.clip(y, 0, 1).astype(np.float32), "zero": zero, "diagonal": diagonal, "dot": dot}


def _plot(title: str, curve: Curve, x_range: tuple[float, float], y_range: tuple[float, float]) -> dict[str, Any]:
    return {
        "title": title, "x": curve.x, "y": curve.y, "target": None, "x_scale": "linear",
        "x_range": list(x_range), "y_range": [float(end) for end in y_range], "zero": None, "diagonal": False,
    }  # fmt: skip


def _axis(side: str, label: str, ticks: Ticks) -> dict[str, Any]:
    return {f"{side}_label": label, f"{side}_ticks": [list(tick) for tick in ticks]}


def _symmetric_ticks(reach: float, step: int) -> Ticks:
    marks = [mark for mark in range(-48, 49, step) if abs(mark) <= reach]
    return [(mark, f"{mark:+d}".replace("-", "−") if mark else "0") for mark in marks]
