"""Recordings that nobody should give, for whatever takes a source and a target."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import soundfile
import torch
from torch import Tensor

from grafx_lab.audio import Audio
from grafx_lab.graph import GRAFX
from grafx_lab.patch import Patch

RATE, TIME = 16000, 2000
LOUD = 0.1 * torch.randn(2, TIME, generator=torch.Generator().manual_seed(0))
BROKEN = torch.cat([LOUD[:, :7], torch.full((2, 1), float("nan")), LOUD[:, 8:]], 1)


@dataclass(frozen=True)
class Torture:
    """A source and a target ``(channel, time)``, their rates, and whether they can be compared at all."""

    source: Tensor
    target: Tensor
    source_rate: int = RATE
    target_rate: int = RATE
    comparable: bool = True

    def audio(self) -> tuple[Audio, Audio]:
        """Both as values."""
        return Audio(self.source, self.source_rate, "source"), Audio(self.target, self.target_rate, "target")

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Both as files of floats."""
        paths = folder / "source.wav", folder / "target.wav"
        for path, audio in zip(paths, self.audio(), strict=True):
            soundfile.write(path, audio.data.numpy().T, audio.sample_rate, subtype="FLOAT")
        return paths


TORTURES = {
    "silent source": Torture(0 * LOUD, LOUD),
    "silent target": Torture(LOUD, 0 * LOUD),
    "both silent": Torture(0 * LOUD, 0 * LOUD),
    "NaN in the target": Torture(LOUD, BROKEN, comparable=False),
    "NaN in the source": Torture(BROKEN, LOUD, comparable=False),
    "infinity in the target": Torture(LOUD, LOUD.clone().fill_(float("inf")), comparable=False),
    "clipping target": Torture(LOUD, (30 * LOUD).clamp(-1, 1)),
    "one-sample target": Torture(LOUD, LOUD[:, :1]),
    "one-sample source": Torture(LOUD[:, :1], LOUD),
    "ten times longer": Torture(LOUD, LOUD.repeat(1, 10)),
    "mono source": Torture(LOUD[:1], LOUD),
    "mono target": Torture(LOUD, LOUD[:1]),
    "unequal sample rates": Torture(LOUD, LOUD, target_rate=2 * RATE),
    "absurd levels": Torture(1e-6 * LOUD, 1e6 * LOUD),
}

each_torture = pytest.mark.parametrize("torture", TORTURES.values(), ids=list(TORTURES))


def deaf_patch() -> Patch:
    """A gain that no wire leads out of: whatever it does, the loss stays as it is."""
    graph = GRAFX()
    source = graph.add("in")
    graph.connect(source, graph.add("out"))
    graph.connect(source, graph.add("stereo_gain"))
    return Patch(graph, sample_rate=RATE)
