"""The registry: every processor class by its name. Defining the class enters it."""

from typing import TYPE_CHECKING

from grafx_lab.errors import LabError
from grafx_lab.paths import suggestion

if TYPE_CHECKING:
    from grafx_lab.processors.base import Processor

registry: dict[str, type["Processor"]] = {}
"""Every processor class by its registered name; aliases are further entries."""


class UnknownProcessorError(LabError):
    """A processor name that is not registered."""


def processor_class(name: str) -> type["Processor"]:
    """The registered class of that name.

    Raises:
        UnknownProcessorError: no class has that name; the nearest names are suggested.
    """
    if not isinstance(name, str) or name not in registry:
        raise UnknownProcessorError(f"There is no processor {name!r}.{suggestion(str(name), registry)}")
    return registry[name]


def register_class(cls: type["Processor"]) -> None:
    """Enter a class under its registered name and its aliases.

    Raises:
        ValueError: another class has one of the names.
    """
    for name in (cls.registered_name, *cls.__dict__.get("aliases", ())):
        known = registry.get(name)
        # Running a notebook cell again defines the same class anew: the newest one counts.
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise ValueError(
                f"A processor '{name}' exists already: {known.__module__}.{known.__qualname__}. Choose another name."
            )
        registry[name] = cls


def is_wrapper(cls: type["Processor"]) -> bool:
    """Whether a decorator, such as gin's, has made the class only to wrap the one of the same name."""
    base = cls.__bases__[0]
    return (base.__module__, base.__qualname__) == (cls.__module__, cls.__qualname__)
