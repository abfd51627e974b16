"""``grafx-lab losses``: what a fit can descend, and what each loss does not hear."""

from argparse import ArgumentParser, Namespace
from itertools import groupby

from grafx_lab.cli.exit_status import DONE
from grafx_lab.losses import FAMILIES, Loss, loss_menu

HELP = "list the losses and what each is blind to"


def add_arguments(parser: ArgumentParser) -> None:
    """The command has no options."""


def run(arguments: Namespace) -> int:
    """Print what each family has."""
    # What somebody registers in a notebook is theirs; the list is about what comes with the package.
    ours = [cls for cls in loss_menu() if cls.__module__.startswith("grafx_lab.")]
    for family, members in groupby(ours, key=lambda cls: cls.family):
        print(f"\n{FAMILIES[family]}")
        for cls in members:
            print(_lines(cls))
    return DONE


def _lines(cls: type[Loss]) -> str:
    names = ", ".join((cls.name, *cls.aliases))
    return f"  {names}\n    {cls.label}. Blind to {cls.blind_to}."
