"""Starts for dynamics: frame gains explained by curves over a small grid of times, then by all that a processor does.

The grid looks at the level once per frame, which is fast and finds the neighbourhood. From its best places, least
squares go on with every slider, comparing the gains of the frames that the processor itself plays.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import product, takewhile
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional as F

from grafx_lab import dsp
from grafx_lab.processors.sliders import Sliders

if TYPE_CHECKING:
    from grafx_lab.processors.gain_computer import GainComputer

FRAME = 0.005
"""Seconds of a frame."""

PLACES = 10
"""Of the threshold's slider; other sliders of a curve are tried at half as many."""

TIMES: dict[str | None, tuple[Any, ...]] = {
    "iir": ((1.0,), (4.0,), (12.0,), (40.0,), (120.0,), (350.0,)),
    "release": ((5.0,), (20.0,), (60.0,), (200.0,)),
    "ballistics": tuple(product((0.5, 3.0, 15.0, 60.0), (10.0, 30.0, 100.0, 300.0))),
    None: (),
}
"""Milliseconds that are tried for the level."""

FAST: dict[str | None, tuple[Any, ...]] = {
    "iir": ((4.0,),),
    "release": ((8.0,),),
    "ballistics": ((0.15, 8.0), (0.5, 8.0), (2.0, 30.0)),
    None: (),
}
"""Milliseconds for the energy where its root is smoothed, too, with the times that are tried."""

LOUD = -3.0
"""Decibels that are tried, beside silence, for the level before the beginning: nearly full scale."""

LINKS = (1.0, 99.0)
"""Percent of the gain that all channels share, as tried: hardly anything, and nearly all."""

KNEE = 6.0
"""Width of the knee in decibels while a curve is looked for; least squares find the right one."""

STEADY = 0.00002
"""Standard deviation of the gain in nepers below which it is a constant."""

EXPLAINED = 0.1
"""Share of the variance of the gains that a curve has to explain to be more than a constant."""

QUIET = 1e-9
"""Energy relative to the loudest frame below which nothing is heard: a gate shuts out what is 80 dB down, too."""

COURSE = (5000.0, FRAME, 3, 15), (20000.0, 0.001, 1, 15)
"""Samples per second from which the level is followed, seconds of a frame, how many places least squares begin at, and
with how many steps: few samples and long frames lead from far away, and cost little; an attack is over within one."""

ALIKE = 0.005
"""Share by which two errors differ that come from the same gains."""

UNHEARD = 1e-6
"""Share of what is to be explained that nobody misses."""

STRIDE = 0.02
"""Of a threshold's slider, while it is asked how far it could be moved."""

RELUCTANCE = 0.0005
"""What a move along the whole of a slider costs, relative to what is to be explained: a release that is heard nowhere
stays short, or it would hold a gate open or shut in another recording."""

CLOSE_UP = ((48000.0, 0.0002, 6, 30),)
"""The same for what is over soon after the beginning, of which nothing else is heard."""

ONSET = 0.25
"""Seconds after which it is over: a gate that opens once, for instance."""

MOVED = 0.1
"""Share of the largest change of gain that a frame needs to be among those that are changed."""


def gain_start(computer: "GainComputer", signals: Sequence[Tensor], target: Tensor) -> dict[str, Any] | None:
    """Raw parameters whose gains explain those of the target's frames best, up to a constant; ``None`` if none do.

    Args:
        computer: the processor.
        signals: at its inlets, ``(1, channel, time)`` each.
        target: ``(1, channel, time)``.
    """
    glimpse = _Task(computer, signals, target, *COURSE[0][:2])
    if float(glimpse.wanted.square().sum()) < STEADY**2 * float(glimpse.weight.sum()):
        return None
    course = COURSE
    if glimpse.end < ONSET:
        course, heard = CLOSE_UP, slice(round((ONSET + glimpse.end) * computer.sample_rate))
        signals, target = [signal[..., heard] for signal in signals], target[..., heard]
    tasks = [_Task(computer, signals, target, *place[:2]) for place in course]
    starts = _from_grid(tasks[0])
    if starts[0][0] > (1 - EXPLAINED) * float(tasks[0].wanted.square().sum()):
        return None
    places = _unlike(starts)
    for task, (*_, count, steps) in zip(tasks, course, strict=True):
        places = [dsp.levenberg_marquardt(task.near(place), place, steps) for place in places[:count]]
        places.sort(key=lambda place: float(task.misses(place[None]).square().sum()))
    return Sliders(computer.specs, computer.raw_from_controls()).single(_amid(tasks[-1], places[0]))


def _amid(task: "_Task", place: Tensor) -> Tensor:
    """A place with its threshold in the middle of where it leaves the same.

    Where all that is heard lies above a threshold nothing tells how far, and what is quieter in another recording is
    least wrong with the middle.
    """
    at = list(task.computer.specs).index("log_threshold")
    left = float(task.misses(place[None]).square().sum())
    at_most = (1 + ALIKE) * left + UNHEARD * float(task.wanted.square().sum())

    def moved(position: float) -> Tensor:
        return torch.cat([place[:at], place.new_tensor([position]), place[at + 1 :]])

    def is_alike(position: float) -> bool:
        return float(task.misses(moved(position)[None]).square().sum()) <= at_most

    here = float(place[at])
    below = takewhile(is_alike, (here - step * STRIDE for step in range(1, math.floor(here / STRIDE) + 1)))
    above = takewhile(is_alike, (here + step * STRIDE for step in range(1, math.floor((1 - here) / STRIDE) + 1)))
    alike = [here, *below, *above]
    return moved((min(alike) + max(alike)) / 2)


def _unlike(starts: list[tuple[float, Tensor]]) -> list[Tensor]:
    """The places without those that leave the same as the one before: what they differ in was never heard."""
    errors = [error for error, _ in starts]
    return [
        place for (error, place), before in zip(starts, [-1.0, *errors], strict=False) if error > (1 + ALIKE) * before
    ]


class _Task:
    """What the frames of a target, so many seconds each, ask of a processor that hears only so many samples per second.

    Attributes:
        computer: the processor at that rate.
        sliders: all of the processor's.
        signals: at its inlets, float64.
        hop: samples of a frame.
        weight: of the frames, ``(channel, frames)``.
        wanted: what :meth:`centred` makes of their log gains, ``(1, channel * frames)``.
    """

    def __init__(
        self, computer: "GainComputer", signals: Sequence[Tensor], target: Tensor, rate: float, frame: float
    ) -> None:
        stride = max(1, int(computer.sample_rate / rate))
        self.computer = type(computer)(**computer.arguments, sample_rate=computer.sample_rate / stride)
        self.sliders = Sliders(self.computer.specs, self.computer.raw_from_controls())
        channels = max(signals[0].shape[1], target.shape[1])
        main, *others = (_thinned(signal, stride) for signal in signals)
        self.signals = [main.expand(-1, channels, -1), *others]
        self.hop = max(1, round(frame * self.computer.sample_rate))
        gain, weight = self._gain(_thinned(target, stride))
        self.weight = weight[0]
        self.wanted = self.centred(gain)

    @property
    def end(self) -> float:
        """Seconds until the last frame whose gain is changed."""
        change = self.wanted.unflatten(-1, (-1, self.weight.shape[-1])).abs().amax((0, 1))
        last = (change > MOVED * change.max()).nonzero()[-1:]
        return float((last + 1).sum()) * self.hop / self.computer.sample_rate

    def centred(self, gain: Tensor) -> Tensor:
        """Log gains ``(batch, channel or 1, frames)`` without each channel's mean, weighted, all in a row."""
        mean = (gain * self.weight).sum(-1, keepdim=True) / self.weight.sum(-1, keepdim=True).clamp_min(1e-9)
        return (self.weight.sqrt() * (gain - mean)).flatten(1)

    def misses(self, positions: Tensor) -> Tensor:
        """What the processor's frames lack at slider positions ``(batch, size)``."""
        played = self.computer.run(*self.signals, **self.sliders.raw(positions)).signals[0]
        return self.centred(self._gain(played)[0]) - self.wanted

    def near(self, place: Tensor) -> Callable[[Tensor], Tensor]:
        """As :meth:`misses`, and a little of the way from a place: what the frames do not tell stays as it is there."""
        weight = RELUCTANCE * self.wanted.norm()
        return lambda positions: torch.cat([self.misses(positions), weight * (positions - place)], -1)

    def _gain(self, target: Tensor) -> tuple[Tensor, Tensor]:
        return dsp.frame_gain(self.signals[0][:, :, None], target[:, :, None], self.hop, QUIET)


def _from_grid(task: _Task) -> list[tuple[float, Tensor]]:
    """For each detector that is tried the best curve: what it leaves and its slider positions, the best first."""
    computer, specs = task.computer, task.computer.curve_specs
    counts = [PLACES if name == "log_threshold" else PLACES // 2 for name in specs]
    grids = [torch.linspace(0.05, 0.95, count, dtype=torch.float64).tolist() for count in counts]
    places = torch.tensor(list(product(*grids)), dtype=torch.float64)
    curves = {name: spec.from_position(places[:, [at]]) for at, (name, spec) in enumerate(specs.items())}
    knee = {} if computer.knee == "hard" else {"log_knee": torch.tensor([[KNEE]], dtype=torch.float64)}
    found = []
    for detector in _detectors(computer, task.signals[-1].shape[1]):
        level = _level(task, **detector)
        gain = computer.static_gain(level.reshape(1, -1), **curves, **knee).unflatten(-1, level.shape)
        errors = (task.centred(gain) - task.wanted).square().sum(-1)
        best = int(errors.argmin())
        chosen = {name: control[[best]] for name, control in curves.items()} | detector | knee
        found.append((float(errors[best]), Sliders(computer.specs, computer.raw_from_controls(**chosen)).start))
    return sorted(found, key=lambda item: item[0])


def _detectors(computer: "GainComputer", channels: int) -> Iterator[dict[str, Tensor]]:
    """Controls of what becomes of a signal before the curve."""
    times = TIMES if computer.amplitude_smoother is None else FAST
    choices = {
        computer.level_time: times[computer.energy_smoother],
        "z_alpha_amplitude": TIMES[computer.amplitude_smoother],
        "log_before": [(computer.specs["log_before"].low,), (LOUD,)] if computer.running else (),
        "link": [(percent,) for percent in LINKS] if computer.linked and channels > 1 else (),
    }
    names = [name for name, values in choices.items() if values]
    for values in product(*(choices[name] for name in names)):
        yield {name: torch.tensor([value], dtype=torch.float64) for name, value in zip(names, values, strict=True)}


def _level(task: _Task, link: Tensor | None = None, **detector: Tensor) -> Tensor:
    """The detected level of each frame, ``(channel or 1, frames)``."""
    computer = task.computer
    heard = task.signals[-1] if link is None else computer.apart(task.signals[-1], link)
    names = (computer.level_time, "log_before", "z_alpha_amplitude")
    level = computer.level(heard, *(detector.get(name) for name in names))
    return dsp.at_frames(level, task.hop)


def _thinned(signal: Tensor, stride: int) -> Tensor:
    """Of ``stride`` samples ``(batch, channel, time)`` one with the energy of all."""
    return F.avg_pool1d(signal.double().square(), stride, ceil_mode=True).sqrt()
