"""What keeps a fit from beginning."""


class FitError(ValueError):
    """A fit that cannot begin; the message says what is missing."""
