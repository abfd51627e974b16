"""LossShelf: the losses of a session, one of each."""

from grafx_lab.losses import Loss, make_loss


class LossShelf:
    """Makes losses when they are first asked for, and finds them again by name."""

    def __init__(self) -> None:
        self._losses: dict[str, Loss] = {}

    def take(self, loss: str | Loss) -> tuple[str, Loss]:
        """What calls a loss, and the loss.

        Args:
            loss: its name, or a module, which takes the place of one of the same name.
        """
        name = loss if isinstance(loss, str) else loss.name or loss.label
        if not isinstance(loss, str) or name not in self._losses:
            self._losses[name] = make_loss(loss)
        return name, self._losses[name]
