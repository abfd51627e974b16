"""What a person can get wrong on the command line."""


class UsageError(ValueError):
    """A command that cannot be carried out as it was typed."""
