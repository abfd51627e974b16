"""Iterations per second of a fit: gain, six-band equalizer, compressor and reverb on stereo; GRAFX beside it.

The peer is the shortest honest loop: GRAFX's processors one behind the other with the same raw parameters, auraloss'
multi-resolution STFT, and PyTorch's Adam. Ours is ``fit_steps``, once as it is, and once with the coarser loss to
descend on. Needs the extra ``peers``. All sides take a few steps in turn; ratios count, absolute times do not.
"""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

import torch
from measure import Ratio, Run, Timing, alternate, fft_probe
from peers import grafx
from torch import Tensor

import grafx_lab as gl
from grafx_lab import resources
from grafx_lab.parameters import flatten
from grafx_lab.processors import ParametricEqualizer

GOAL = 10.0
RATE = 44100


def drawn_chain() -> gl.Patch:
    """The chain that both sides fit."""
    nodes = {
        "gain": "stereo_gain",
        "equalizer": ParametricEqualizer(num_filters=6, sample_rate=RATE),
        "compressor": "compressor",
        "reverb": "stft_masked_noise_reverb",
    }
    return gl.Patch.chain(nodes, sample_rate=RATE)


def peer_steps(patch: gl.Patch, source: Tensor, target: Tensor) -> Iterator[float]:
    """GRAFX and auraloss, descending for ever."""
    from auraloss.freq import MultiResolutionSTFTLoss

    module = grafx()
    processors = {
        "gain": module.StereoGain(),
        "equalizer": module.ParametricEqualizer(num_filters=6),
        "compressor": module.Compressor(),
        "reverb": module.DryWet(module.STFTMaskedNoiseReverb()),
    }
    raw: dict[str, dict[str, Any]] = {
        node: {name: value.clone().requires_grad_() for name, value in patch.raw[node].items()} for node in processors
    }
    optimizer, loss = torch.optim.Adam(flatten(raw).values(), lr=0.01), MultiResolutionSTFTLoss()
    while True:
        optimizer.zero_grad()
        signal = source[None]
        for node, processor in processors.items():
            # GRAFX keeps the weight of all nodes in one tensor (batch,).
            own = {name: value.reshape(-1) if name == "drywet_weight" else value for name, value in raw[node].items()}
            signal = processor(signal, **own)
        distance = loss(signal, target[None])
        distance.backward()
        optimizer.step()
        yield distance.item()


def our_steps(patch: gl.Patch, source: Tensor, target: Tensor, **options: Any) -> Iterator[float]:
    """``fit_steps`` for ever."""
    objective = gl.Objective(patch, source, target)
    yield from (step.loss for step in gl.fit_steps(objective, 10**9, **options))


def a_few(steps: Iterator[float], count: int) -> Run:
    """A run of so many steps."""
    return lambda: [next(steps) for _ in range(count)]


def row(label: str, timing: Timing, peer: Timing, probe: Timing, count: int) -> str:
    """A line of the table."""
    ratio, each = Ratio.of(timing, peer), timing.milliseconds / count
    floor = timing.milliseconds / probe.milliseconds / count
    return f"{label:<28}{1000 / each:10.2f}{each:10.0f}{ratio.typical:9.1f}×{ratio.least:9.1f}×{floor:10.0f}"


def main() -> int:
    """Print iterations per second of each side, and whether the goal is reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds-of-audio", type=float, default=5.0, help="(default: %(default)s)")
    parser.add_argument("--runs", type=int, default=7, help="of each side (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=2, help="of a run (default: %(default)s)")
    parser.add_argument("--keep-freed-memory", action="store_true", help="have the C library keep it, for all sides")
    arguments = parser.parse_args()
    if arguments.keep_freed_memory:
        gl.keep_freed_memory()
    length = round(arguments.seconds_of_audio * RATE)
    source = gl.read_audio(resources.clip("loop_mika").path).crop(length).data
    patch = drawn_chain()
    louder = {"gain.log_gain": 6.0, "equalizer.log_gain": 4.0, "compressor.log_threshold": -30.0}
    target = patch.with_controls(louder).render(source)
    count = arguments.steps
    sides = {
        "ours": a_few(our_steps(patch, source, target), count),
        "ours, coarse steps": a_few(our_steps(patch, source, target, coarse=True), count),
        "GRAFX and auraloss": a_few(peer_steps(patch, source, target), count),
    }
    *timings, probe = alternate([*sides.values(), fft_probe(length, 1)], arguments.runs)
    peer = timings[-1]
    memory = "kept" if arguments.keep_freed_memory else "given back"
    print(
        f"{length} samples × 2 channels, medians of {arguments.runs} alternating runs of {count} steps, PyTorch "
        f"{torch.__version__} on {torch.get_num_threads()} threads, freed memory {memory}. FFTs: a step's time over "
        f"that of one real FFT of the signal and back ({probe.milliseconds:.2f} ms)."
    )
    print(f"{'':<28}{'per s':>10}{'ms':>10}{'ratio':>10}{'least':>10}{'FFTs':>10}")
    for label, timing in zip(sides, timings, strict=True):
        print(row(label, timing, peer, probe, count))
    ratio = Ratio.of(timings[1], peer)
    verdict = "reached" if ratio.typical >= GOAL and ratio.least >= GOAL / 2 else "missed"
    print(f"The goal, {GOAL:.0f}× with coarse steps in the median and half of it always, is {verdict}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
