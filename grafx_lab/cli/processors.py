"""``grafx-lab processors``: what a chain can be made of."""

import re
from argparse import ArgumentParser, Namespace
from itertools import groupby

import torch

from grafx_lab.cli.exit_status import DONE
from grafx_lab.parameters import Numbers, ParameterSpec, flatten
from grafx_lab.processors import FAMILIES, Processor, registry

_FORMULA = re.compile(r"[,:]? :math:`[^`]*`")

HELP = "list the processors with their controls, units and ranges"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--markdown", action="store_true", help="print the table of the README")


def run(arguments: Namespace) -> int:
    """Print what each family has."""
    if arguments.markdown:
        print(markdown_table())
        return DONE
    for family, members in groupby(_classes(), key=_family):
        print(f"\n{FAMILIES[family]}")
        for cls in members:
            print("\n".join(_lines(cls)))
    return DONE


def markdown_table() -> str:
    """Every processor in a row: family, name, what it does, its controls; those that are one number with their range.

    Vectors say how many numbers they are: their ranges are in the longer list.
    """
    rows = ["| family | processor | what it does | controls |", "|---|---|---|---|"]
    for cls in _classes():
        controls = ", ".join(f"`{name}` {_size_of(spec) or _range_of(spec)}" for name, spec in _specs(cls).items())
        rows.append(f"| {FAMILIES[_family(cls)]} | `{cls.registered_name}` | {_summary(cls)} | {controls} |")
    return "\n".join(rows)


def _classes() -> list[type[Processor]]:
    order = list(FAMILIES)
    # What somebody registers in a notebook is theirs; the table is about what comes with the package.
    ours = {cls for cls in registry.values() if cls.__module__.startswith("grafx_lab.")}
    return sorted(ours, key=lambda cls: (order.index(_family(cls)), cls.registered_name))


def _family(cls: type[Processor]) -> str:
    # A wrapper belongs to the family of what it contains; as a class it contains nothing yet.
    return cls.family if isinstance(cls.family, str) else "container"


def _lines(cls: type[Processor]) -> list[str]:
    aliases = f" (also {', '.join(cls.aliases)})" if cls.aliases else ""
    lines = [f"  {cls.registered_name}{aliases}", f"    {_summary(cls)}"]
    specs = _specs(cls)
    width = max(map(len, specs), default=0)
    return lines + [f"      {name:<{width}}  {_range(spec)}" for name, spec in specs.items()]


def _summary(cls: type[Processor]) -> str:
    return _FORMULA.sub("", (cls.__doc__ or "").strip().partition("\n")[0])


def _specs(cls: type[Processor]) -> dict[str, ParameterSpec]:
    try:
        return flatten(cls().specs)
    except TypeError:  # a container has no parameters before it is told what it contains
        return {}


def _range(spec: ParameterSpec) -> str:
    return "  ".join(filter(None, (_range_of(spec), _size_of(spec), spec.doc)))


def _range_of(spec: ParameterSpec) -> str:
    low, high = (_extreme(spec, end) for end in (spec.low, spec.high))
    return f"{low} … {high}"


def _size_of(spec: ParameterSpec) -> str:
    """How many numbers a vector has, ``"× 2 × 193"``; empty for one number."""
    return " ".join(f"× {length}" for length in spec.shape if length > 1)


def _extreme(spec: ParameterSpec, end: Numbers) -> str:
    """The end of a slider; where the entries of a vector differ, the first's and the last's."""
    values = torch.as_tensor(end, dtype=torch.float64).flatten().tolist()
    return "/".join(dict.fromkeys(map(spec.format, (values[0], values[-1]))))
