"""What a person can get wrong on the command line."""

from grafx_lab.errors import LabError


class UsageError(LabError):
    """A command that cannot be carried out as it was typed."""
