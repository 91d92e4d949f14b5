"""Who works when: office hours, holidays and who is on duty."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Calendar:
    """Office hours in one zone. ``holidays`` are days off, ``workdays`` the made-up days (调休上班日).

    ``known_until`` is the last day the holiday list speaks for; after it only weekdays count.
    """

    zone: ZoneInfo
    opens: time = time(9, 0)
    closes: time = time(18, 30)
    holidays: frozenset[date] = field(default_factory=frozenset)
    workdays: frozenset[date] = field(default_factory=frozenset)
    known_until: date | None = None

    def works_on(self, day: date) -> bool:
        """Whether the office is open at all on ``day``."""
        if day in self.workdays:
            return True
        return day.weekday() < 5 and day not in self.holidays  # noqa: PLR2004 -- Monday is 0, Saturday 5

    def in_office_hours(self, moment: datetime) -> bool:
        """Whether ``moment`` (aware) falls into office hours here."""
        local = moment.astimezone(self.zone)
        return self.works_on(local.date()) and self.opens <= local.time() < self.closes


@dataclass(frozen=True, slots=True)
class Shift:
    """``person`` watches from ``starts`` to ``ends`` by the agency's clock, every day it names.

    ``weekdays``: 0 Monday … 6 Sunday. A shift that ends before it starts runs past midnight.
    """

    person: str
    starts: time
    ends: time
    weekdays: frozenset[int] = frozenset(range(7))

    def covers(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether this shift is on at ``moment`` (aware)."""
        local = moment.astimezone(zone)
        if self.starts <= self.ends:
            return local.weekday() in self.weekdays and self.starts <= local.time() < self.ends
        if local.time() >= self.starts:
            return local.weekday() in self.weekdays
        yesterday = (local - timedelta(days=1)).weekday()
        return yesterday in self.weekdays and local.time() < self.ends


@dataclass(frozen=True, slots=True)
class Rota:
    """Who watches when. Where shifts overlap, all of them are on duty."""

    zone: ZoneInfo
    shifts: tuple[Shift, ...] = ()

    def on_duty(self, moment: datetime) -> tuple[str, ...]:
        """The people watching at ``moment``, in the order of the file."""
        return tuple(s.person for s in self.shifts if s.covers(moment, self.zone))


@dataclass(frozen=True, slots=True)
class LadderRung:
    """If nobody acknowledged ``after`` the opening, tell the person of ``role``."""

    role: str
    after: timedelta
