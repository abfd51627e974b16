"""FitSettings: how a fit of a session goes, checked and in words."""

from dataclasses import dataclass
from typing import Any

from grafx_lab.fitting import Options
from grafx_lab.fitting.descent import LEARNING_RATE
from grafx_lab.fitting.options import Init
from grafx_lab.session.errors import SessionError

MAX_STEPS = 100_000

STARTS: dict[Init, tuple[str, str]] = {
    "auto": ("Automatic start", "Finds good settings node by node first, then descends from there."),
    "patch": ("From the controls", "Descends from where the controls stand."),
}
"""Where a fit of a session may begin: what it is called, and a sentence about it. The first one is offered first."""

_STRATEGY_WORDS = {"brute_force": "each processor tried", "dry_wet": "by weight, many at a time", "hybrid": "by weight"}


@dataclass(frozen=True)
class FitSettings:
    """What can be chosen about a fit in a panel.

    Attributes:
        steps: how many updates.
        loss: its name; the session's present one by default.
        optimizer: see :class:`Options`.
        learning_rate: see :class:`Options`.
        pace: at most so many steps a second, for watching.
        prune: by how much the loss may rise when processors are taken out, as a share of it; ``None`` keeps all.
        strategy: see :class:`Options`.
        init: where it begins, see :class:`Options`.

    Raises:
        SessionError: a number of steps that means nothing.
        FitError: an option that means nothing.
    """

    steps: int = 300
    loss: str | None = None
    optimizer: str = "adam"
    learning_rate: float | None = None
    pace: float | None = None
    prune: float | None = None
    strategy: str = "hybrid"
    init: str = "patch"

    def __post_init__(self) -> None:
        if not isinstance(self.steps, int) or not 1 <= self.steps <= MAX_STEPS:
            raise SessionError(f"A fit takes 1 to {MAX_STEPS} steps, not {self.steps!r}.")
        Options(**self.options)

    @property
    def options(self) -> dict[str, Any]:
        """What :func:`fit_steps` gets."""
        rate = self.learning_rate or LEARNING_RATE
        pruning = {"prune": self.prune, "strategy": self.strategy}
        return {"optimizer": self.optimizer, "learning_rate": rate, "init": self.init} | pruning

    def to_python(self) -> str:
        """The call that fits in this way; what is left out is by default as it is here."""
        plain = Options()
        chosen = {"loss": self.loss or "mr_stft", "steps": self.steps}
        chosen |= {name: value for name, value in self.options.items() if value != getattr(plain, name)}
        return f"gl.fit(start, source, target, {', '.join(f'{name}={value!r}' for name, value in chosen.items())})"

    def words(self, loss: str) -> str:
        """All of it in one line.

        Args:
            loss: what people call the loss.
        """
        parts = [loss, self.optimizer, f"rate {self.options['learning_rate']:g}", f"{self.steps} steps"]
        if self.init == "auto":
            parts.append("automatic start")
        if self.prune is not None:
            parts.append(f"pruned within {100 * self.prune:g} % ({_STRATEGY_WORDS[self.strategy]})")
        return ", ".join(parts)
