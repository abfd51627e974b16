"""Runs: the fits of a session that are over, kept to be compared and heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from grafx_lab.fitting import History
from grafx_lab.session.errors import SessionError
from grafx_lab.session.fit_view import loss_text


@dataclass(frozen=True, eq=False)
class Run:
    """A fit that is over.

    Attributes:
        number: which fit of the session it was, from 1 on.
        label: what people tell it from others by.
        settings: how it went, in words.
        written: the call in Python that fits in the same way.
        history: every step.
        words: how it ended.
        findings: what can be said about it, a sentence each.
    """

    number: int
    label: str
    settings: str
    written: str
    history: History
    words: str
    findings: tuple[str, ...]

    @cached_property
    def view(self) -> dict[str, Any]:
        """An entry of ``runs`` in the slice ``fit``."""
        losses, best = self.history.losses, self.history.best
        return {
            "number": self.number, "label": self.label, "settings": self.settings, "words": self.words,
            "findings": list(self.findings), "losses": np.asarray(losses, np.float32), "best_step": best,
            "best_text": loss_text(losses[best]),
        }  # fmt: skip


def run_numbered(runs: Sequence[Run], number: int) -> Run:
    """One of these runs.

    Raises:
        SessionError: it is not among them.
    """
    found = next((run for run in runs if run.number == number), None)
    if found is None:
        kept = ", ".join(str(run.number) for run in runs) or "none"
        raise SessionError(f"There is no fit {number}; those that are kept: {kept}.")
    return found
