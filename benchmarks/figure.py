"""A figure beside what was published."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A figure that somebody published, and ours.

    Attributes:
        what: for the table.
        ours: measured here.
        low: the least that agrees with the publication.
        high: the most that does.
    """

    what: str
    ours: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        return self.low <= self.ours <= self.high
