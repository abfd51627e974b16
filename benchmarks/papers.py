"""What papers and tutorials report, reproduced: one function for each, its figures beside what was published.

    python benchmarks/papers.py [NAME …]

Ends with status 1 where a figure lies outside its tolerance.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from grafx_lab.losses import make_loss

RATE = 16000
PITCH_LOSSES = ("waveform_l1", "mr_stft", "spectral_transport")


@dataclass(frozen=True)
class Figure:
    """A figure that somebody published, and ours.

    Attributes:
        what: for the table.
        ours: measured here.
        low: the least that agrees with the publication.
        high: the most that does.
    """

    what: str
    ours: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        return self.low <= self.ours <= self.high


def gain_tutorial() -> list[Figure]:
    """C. J. Steinmetz et al., "Differentiable audio signal processors" (ISMIR tutorial): fit the gain of a sine.

    300 steps of plain gradient descent at 0.01 from a gain of 1 towards 0.15. The waveform finds it, unless the target
    is a quarter of a turn late: then silence is the best it knows. The magnitudes of a spectrum do not hear phase.
    """
    phase = torch.linspace(0, 2 * torch.pi * 300, 8000)
    sine, late = torch.sin(phase)[None, None], torch.cos(phase)[None, None]
    return [
        Figure("waveform L1, target in phase: gain", _descended_gain("waveform_l1", sine, 0.15 * sine), 0.14, 0.16),
        Figure("waveform L1, target 90° late: gain", _descended_gain("waveform_l1", sine, 0.15 * late), -0.01, 0.02),
        Figure(
            "spectral magnitude, 90° late: gain", _descended_gain("spectral_magnitude", sine, 0.15 * late), 0.1, 0.2
        ),
    ]


def _descended_gain(loss: str, source: Tensor, target: Tensor) -> float:
    gain = torch.tensor(1.0, requires_grad=True)
    prepared = make_loss(loss).prepare(target)
    optimizer = torch.optim.SGD([gain], lr=0.01)
    for _ in range(300):
        optimizer.zero_grad()
        prepared.per_item(gain * source).mean().backward()
        optimizer.step()
    return float(gain.detach())


def frequency_trap() -> list[Figure]:
    """The loss of a sine over its frequency has its target among many minima.

    J. Turian, M. Henry, "I'm sorry for your loss: spectrally-based audio distances are bad at pitch", 2020; B. Hayes et
    al., "Sinusoidal frequency estimation by gradient descent", ICASSP 2023. Target 100 Hz, 20 to 399 Hz in steps of 1.
    """
    hertz = torch.arange(20.0, 400.0, dtype=torch.float64)
    target, estimates = _sines(torch.tensor([100.0]).double()), _sines(hertz)
    curves = {name: make_loss(name, RATE).prepare(target).per_item(estimates) for name in PITCH_LOSSES}
    minima = {name: (curve[1:-1] < curve[:-2]) & (curve[1:-1] < curve[2:]) for name, curve in curves.items()}
    lowest = [Figure(f"{name}: lowest at, Hz", float(hertz[curve.argmin()]), 99, 101) for name, curve in curves.items()]
    return [
        *lowest,
        Figure("waveform_l1: local minima", float(minima["waveform_l1"].sum()), 10, 400),
        Figure("mr_stft: local minima", float(minima["mr_stft"].sum()), 2, 400),
        Figure("spectral_transport: local minima", float(minima["spectral_transport"].sum()), 1, 1),
    ]


def pitch_direction() -> list[Figure]:
    """J. Turian, M. Henry, 2020: how often the slope of a loss points to the target's pitch.

    Pairs of sines with random phases, pitches log-uniform from 30 to 4000 Hz. Waveforms and spectrograms are hardly
    better than a coin. B. Torres et al., ICASSP 2024: spectral transport knows the direction.
    """
    generator = torch.Generator().manual_seed(0)
    hertz = 30 * (4000 / 30) ** torch.rand(2, 200, generator=generator, dtype=torch.float64)
    phases = 2 * torch.pi * torch.rand(2, 200, generator=generator, dtype=torch.float64)
    bounds = {"waveform_l1": (40, 60), "mr_stft": (40, 65), "spectral_transport": (97, 100)}
    shares = {name: _right_directions(name, hertz, phases) for name in bounds}
    return [Figure(f"{name}: slopes toward the target, %", shares[name], *bounds[name]) for name in bounds]


def _right_directions(name: str, hertz: Tensor, phases: Tensor) -> float:
    """In percent; ``(2, pairs)``, estimates and targets."""
    right = 0
    for start in range(0, hertz.shape[1], 10):
        part = slice(start, start + 10)
        frequency = hertz[0, part].clone().requires_grad_()
        prepared = make_loss(name, RATE).prepare(_sines(hertz[1, part], phases[1, part]))
        loss = prepared.per_item(_sines(frequency, phases[0, part]))
        (slope,) = torch.autograd.grad(loss.sum(), frequency)
        right += int((slope.sign() == (hertz[0, part] - hertz[1, part]).sign()).sum())
    return 100 * right / hertz.shape[1]


def _sines(hertz: Tensor, phases: Tensor | None = None, seconds: float = 0.5) -> Tensor:
    """``(pairs,)`` → ``(pairs, 1, time)``."""
    time = torch.arange(round(seconds * RATE), dtype=hertz.dtype) / RATE
    start = torch.zeros_like(hertz) if phases is None else phases
    return torch.sin(2 * torch.pi * hertz[:, None] * time + start[:, None])[:, None]


PAPERS: dict[str, Callable[[], list[Figure]]] = {
    "gain_tutorial": gain_tutorial,
    "frequency_trap": frequency_trap,
    "pitch_direction": pitch_direction,
}


def main() -> int:
    """Print a table and return the exit status."""
    parser = argparse.ArgumentParser(description="What papers report, reproduced.")
    parser.add_argument("papers", nargs="*", metavar="NAME", help=f"of {', '.join(PAPERS)}; all by default")
    chosen = parser.parse_args().papers or list(PAPERS)
    if unknown := [name for name in chosen if name not in PAPERS]:
        parser.error(f"there is no {', '.join(unknown)}; choose from {', '.join(PAPERS)}")
    held = True
    for name in chosen:
        print(f"\n{name}")
        for figure in PAPERS[name]():
            held &= figure.holds
            verdict = "" if figure.holds else "  OUTSIDE"
            print(f"  {figure.what:<48} {figure.ours:9.3g}   published {figure.low:g} … {figure.high:g}{verdict}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
