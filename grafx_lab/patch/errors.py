"""The error of a patch."""


class PatchError(ValueError):
    """A patch that cannot be built, read or changed as asked; the message says what to do."""
