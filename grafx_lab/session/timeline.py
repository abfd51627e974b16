"""Timeline: the patch of a session, and the patches before and after it."""

from dataclasses import dataclass, field

from grafx_lab.patch import Patch

MAX_ENTRIES = 200


@dataclass
class Timeline:
    """Undo and redo over immutable patches.

    Attributes:
        patch: the present one.
    """

    patch: Patch
    _past: list[Patch] = field(default_factory=list)
    _future: list[Patch] = field(default_factory=list)
    _gesture: str | None = None

    def advance(self, patch: Patch, gesture: str | None = None) -> None:
        """Put a new patch in place. Changes of one gesture, such as one drag, are one entry."""
        if gesture is None or gesture != self._gesture:
            self._past = [*self._past[-MAX_ENTRIES + 1 :], self.patch]
        self._gesture = gesture
        self._future = []
        self.patch = patch

    def undo(self) -> bool:
        """Go one entry back; false where there is none."""
        return self._travel(self._past, self._future)

    def redo(self) -> bool:
        """Go one entry forth; false where there is none."""
        return self._travel(self._future, self._past)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is something to redo."""
        return bool(self._future)

    def _travel(self, from_here: list[Patch], to_there: list[Patch]) -> bool:
        if not from_here:
            return False
        to_there.append(self.patch)
        self.patch = from_here.pop()
        self._gesture = None
        return True
