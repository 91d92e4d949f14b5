"""China's holidays and made-up working days, as far as they are published."""

from datetime import date

from chinese_calendar.constants import holidays, workdays

DAYS_OFF: frozenset[date] = frozenset(holidays)
"""Days off, weekends inside a holiday included."""

MADE_UP: frozenset[date] = frozenset(workdays)
"""Weekend days on which offices work (调休上班日)."""

KNOWN_UNTIL: date = date(max(day.year for day in holidays), 12, 31)
"""The last day of the last published year; after it only weekdays are known."""
