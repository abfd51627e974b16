"""What keeps a fit from beginning."""

from grafx_lab.errors import LabError


class FitError(LabError):
    """A fit that cannot begin; the message says what is missing."""
