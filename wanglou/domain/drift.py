"""Whether what is read moves away from what the model learnt: shares by the week, beside a baseline."""

from dataclasses import dataclass
from datetime import date, datetime

from wanglou.domain.reason import Reason


@dataclass(frozen=True, slots=True)
class ReadingCount:
    """Readings made, of how many the model was unsure; n-grams they held, and about how many it never saw."""

    readings: int = 0
    unsure: int = 0
    grams: int = 0
    unseen: int = 0

    def plus(self, other: "ReadingCount") -> "ReadingCount":
        """Both together."""
        return ReadingCount(
            self.readings + other.readings,
            self.unsure + other.unsure,
            self.grams + other.grams,
            self.unseen + other.unseen,
        )


@dataclass(frozen=True, slots=True)
class CorrectedReading:
    """What became of one verdict that a person looked at: how likely the model called it, and if it stood."""

    at: datetime
    chance: float
    was_right: bool


@dataclass(frozen=True, slots=True)
class DriftWeek:
    """One week, or several together; ``start`` is a Monday. Shares are None where there is nothing to divide.

    ``unseen``: share of n-grams never seen in training. ``claimed``: what the model gave, on average, the
    verdicts that people looked at; ``right``: the share of them that stood.
    """

    start: date
    readings: int
    unsure: float | None
    unseen: float | None
    corrections: int
    claimed: float | None
    right: float | None


@dataclass(frozen=True, slots=True)
class Drift:
    """The last weeks, oldest first, what they are held against, and what stands out of it."""

    weeks: tuple[DriftWeek, ...] = ()
    baseline: DriftWeek | None = None
    remarks: tuple[Reason, ...] = ()
