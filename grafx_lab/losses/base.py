"""Loss: the contract of everything that compares an estimate with a target.

``loss.prepare(target).per_item(estimate)`` gives one number for each batch item. What can be known from the target
alone is computed once, in :meth:`Loss.prepare`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any, ClassVar

from torch import Tensor, nn

from grafx_lab.errors import LabError
from grafx_lab.paths import suggestion

FAMILIES = {"spectral": "Spectra", "waveform": "Waveforms", "level": "Levels", "own": "Your own"}
"""Groups of losses in the order of menus, and what people read."""

registry: dict[str, type["Loss"]] = {}
"""Every loss class by its registered name."""


class LossError(LabError):
    """A loss that does not exist, or signals that it cannot compare."""


@dataclass(frozen=True)
class PreparedLoss:
    """A loss that knows its target.

    Attributes:
        loss: what compares.
        features: what it needs of the target.
        shape: of the target, ``(batch, channel, time)``.
    """

    loss: "Loss"
    features: Mapping[str, Any]
    shape: tuple[int, ...]

    def per_item(self, estimate: Tensor) -> Tensor:
        """The loss of each item, ``(batch, channel, time)`` → ``(batch,)``; items never influence each other.

        Raises:
            LossError: the estimate is not as long as the target, or has neither one nor its items and channels.
        """
        _check_comparable(self.loss, estimate.shape, self.shape)
        return self.loss.distance(estimate, self.features)


class Loss(nn.Module):
    """Base class of all losses; a subclass with a ``name`` registers itself.

    A loss that has to know the sample rate takes it as a keyword, ``sample_rate``, with a default.

    Attributes:
        name: what commands and menus call it.
        aliases: shorter names that commands understand.
        family: its group in menus, a key of :data:`FAMILIES`.
        label: what people read.
        blind_to: one line: what it does not notice.
    """

    name: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()
    family: ClassVar[str] = "own"
    label: str = ""
    blind_to: str = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "name" in cls.__dict__ and cls.name:
            registry[cls.name] = cls

    def prepare(self, target: Tensor) -> PreparedLoss:
        """Transform the target ``(batch, channel, time)`` once; a batch of one serves every estimate.

        No gradient flows back into it, and what is later written into its memory does not count.
        """
        return PreparedLoss(self, self.features(target.detach().clone()), tuple(target.shape))

    def features(self, target: Tensor) -> Mapping[str, Any]:
        """What :meth:`distance` needs of the target."""
        return {"target": target}

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        """The loss of each item, ``(batch,)``."""
        raise LossError(f"{type(self).__name__} has no distance: define it in the class.")

    def coarse(self) -> "Loss":
        """A cheaper loss that falls where this one falls, to descend on; itself where there is none."""
        return self

    def forward(self, estimate: Tensor, target: Tensor) -> Tensor:
        """The mean over the items, a scalar, as PyTorch's losses give it."""
        _check_comparable(self, estimate.shape, target.shape)
        return self.prepare(target).per_item(estimate).mean()


def _check_comparable(loss: Loss, estimate: Sequence[int], target: Sequence[int]) -> None:
    """Raise :class:`LossError` unless shapes are those of equally long signals whose other axes broadcast."""
    alike = len(estimate) == len(target) == 3 and estimate[-1] == target[-1]
    if not (alike and all(one == other or 1 in (one, other) for one, other in zip(estimate, target, strict=True))):
        raise LossError(
            f"{type(loss).__name__}: estimate {tuple(estimate)} and target {tuple(target)} must both be "
            "(batch, channel, time), equally long, with equally many items and channels or one."
        )


def loss_named(name: str, sample_rate: float = 44100) -> Loss:
    """A loss from its registered name or alias, for signals of a sample rate in Hz.

    Raises:
        LossError: no loss has that name.
    """
    classes = registry | {alias: cls for cls in registry.values() for alias in cls.aliases}
    if name not in classes:
        raise LossError(f"There is no loss '{name}'.{suggestion(name, classes)} Known: {', '.join(registry)}.")
    cls = classes[name]
    return cls(sample_rate=sample_rate) if "sample_rate" in signature(cls).parameters else cls()


def loss_menu() -> list[type[Loss]]:
    """All registered losses as menus list them: by family, and by label within."""
    order = list(FAMILIES)
    return sorted(registry.values(), key=lambda cls: (order.index(cls.family), cls.label))
