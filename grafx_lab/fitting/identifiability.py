"""Which controls the target determines, and which it does not: the Gauss–Newton matrix at a patch.

The logarithmic spectrogram of the output, which spectral losses hear, changes with every slider; its Jacobian, by
finite differences along the sliders, is J. A column of zeros is a control that nothing depends on. A direction in which
the columns, each scaled to length one, cancel is a combination of controls of which only the rest counts (K. Levenberg
1944; for audio effects compare J. T. Colonel, J. Reiss, "Reverse engineering of a recording mix with differentiable
digital signal processing", JASA 2021).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.dsp.spectrum import stft_magnitude
from grafx_lab.fitting.layout import Entry, Layout
from grafx_lab.fitting.objective import Objective
from grafx_lab.patch import Patch

MOST_SLIDERS = 48
"""More controls are not looked at; curves and hidden parameters never are."""

MOST_VALUES = 20000
"""The spectrogram is thinned to so many numbers."""

N_FFT = 1024

SECONDS = 1.0
"""Length of the excerpt, the loudest one, that is rendered."""

SILENT = 1e-3
"""A column so much shorter than the longest one is taken for zero."""

SINGULAR = 1e-3
"""Eigenvalue of the scaled matrix below which a combination of controls counts as undetermined."""

SHARE = 0.3
"""Part that a control has to have in a direction of length one to be named."""


@dataclass(frozen=True)
class Identifiability:
    """What the target says about the controls.

    Attributes:
        paths: of the controls that were looked at, with their index.
        strength: by how much the spectrogram changes along each slider, ``(controls,)``.
        eigenvalues: of the scaled Gauss–Newton matrix of those that change anything, rising.
        unheard: controls that change next to nothing.
        confused: groups of controls of which only a combination counts.
    """

    paths: tuple[str, ...]
    strength: Tensor
    eigenvalues: Tensor
    unheard: tuple[str, ...]
    confused: tuple[tuple[str, ...], ...]

    @property
    def findings(self) -> list[str]:
        """The same in sentences."""
        said = [f"The loss hardly depends on '{path}': its value means nothing." for path in _by_control(self.unheard)]
        for group in self.confused:
            names = [f"'{name}'" for name in group]
            listed = f"{', '.join(names[:-1])} and {names[-1]}"
            said.append(f"{listed} cannot be told apart: moved against each other they leave the loss as it is.")
        return said


def identify(objective: Objective, patch: Patch) -> Identifiability:
    """Look at the sliders of a patch that are free to move."""
    layout = Layout(patch)
    vector = layout.pack(patch.raw)[0].double()
    places = _sliders(layout, layout.movable(patch))
    heard = _loudest(objective.with_patch(patch))
    slopes = layout.position_slope(vector)[places]

    def features(moves: Tensor) -> Tensor:
        moved = vector.repeat(len(moves), 1)
        moved[:, places] += moves * slopes
        output = heard.render(layout.unpack(moved.float())).output[..., heard.context :]
        values = stft_magnitude(output, N_FFT, N_FFT // 2, N_FFT).log().flatten(1).double()
        # Where no free node reaches the output, one rendering is all there is.
        return values[:, :: max(1, values.shape[1] // MOST_VALUES)].expand(len(moves), -1)

    paths = tuple(_path(layout, int(place)) for place in places)
    if not paths:
        return Identifiability((), torch.zeros(0), torch.zeros(0), (), ())
    columns = dsp.jacobian(features, torch.zeros(len(places), dtype=torch.float64), chunk=4).nan_to_num(0, 0, 0)
    strength = columns.norm(dim=0)
    audible = strength > SILENT * strength.max().clamp_min(1e-12)
    scaled = columns[:, audible] / strength[audible]
    eigenvalues, directions = torch.linalg.eigh(scaled.T @ scaled)
    names = [path for path, is_audible in zip(paths, audible.tolist(), strict=True) if is_audible]
    weak = directions.T[eigenvalues < SINGULAR]
    confused = dict.fromkeys(_named(direction, names) for direction in weak)
    unheard = tuple(path for path, is_audible in zip(paths, audible.tolist(), strict=True) if not is_audible)
    return Identifiability(paths, strength, eigenvalues, unheard, tuple(group for group in confused if len(group) > 1))


def _named(direction: Tensor, names: Sequence[str]) -> tuple[str, ...]:
    strong = [name for name, part in zip(names, direction.tolist(), strict=True) if abs(part) >= SHARE]
    controls = _by_control(strong)
    return tuple(controls if len(controls) > 1 else strong)


def _by_control(paths: Sequence[str]) -> list[str]:
    """Without the indices, each once."""
    return list(dict.fromkeys(path.split("[")[0] for path in paths))


def _sliders(layout: Layout, movable: Tensor) -> Tensor:
    shown = torch.zeros(layout.size, dtype=torch.bool)
    for entry in layout.entries:
        shown[entry.place] = entry.spec.display == "slider"
    return (shown & movable).nonzero()[:MOST_SLIDERS, 0]


def _path(layout: Layout, place: int) -> str:
    entry = next(entry for entry in layout.entries if entry.start <= place < entry.start + entry.size)
    return entry.path if entry.size == 1 else f"{entry.path}[{_index(entry, place - entry.start)}]"


def _index(entry: Entry, place: int) -> str:
    index = torch.unravel_index(torch.tensor(place), entry.spec.shape)
    # Axes of size one are left out, as people write it.
    return ",".join(str(int(i)) for i, size in zip(index, entry.spec.shape, strict=True) if size > 1)


def _loudest(objective: Objective) -> Objective:
    """The second in which the target is loudest, behind a context of as much."""
    rate, total = objective.patch.sample_rate, objective.target.shape[-1]
    length = min(total, round(SECONDS * rate))
    if not objective.inputs or length == total:
        return objective
    energy = dsp.frame_energy(objective.target[0], length)
    begin = min(int(energy.argmax()) * length, total - length)
    return objective.excerpt(begin, length, context=length // 2)
