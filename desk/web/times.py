"""Times as people read them: in the agency's zone, with weekday, with what is left."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from wanglou.domain.reason import Reason
from wanglou.wording import say

_DAY = timedelta(days=1)
_TENTH = timedelta(milliseconds=100)
_WEEK = timedelta(days=6)  # a weekday alone names one day only within the next six


@dataclass(frozen=True, slots=True)
class Times:
    """Says moments as seen at ``now`` in one language and zone."""

    zone: ZoneInfo
    language: str
    now: datetime

    def clock(self, moment: datetime) -> str:
        """``14:05`` today, ``周五 14:05`` within six days, else with the date."""
        local, today = moment.astimezone(self.zone), self.now.astimezone(self.zone)
        if local.date() == today.date():
            return local.strftime("%H:%M")
        if abs(local.date() - today.date()) <= _WEEK:
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
        return self._say(code, span=self.span(abs(gap)))

    def ago(self, moment: datetime) -> str:
        """How long since; under a minute is just now."""
        gap = self.now - moment
        if gap < timedelta(minutes=1):
            return self._say("page_just_now")
        return self._say("page_ago", span=self.span(gap))

    def span(self, gap: timedelta) -> str:
        """Minutes, then hours with minutes, then days with hours; what is small is left away."""
        minutes = max(int(gap.total_seconds() // 60), 0)
        if minutes < 60:  # noqa: PLR2004 -- minutes in an hour
            return self._say("page_minutes", n=minutes) if minutes else self._say("page_under_minute")
        if gap < 2 * _DAY:
            return self._two("page_hours", minutes // 60, "page_minutes", minutes % 60)
        return self._two("page_days", gap.days, "page_hours", gap.seconds // 3600)

    def seconds(self, gap: timedelta) -> str:
        """Short spans with a decimal: how fast something was."""
        if gap < _TENTH:
            return self._say("page_under_tenth")
        if gap < timedelta(minutes=1):
            return self._say("page_seconds", n=round(gap.total_seconds(), 1))
        return self.span(gap)

    def _two(self, code: str, n: int, small_code: str, small: int) -> str:
        large = self._say(code, n=n)
        return f"{large} {self._say(small_code, n=small)}" if small else large

    def _weekday(self, local: datetime) -> str:
        return self._say(f"weekday_{local.weekday()}")

    def _say(self, code: str, **facts: str | float) -> str:
        return say(Reason(code, facts), self.language)
