"""What a processor may be built with: the annotations of its arguments say it, and one check enforces them.

A number says where it lies (``num_filters: Count``, ``f_min: Positive``), a choice what there is to choose (a
``Literal``). Only what several arguments must satisfy together is left to a constructor.
"""

import inspect
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from grafx_lab import dsp
from grafx_lab.paths import suggestion
from grafx_lab.processors.checks import ProcessorError

MOST = 10_000_000
"""No filter, window or delay has more samples; who asks for more has mistyped, and the memory would not suffice."""


@dataclass(frozen=True)
class Bounds:
    """Where a number lies. It is finite in any case.

    Attributes:
        low: the lowest.
        high: the highest.
        above: ``low`` itself is too low.
    """

    low: float = -math.inf
    high: float = math.inf
    above: bool = False

    def __contains__(self, number: Any) -> bool:
        try:
            place = float(number)
        except OverflowError:  # an integer beyond all floats
            return False
        return math.isfinite(place) and self.low <= place <= self.high and not (self.above and place == self.low)

    def __str__(self) -> str:
        if self.low == -math.inf:
            return ""
        if self.high == math.inf:
            return f" above {self.low:g}" if self.above else f" from {self.low:g} on"
        return f" from {self.low:g} to {self.high:.12g}"


@dataclass(frozen=True)
class Among:
    """What there is to choose from where it is known only when the house is built.

    Attributes:
        choices: one of these.
    """

    choices: tuple[str, ...]


Count = Annotated[int, Bounds(1, MOST)]
"""How many there are: filters, bands, frames, samples."""

Several = Annotated[int, Bounds(2, MOST)]
"""How many there are where one would be none."""

CountFromZero = Annotated[int, Bounds(0, MOST)]
"""How many there are, and none will do."""

Whole = Annotated[int, Bounds()]
"""Any whole number."""

Seed = Annotated[int, Bounds(0, 2**32 - 1)]
"""Of noise: what NumPy's Mersenne Twister begins with."""

Positive = Annotated[float, Bounds(0, above=True)]
"""A frequency, a rate, a time."""

NotNegative = Annotated[float, Bounds(0)]
"""A time that may be none."""

Finite = Annotated[float, Bounds()]
"""Any number but NaN and infinity."""

Scale = Annotated[str, Among(tuple(dsp.SCALES))]
"""How frequencies are spaced."""


@dataclass(frozen=True)
class _Number:
    """An argument may be a number."""

    kind: type[int] | type[float]
    bounds: Bounds

    def allows(self, value: Any) -> bool:
        number = Integral if self.kind is int else Real
        return isinstance(value, number) and not isinstance(value, bool) and value in self.bounds

    def __str__(self) -> str:
        return f"a {'whole' if self.kind is int else 'finite'} number{self.bounds}"


@dataclass(frozen=True)
class _Choice:
    """An argument may be this very value."""

    value: Any

    def allows(self, value: Any) -> bool:
        return isinstance(value, type(self.value)) and value == self.value

    def __str__(self) -> str:
        return repr(self.value)


_Alternatives = tuple[_Number | _Choice, ...]


def given_arguments(cls: type, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that a class is built with, by name; those left at their defaults are not among them.

    Raises:
        ProcessorError: one is not what its annotation says.
    """
    signature = inspect.signature(cls.__init__)
    given = signature.bind_partial(None, *args, **kwargs).arguments
    for name, parameter in signature.parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            given |= given.pop(name, {})
    named = dict(list(given.items())[1:])
    _check(cls.__name__, _known_to_class(cls), named)
    return named


def refuse_unknown(cls: type, unknown: Collection[str]) -> None:
    """Raise :class:`ProcessorError` for arguments that no constructor of a class has taken."""
    if unknown:
        known = {name for constructor in _constructors(cls) for name in _names(constructor)}
        name = min(unknown)
        raise ProcessorError(f"{cls.__name__}: unknown argument '{name}'.{suggestion(name, known)}")


def check_options(subject: str, options: Any, hints: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments that came in a dict, as a processor's ``filterbank_kwargs`` do.

    Args:
        subject: the processor and the dict, for people.
        options: the dict, or ``None`` for an empty one.
        hints: what there may be in it, with annotations.

    Raises:
        ProcessorError: another name, or a value that is not what its annotation says.
    """
    if not isinstance(options, Mapping | None):
        raise ProcessorError(f"{subject} is {options!r}, expected a dict.")
    options = dict(options or {})
    for name in options.keys() - hints.keys():
        expected = f"expected {' or '.join(map(repr, hints))}"
        raise ProcessorError(f"{subject} has {name!r}, {expected}.{suggestion(str(name), hints)}")
    _check(subject, _admitted(hints), options)
    return options


def check_rising(processor: object, **ends: float) -> None:
    """Raise :class:`ProcessorError` unless the second of two arguments is higher than the first."""
    (first, low), (second, high) = ends.items()
    if low >= high:
        raise ProcessorError(
            f"{type(processor).__name__}: {first} is {low} and {second} {high}, expected {first} < {second}."
        )


def annotations(function: Callable[..., Any]) -> dict[str, Any]:
    """The annotations of a function's arguments; none where one of them exists for type checkers alone."""
    try:
        hints = get_type_hints(function, include_extras=True)
    except NameError:
        return {}
    return {name: hint for name, hint in hints.items() if name != "return"}


def _check(subject: str, known: Mapping[str, _Alternatives], given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        if name in known and not any(alternative.allows(value) for alternative in known[name]):
            *others, last = map(str, known[name])
            expected = f"{', '.join(others)} or {last}" if others else last
            raise ProcessorError(f"{subject}: {name} is {value!r}, expected {expected}.")


def _constructors(cls: type) -> list[Callable[..., Any]]:
    """The constructors that an instance goes through, the class's own one last."""
    return [vars(base)["__init__"] for base in reversed(cls.__mro__) if "__init__" in vars(base)]


@cache
def _known_to_class(cls: type) -> dict[str, _Alternatives]:
    return {name: item for maker in _constructors(cls) for name, item in _admitted(annotations(maker)).items()}


def _admitted(hints: Mapping[str, Any]) -> dict[str, _Alternatives]:
    """What each argument may be; those whose annotation leaves them free are not among them."""
    alternatives = {name: _alternatives(hint) for name, hint in hints.items()}
    return {name: item for name, item in alternatives.items() if item}


def _alternatives(hint: Any) -> _Alternatives:
    """What an annotation admits; nothing where it leaves the value free."""
    if hint is NoneType:
        return (_Choice(None),)
    parts = get_args(hint)
    if get_origin(hint) is Literal:
        return tuple(map(_Choice, parts))
    if get_origin(hint) is Annotated and isinstance(parts[1], Among):
        return tuple(map(_Choice, parts[1].choices))
    if get_origin(hint) is Annotated and isinstance(parts[1], Bounds):
        return (_Number(parts[0], parts[1]),)
    if get_origin(hint) in (Union, UnionType):
        admitted = [_alternatives(part) for part in parts]
        return tuple(item for part in admitted for item in part) if all(admitted) else ()
    return ()


def _names(function: Callable[..., Any]) -> list[str]:
    """The arguments that a function takes by name."""
    parameters = inspect.signature(function).parameters.values()
    by_name = [item.name for item in parameters if item.kind in (item.POSITIONAL_OR_KEYWORD, item.KEYWORD_ONLY)]
    return [name for name in by_name if name != "self"]
