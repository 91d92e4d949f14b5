"""Times as people read them: in the agency's zone, with weekday, with what is left."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from wanglou.domain.reason import Reason
from wanglou.wording import say

_MINUTE = timedelta(minutes=1)
_HOURS_A_DAY = 24
_TENTH = timedelta(milliseconds=100)
_WEEK = timedelta(days=6)  # a weekday alone names one day only within the next six


SPANS_KEPT = 4_096
"""Spans said before: those of two days by the minute, and then by the hour."""


@dataclass(frozen=True, slots=True)
class Times:
    """Says moments as seen at ``now`` in one language and zone."""

    zone: ZoneInfo
    language: str
    now: datetime

    @property
    def today(self) -> date:
        """The day it is here."""
        return self.now.astimezone(self.zone).date()

    def clock(self, moment: datetime) -> str:
        """``14:05`` today, ``周五 14:05`` within six days, else with the date."""
        local, today = moment.astimezone(self.zone), self.today
        if local.date() == today:
            return local.strftime("%H:%M")
        if abs(local.date() - today) <= _WEEK:
            return f"{self._weekday(local)} {local:%H:%M}"
        return self._say("page_date_time", month=local.month, day=local.day, time=local.strftime("%H:%M"))

    def full(self, moment: datetime) -> str:
        """The absolute time with date, weekday and seconds: for hover and print."""
        local = moment.astimezone(self.zone)
        return self._say(
            "page_full_time",
            year=local.year,
            month=local.month,
            day=local.day,
            weekday=self._weekday(local),
            time=local.strftime("%H:%M:%S"),
        )

    def typed(self, moment: datetime) -> str:
        """``2026-11-12T14:05``, as a browser's field for a time holds it."""
        return moment.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M")

    def hour(self, moment: datetime) -> str:
        """``14:00``, for axes."""
        return moment.astimezone(self.zone).strftime("%H:%M")

    def day(self, moment: datetime) -> str:
        """``11-12``, for axes over many days."""
        return moment.astimezone(self.zone).strftime("%m-%d")

    def left(self, due: datetime) -> str:
        """What is left, or by how much it is late."""
        gap = due - self.now
        code = "page_left" if gap > timedelta(0) else "page_late"
        return _with_span(code, _minutes(abs(gap)), self.language)

    def ago(self, moment: datetime) -> str:
        """How long since; under a minute is just now."""
        gap = self.now - moment
        if gap < timedelta(minutes=1):
            return self._say("page_just_now")
        return _with_span("page_ago", _minutes(gap), self.language)

    def span(self, gap: timedelta) -> str:
        """Minutes, then hours with minutes, then days with hours; what is small is left away."""
        return _span(_minutes(gap), self.language)

    def seconds(self, gap: timedelta) -> str:
        """Short spans with a decimal: how fast something was."""
        if gap < _TENTH:
            return self._say("page_under_tenth")
        if gap < timedelta(minutes=1):
            return self._say("page_seconds", n=round(gap.total_seconds(), 1))
        return self.span(gap)

    def _weekday(self, local: datetime) -> str:
        return self._say(f"weekday_{local.weekday()}")

    def _say(self, code: str, **facts: str | float) -> str:
        return say(Reason(code, facts), self.language)


def _minutes(gap: timedelta) -> int:
    """Whole minutes; a span that runs backwards is none."""
    return max(gap // _MINUTE, 0)


@lru_cache(maxsize=SPANS_KEPT)
def _with_span(code: str, minutes: int, language: str) -> str:
    return say(Reason(code, {"span": _span(minutes, language)}), language)


@lru_cache(maxsize=SPANS_KEPT)
def _span(minutes: int, language: str) -> str:
    hours, minutes_left = divmod(minutes, 60)
    if not hours:
        return _units(language, page_minutes=minutes) or say(Reason("page_under_minute"), language)
    if hours < 2 * _HOURS_A_DAY:
        return _units(language, page_hours=hours, page_minutes=minutes_left)
    days, hours_left = divmod(hours, _HOURS_A_DAY)
    return _units(language, page_days=days, page_hours=hours_left)


def _units(language: str, **numbers: int) -> str:
    """Those that are not zero, the large one first."""
    return " ".join(say(Reason(code, {"n": n}), language) for code, n in numbers.items() if n)
