"""Snapshots: two settings of a session's patch, A and B, to go back and forth between."""

from typing import TYPE_CHECKING, Any

from grafx_lab.patch import Patch
from grafx_lab.session.errors import SessionError

if TYPE_CHECKING:
    from grafx_lab.session.session import Session

SLOTS = ("A", "B")


class Snapshots:
    """Keeps a patch in each slot; what is drawn and set at the other goes on there.

    Args:
        session: whose patch is kept.
    """

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._kept: dict[str, Patch] = {}
        self._slot = SLOTS[0]
        self.calls = {"switch_slot": self.switch, "copy_slot": self.copy}
        self._show()

    def switch(self, slot: str) -> None:
        """Go to a slot; what is here stays in the one that is left. An empty slot begins as a copy."""
        if slot not in SLOTS:
            raise SessionError(f"There is no slot {slot!r}; there are {' and '.join(SLOTS)}.")
        if slot == self._slot:
            return
        patch = self._session.patch
        self._kept[self._slot], self._slot = patch, slot
        self._show()
        if slot in self._kept:
            self._session.set_patch(self._kept[slot])

    def copy(self) -> None:
        """Make the other slot equal to this one."""
        other = next(slot for slot in SLOTS if slot != self._slot)
        self._kept[other] = self._session.patch
        self._show()

    def _show(self) -> None:
        state: dict[str, Any] = {"slot": self._slot, "slots": list(SLOTS), "kept": sorted(self._kept)}
        self._session.board.show("snapshots", state)
