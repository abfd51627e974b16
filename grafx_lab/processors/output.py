"""What a processor returns inside the house, and the one place that makes it of what a class returns."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from torch import Tensor


class Output(NamedTuple):
    """What a processor returns inside the house.

    Attributes:
        signals: a tensor ``(batch, channel, time)`` for each outlet.
        aux: intermediate or regularisation tensors by name, ``(batch,)`` each where they regularise.
    """

    signals: tuple[Tensor, ...]
    aux: dict[str, Any]


def split_output(result: Any) -> Output:
    """The one place that tells a tensor from a tuple from a tuple with aux."""
    if isinstance(result, Tensor):
        return Output((result,), {})
    if isinstance(result, Output):
        return result
    aux: dict[str, Any] = {}
    if isinstance(result, tuple) and result and isinstance(result[-1], Mapping):
        *signals, last = result
        aux = dict(last)
        result = signals[0] if len(signals) == 1 else tuple(signals)
    return Output(tuple(result) if isinstance(result, (tuple, list)) else (result,), aux)
