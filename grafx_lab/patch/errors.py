"""The error of a patch."""

from grafx_lab.errors import LabError


class PatchError(LabError):
    """A patch that cannot be built, read or changed as asked; the message says what to do."""
