"""Rendering graphs: how much faster than GRAFX, in how much less memory, and what does a graph cost by itself?

A mixing console, tracks × [equalizer, compressor, reverb, gain] → mix → out, in stereo, is rendered forwards and then
forwards and backwards with the gradients of all parameters, in alternation with GRAFX 0.6.0 from the same raw
parameters. The goals: ten times its speed with gradients in the median (at least five in each run), 0.6 of its memory,
a graph of 200 nodes planned in 50 ms, and a cost per node that does not grow with the graph. Run it with ``make bench
BENCH=render``. Only ratios count: milliseconds are this machine's at this moment.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import torch
from measure import Ratio, alternate, fft_probe, peak_megabytes
from peers import grafx
from torch import Tensor

from grafx_lab import graph, processors
from grafx_lab.memory import keep_freed_memory
from grafx_lab.parameters import flatten, unflatten

SPEED, LEAST_SPEED, MEMORY, PLAN_MILLISECONDS, GROWTH = 10.0, 5.0, 0.6, 50.0, 1.5
"""The goals: times GRAFX's speed, in every run, share of memory, planning 200 nodes, a node of 1000 over one of 10."""

STRIP = {
    "equalizer": "ParametricEqualizer",
    "compressor": "Compressor",
    "reverb": "STFTMaskedNoiseReverb",
    "gain": "StereoGain",
}
"""Node types of a channel strip and the classes that both libraries have for them, with their default arguments."""

NODE_COUNTS = (10, 100, 1000)
PEER_STEPS = 100
"""GRAFX's search gives up on graphs of many more steps."""


@dataclass(frozen=True)
class Library:
    """One side: ``graph`` has GRAFX's functions on graphs, ``processors`` its classes."""

    name: str
    graph: Any
    processors: Any

    def console(self, tracks: int) -> Any:
        """The graph, not yet planned."""
        console = self.graph.GRAFX(config=self.graph.NodeConfigs(list(STRIP)))
        ends = [console.add_serial_chain(["in", *STRIP])[1] for _ in range(tracks)]
        mix, out = console.add("mix"), console.add("out")
        for end in ends:
            console.connect(end, mix)
        console.connect(mix, out)
        return console

    def chain(self, nodes: int) -> Any:
        """Gains one behind the other."""
        chain = self.graph.GRAFX(config=self.graph.NodeConfigs(["gain"]))
        chain.add_serial_chain(["in", *["gain"] * nodes, "out"])
        return chain

    def plan(self, drawn: Any, method: str = "beam") -> Any:
        """From a graph to what is rendered."""
        ordered = self.graph.reorder_for_fast_render(self.graph.convert_to_tensor(drawn), method=method)
        return self.graph.prepare_render(ordered)

    def rendering(self, drawn: Any, signals: Tensor, raw: Mapping[str, Any], method: str = "beam") -> "Rendering":
        """What there is to time."""
        types = {node_type: name for node_type, name in STRIP.items() if node_type in raw}
        modules = {node_type: getattr(self.processors, name)() for node_type, name in types.items()}
        data = self.plan(drawn, method)
        return Rendering(lambda: self.graph.render_grafx(modules, signals, raw, data)[0], list(flatten(raw).values()))


@dataclass(frozen=True)
class Rendering:
    """A planned graph with its signals and raw parameters."""

    render: Callable[[], Tensor]
    leaves: list[Tensor]

    def forward(self) -> Tensor:
        """Sound alone."""
        with torch.no_grad():
            return self.render()

    def train(self) -> None:
        """Sound and the gradients of all parameters, as a step of a fit."""
        output = self.render()
        torch.autograd.grad(output, self.leaves, torch.ones_like(output))


def libraries() -> tuple[Library, Library]:
    """Ours and GRAFX."""
    peer = grafx()
    from grafx import data, render

    return Library("grafx_lab", graph, processors), Library("GRAFX", SimpleNamespace(**vars(data) | vars(render)), peer)


def parameters(count: int, types: Mapping[str, str], spread: float = 0.2) -> dict[str, Any]:
    """Raw parameters near the defaults: GRAFX's truncated responses are long enough for them."""
    generator = torch.Generator().manual_seed(0)

    def near(default: Tensor) -> Tensor:
        scattered = default + spread * torch.randn(count, *default.shape[1:], generator=generator)
        return scattered.requires_grad_()

    specs = {node_type: flatten(getattr(processors, name)().specs) for node_type, name in types.items()}
    return {
        node_type: unflatten({name: near(spec.default_raw()) for name, spec in named.items()})
        for node_type, named in specs.items()
    }


def consoles(tracks: int, length: int) -> list[Rendering]:
    """The same console on both sides."""
    signals = 0.3 * torch.randn(tracks, 2, length, generator=torch.Generator().manual_seed(1))
    raw = parameters(tracks, STRIP)
    return [library.rendering(library.console(tracks), signals, raw) for library in libraries()]


def disagreement(tracks: int, length: int) -> float:
    """Relative L2 distance of the two outputs, at an odd length: at even ones GRAFX's convolution is wrong."""
    ours, peer = (console.forward() for console in consoles(tracks, length - 1 + length % 2))
    return float((ours - peer).norm() / peer.norm())


def weigh(side: int, arguments: argparse.Namespace) -> float:
    """Megabytes by which a fresh process grows while it renders a console with gradients."""
    flags = ["--keep-freed-memory"] if arguments.keep_freed_memory else []
    command = [sys.executable, __file__, "--weigh", str(side), "--tracks", str(arguments.tracks[0]), *flags]
    result = subprocess.run([*command, "--length", str(arguments.length)], capture_output=True, text=True, check=True)
    return float(result.stdout)


def compare_consoles(arguments: argparse.Namespace) -> list[str]:
    """Print a table; returns the goals that are missed."""
    print(f"{'tracks':>6} {'':>9} {'GRAFX ms':>9} {'ours ms':>8} {'ratio':>6} {'least':>6} {'FFTs':>5}")
    missed = []
    for tracks in arguments.tracks:
        sides = consoles(tracks, arguments.length)
        probe = fft_probe(arguments.length, tracks)
        for way in ("forward", "train"):
            ours, peer, floor = alternate([*(getattr(side, way) for side in sides), probe], arguments.runs)
            ratio = Ratio.of(ours, peer)
            print(f"{tracks:>6} {way:>9} {peer.milliseconds:>9.1f} {ours.milliseconds:>8.1f}", end=" ")
            print(f"{ratio.typical:>5.1f}× {ratio.least:>5.1f}× {ours.milliseconds / floor.milliseconds:>5.1f}")
            if way == "train" and not (ratio.typical >= SPEED and ratio.least >= LEAST_SPEED):
                missed.append(f"{tracks} tracks are {ratio.typical:.1f}× as fast (at least {ratio.least:.1f}×)")
        apart = disagreement(tracks, arguments.length)
        ours_mb, peer_mb = (
            weigh(side, argparse.Namespace(**vars(arguments) | {"tracks": [tracks]})) for side in (0, 1)
        )
        print(
            f"{tracks:>6} outputs {apart:.1e} apart; peak memory {ours_mb:.0f} MB of GRAFX's {peer_mb:.0f} MB", end=" "
        )
        print(f"({ours_mb / peer_mb:.2f})", flush=True)
        if ours_mb > MEMORY * peer_mb:
            missed.append(f"{tracks} tracks take {ours_mb / peer_mb:.2f} of the memory")
    return missed


def compare_planning(arguments: argparse.Namespace) -> list[str]:
    """Print how long a console of 202 nodes takes from graph to plan; returns the goal if it is missed."""
    sides = [(library, library.console(40)) for library in libraries()]
    ours, peer = alternate([lambda side=side: side[0].plan(side[1]) for side in sides], arguments.runs)
    print(f"\nplanning 202 nodes: GRAFX {peer.milliseconds:.1f} ms, ours {ours.milliseconds:.1f} ms", flush=True)
    return [] if ours.milliseconds < PLAN_MILLISECONDS else [f"planning takes {ours.milliseconds:.0f} ms"]


def compare_nodes(arguments: argparse.Namespace) -> list[str]:
    """Print what a node costs in chains of gains on 64 samples; returns the goal if it is missed."""
    print(f"\n{'nodes':>6} {'GRAFX µs per node':>18} {'ours':>6}  (forwards, planned)")
    types, costs = {"gain": STRIP["gain"]}, []
    for nodes in NODE_COUNTS:
        signals, raw = torch.randn(1, 2, 64), parameters(nodes, types)
        able = libraries()[: 2 if nodes <= PEER_STEPS else 1]
        sides = [library.rendering(library.chain(nodes), signals, raw, "one-by-one") for library in able]
        timings = alternate([side.forward for side in sides], arguments.runs)
        ours, *peer = (1000 * timing.milliseconds / nodes for timing in timings)
        costs.append(ours)
        theirs = f"{peer[0]:.1f}" if peer else "cannot plan it"
        print(f"{nodes:>6} {theirs:>18} {ours:>6.1f}", flush=True)
    growth = costs[-1] / costs[0]
    return [] if growth <= GROWTH else [f"a node of {NODE_COUNTS[-1]} costs {growth:.1f} times one of {NODE_COUNTS[0]}"]


def main() -> int:
    """Print the tables, and whether the goals are reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tracks", type=int, nargs="+", default=[8, 32], help="of the consoles (default: 8 32)")
    parser.add_argument("--runs", type=int, default=7, help="of each side (default: %(default)s)")
    parser.add_argument("--length", type=int, default=2**17, help="samples (default: %(default)s)")
    parser.add_argument("--keep-freed-memory", action="store_true", help="have the C library keep it, for both")
    parser.add_argument("--weigh", type=int, choices=(0, 1), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.keep_freed_memory:
        keep_freed_memory()
    if arguments.weigh is not None:
        console = consoles(arguments.tracks[0], arguments.length)[arguments.weigh]
        console.train()
        print(peak_megabytes(console.train))
        return 0
    memory = "kept" if arguments.keep_freed_memory else "given back (the C library's default)"
    print(f"{arguments.length} samples × 2 channels, medians of {arguments.runs} alternating runs, {torch.__version__}")
    print(f"on {torch.get_num_threads()} threads, freed memory {memory} on both sides. FFTs: ours over one real FFT of")
    print("all tracks and back. Equalizers: ours exact recursion, GRAFX its FIR of 4000 taps; compressors likewise.\n")
    missed = compare_consoles(arguments) + compare_planning(arguments) + compare_nodes(arguments)
    print(f"\nMissed: {'; '.join(missed)}." if missed else "\nAll goals are reached.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
