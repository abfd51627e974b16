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
    """The command understands no further words."""


def run(arguments: Namespace) -> int:
    """Print a table for each family."""
    order = list(FAMILIES)
    classes = sorted(set(registry.values()), key=lambda cls: (order.index(_family(cls)), cls.registered_name))
    for family, members in groupby(classes, key=_family):
        print(f"\n{FAMILIES[family]}")
        for cls in members:
            print("\n".join(_lines(cls)))
    return DONE


def _family(cls: type[Processor]) -> str:
    # A wrapper belongs to the family of what it contains; as a class it contains nothing yet.
    return cls.family if isinstance(cls.family, str) else "container"


def _lines(cls: type[Processor]) -> list[str]:
    aliases = f" (also {', '.join(cls.aliases)})" if cls.aliases else ""
    summary = _FORMULA.sub("", (cls.__doc__ or "").strip().partition("\n")[0])
    lines = [f"  {cls.registered_name}{aliases}", f"    {summary}"]
    try:
        specs = flatten(cls().specs)
    except TypeError:  # a container has no parameters before it is told what it contains
        return lines
    width = max(map(len, specs), default=0)
    return lines + [f"      {name:<{width}}  {_range(spec)}" for name, spec in specs.items()]


def _range(spec: ParameterSpec) -> str:
    size = " × ".join(map(str, spec.shape))
    several = f", {size} of them" if size != "1" else ""
    low, high = (_extreme(spec, end) for end in (spec.low, spec.high))
    return f"{low} … {high}{several}{'  ' * bool(spec.doc)}{spec.doc}"


def _extreme(spec: ParameterSpec, end: Numbers) -> str:
    """The end of a slider; where the entries of a vector differ, the first's and the last's."""
    values = torch.as_tensor(end, dtype=torch.float64).flatten().tolist()
    return "/".join(dict.fromkeys(map(spec.format, (values[0], values[-1]))))
