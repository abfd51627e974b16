"""LossShelf: the losses of a session, one of each."""

from grafx_lab.losses import Loss, make_loss


class LossShelf:
    """Keeps losses by what people call them: two of one name would be two of one line in a menu."""

    def __init__(self) -> None:
        self._kept: dict[str, Loss] = {}

    def keep(self, loss: str | Loss) -> str:
        """Put a loss on the shelf, by name or as a module; returns what it is called."""
        name = loss if isinstance(loss, str) else loss.name or loss.label
        if not isinstance(loss, str) or name not in self._kept:
            self._kept[name] = make_loss(loss)
        return name

    def called(self, name: str) -> Loss:
        """The loss of a name."""
        return self._kept[self.keep(name)]
