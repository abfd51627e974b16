"""Players for a few recordings, without a panel around them."""

from dataclasses import dataclass

from grafx_lab.audio import Audio
from grafx_lab.widgets.still import players


@dataclass(frozen=True)
class Players:
    """Recordings that a notebook shows as players; they sound in a saved notebook too."""

    sounds: dict[str, Audio]

    def _repr_html_(self) -> str:
        return players(self.sounds)


def listen(**sounds: Audio) -> Players:
    """Players for recordings by name, each at its own level: ``listen(source=dry, target=wet)``.

    Names are read with spaces for underscores. Nothing plays until asked.
    """
    return Players({name.replace("_", " "): audio for name, audio in sounds.items()})
