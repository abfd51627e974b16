"""Sums of losses, also written as a string; and losses from whatever names them."""

import re
from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from grafx_lab.losses.base import Loss, LossError, loss_named

_NUMBER = r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?"
_TERM = re.compile(rf"(?:(?P<before>{_NUMBER})\s*\*\s*)?(?P<name>[a-zA-Z_]\w*)(?:\s*\*\s*(?P<after>{_NUMBER}))?")


class WeightedSum(Loss):
    """A sum of losses, each with its weight.

    Args:
        weights: weight of each loss, by a registered name; or pairs of a loss and its weight.
        sample_rate: in Hz, for the losses that are named.
    """

    def __init__(
        self, weights: Mapping[str, float] | list[tuple[str | Loss, float]], sample_rate: float = 44100
    ) -> None:
        super().__init__()
        pairs = list(weights.items()) if isinstance(weights, Mapping) else weights
        if not pairs:
            raise LossError("WeightedSum: weights are empty, expected at least one loss and its weight.")
        made = [loss if isinstance(loss, Loss) else loss_named(loss, sample_rate) for loss, _ in pairs]
        self.parts = nn.ModuleList(made)
        self.weights = tuple(float(weight) for _, weight in pairs)
        terms = zip(made, self.weights, strict=True)
        self.label = " + ".join(part.label if weight == 1 else f"{weight:g} × {part.label}" for part, weight in terms)
        self.blind_to = "what all of these are blind to: " + "; ".join(dict.fromkeys(part.blind_to for part in made))

    def features(self, target: Tensor) -> Mapping[str, Any]:
        return {"prepared": [part.prepare(target) for part in self._losses()]}

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        total = estimate.new_zeros(estimate.shape[0])
        for weight, prepared in zip(self.weights, features["prepared"], strict=True):
            total = total + weight * prepared.per_item(estimate)
        return total

    def _losses(self) -> list[Loss]:
        return [part for part in self.parts if isinstance(part, Loss)]


def make_loss(loss: str | Loss, sample_rate: float = 44100) -> Loss:
    """A loss from its name, or from a sum of names such as ``"mr_stft + 0.1 * l1"``; a module stays what it is.

    Args:
        loss: weights are numbers before or behind a name, joined to it by ``*``.
        sample_rate: in Hz, for losses that hear frequencies.

    Raises:
        LossError: the text is not a sum, or no loss has a name in it.
    """
    if isinstance(loss, Loss):
        return loss
    terms = _terms(str(loss))
    if len(terms) == 1 and terms[0][1] == 1.0:
        return loss_named(terms[0][0], sample_rate)
    return WeightedSum(list(terms), sample_rate)


def _terms(text: str) -> list[tuple[str, float]]:
    """Names and weights of a sum."""
    terms, place = [], 0
    while True:
        place += len(text[place:]) - len(text[place:].lstrip())
        match = _TERM.match(text, place)
        if match is None or (match["before"] and match["after"]):
            raise _misread(text, place)
        terms.append((match["name"], float(match["before"] or match["after"] or 1)))
        rest = text[match.end() :].lstrip()
        if not rest:
            return terms
        place = len(text) - len(rest)
        if rest[0] != "+":
            raise _misread(text, place)
        place += 1


def _misread(text: str, place: int) -> LossError:
    found = f"'{text[place:].strip()}'" if text[place:].strip() else "nothing"
    return LossError(
        f"The loss '{text}' cannot be read: {found} stands where a loss or '+' is expected; "
        "write names with weights, such as 'mr_stft + 0.1 * l1'."
    )
