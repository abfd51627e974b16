"""What a step hears: everything, by the exact or a coarser loss, or an excerpt drawn anew; and what a search hears."""

import torch

from grafx_lab.audio import telling_start
from grafx_lab.fitting.errors import FitError
from grafx_lab.fitting.objective import Objective
from grafx_lab.fitting.options import Options
from grafx_lab.parameters import flatten
from grafx_lab.patch import Patch

SEARCHED, LONG = 6.0, 8.0
"""Seconds in which a start is searched for, and up to which recordings are searched wholly."""


def telling_part(objective: Objective) -> tuple[Objective, float]:
    """The excerpt of long recordings in which a start is searched for, and the second at which it begins.

    Patches in which something depends on the time are heard wholly.
    """
    rate, total = objective.patch.sample_rate, objective.target.shape[-1]
    if total <= LONG * rate or _clocked(objective.patch):
        return objective, 0.0
    length = round(SEARCHED * rate)
    begin = telling_start([signal[0] for signal in (objective.target, *objective.inputs.values())], length, rate)
    return objective.excerpt(begin, length), begin / rate


class Hearing:
    """The objective in the form that steps descend on.

    Excerpts begin on a grid of half their length, so that the target of each is transformed once.

    Raises:
        FitError: excerpts of a patch in which something depends on the time since the beginning.
    """

    def __init__(self, objective: Objective, options: Options) -> None:
        self._whole = objective.with_loss(objective.loss.coarse()) if options.coarse else objective
        rate, total = objective.patch.sample_rate, objective.target.shape[-1]
        self._length = total if options.crop is None else min(total, max(1, round(options.crop * rate)))
        self._context = round(options.context * rate)
        self._begins = range(0, total - self._length + 1, max(1, self._length // 2))
        self._excerpts: dict[int, Objective] = {}
        if self._length < total and (name := _clocked(objective.patch)):
            raise FitError(
                f"The fit cannot hear excerpts: what '{name}' does depends on the time since the beginning."
                " Leave out crop."
            )

    def draw(self, generator: torch.Generator) -> Objective:
        """The next step's objective."""
        if len(self._begins) == 1:
            return self._whole
        begin = self._begins[int(torch.randint(len(self._begins), (), generator=generator))]
        if begin not in self._excerpts:
            self._excerpts[begin] = self._whole.excerpt(begin, self._length, self._context)
        return self._excerpts[begin]


def _clocked(patch: Patch) -> str:
    """The first node that does not do the same at all times; empty where all do."""
    for name in patch.raw:
        processor = patch.processors[patch.node_type(name)]
        moving = any(spec.time_varying for spec in flatten(processor.specs).values())
        if name not in patch.bypassed and (processor.clocked or moving or not processor.inlets):
            return name
    return ""
