"""What papers report about the pitch of sines: which losses lead to it, and which do not."""

from collections.abc import Callable

import torch
from figure import Figure
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.losses import make_loss
from grafx_lab.processors import DampedSinusoid

RATE = 16000
PITCH_LOSSES = ("waveform_l1", "mr_stft", "spectral_transport")

OMEGA, SHORT, HAYES_SEED = 0.25, 64, 1000
"""Radians a sample, samples, and the seed of the start at 1.002 in Hayes et al.'s own example."""


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


def frequency_surrogate(seeds: int = 20, steps: int = 5000) -> list[Figure]:
    """B. Hayes, C. Saitis, G. Fazekas, "Sinusoidal frequency estimation by gradient descent", ICASSP 2023.

    Plain descent at 0.0003 from their seed and ``seeds`` others. The cosine stays where it begins; the powers of a
    complex number find the frequency from some starts. With its pole inside the unit circle and Adam,
    :class:`DampedSinusoid` finds it from all.
    """
    generators = (torch.Generator().manual_seed(seed) for seed in (HAYES_SEED, *range(seeds)))
    starts = torch.pi * torch.cat([torch.rand(1, generator=generator) for generator in generators])
    circle = torch.stack([starts.cos(), starts.sin()], -1)[:, None]
    synth = DampedSinusoid(sample_rate=2 * torch.pi)  # its hertz are radians a sample
    level = torch.zeros(len(starts), 1)
    time = torch.arange(SHORT)
    real = _descended(starts[:1, None], lambda omega: torch.cos(omega * time), torch.optim.SGD, 3e-4, steps)
    free = _descended(circle, lambda pole: dsp.damped_sinusoids(pole, SHORT)[:, 0], torch.optim.SGD, 3e-4, steps)
    pressed = _descended(
        1.5 * circle,
        lambda pole: synth.run(poles=pole, log_gain=level, length=SHORT).signals[0][:, 0],
        torch.optim.Adam,
        5e-3,
        steps // 5,
    )
    found = [((synth.frequencies(poles)[:, 0] - OMEGA).abs() < 5e-3).float().mean() for poles in (free, pressed)]
    return [
        Figure("cosine: starts at", float(starts[0]), 1.0015, 1.0025),
        Figure("cosine: ends at", float(real), 0.96, 0.98),
        Figure("complex surrogate: nearest end", _nearest(synth.frequencies(free)), 0.2495, 0.2505),
        Figure("complex surrogate: starts that find it, %", 100 * float(found[0]), 1, 99),
        Figure("pole inside the circle, Adam: that find it, %", 100 * float(found[1]), 100, 100),
    ]


def _descended(
    start: Tensor, wave: Callable[[Tensor], Tensor], optimizer: type[torch.optim.Optimizer], rate: float, steps: int
) -> Tensor:
    """What each item of ``start`` comes to when its wave ``(batch, SHORT)`` is to be the cosine."""
    target, found = torch.cos(OMEGA * torch.arange(SHORT)), start.clone().requires_grad_()
    descent = optimizer([found], lr=rate)  # type: ignore[call-arg]
    for _ in range(steps):
        descent.zero_grad()
        (wave(found) - target).square().mean(-1).sum().backward()
        descent.step()
    return found.detach()


def _nearest(frequencies: Tensor) -> float:
    return float(frequencies.flatten()[(frequencies - OMEGA).abs().argmin()])
