"""The command line: ``grafx-lab app | fit | render | processors | lab``."""

from grafx_lab.cli.main import main

__all__ = ["main"]
