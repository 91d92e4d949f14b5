"""When a client's people are let sleep."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wanglou.domain.severity import Severity

ALWAYS_LOUD = frozenset({Severity.RED, Severity.ORANGE})
"""Severities that no quiet hours hold back."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``begins`` to ``ends`` by the agency's clock, every day; past midnight if it ends first.

    Incidents of the severities in ``never`` are told at any hour.
    """

    begins: time
    ends: time
    never: frozenset[Severity] = ALWAYS_LOUD

    def until(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet time that covers ``moment`` (aware) is over, UTC; None where none covers it."""
        local = moment.astimezone(zone)
        day = local.date()
        if self.begins < self.ends:
            covered = self.begins <= local.time() < self.ends
        else:
            covered = local.time() >= self.begins or local.time() < self.ends
            day += timedelta(days=local.time() >= self.begins)
        over = datetime.combine(day, self.ends, zone).astimezone(UTC)
        return over if covered and over > moment else None
