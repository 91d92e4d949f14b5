"""Hourly counts with the band of what is usual at that hour."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from statistics import quantiles

from wanglou.ports import TilePoint

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

USUAL_DAYS = 14
"""How far back the band looks."""

SHORTEST_HISTORY = timedelta(days=3)
"""Below this nothing can be called usual."""

Counts = Mapping[datetime, tuple[int, int]]
"""Start of an hour → (mentions, negatives); an hour without an entry had none."""


def points(counts: Counts, first: datetime, last: datetime) -> tuple[TilePoint, ...]:
    """One point an hour from ``first`` to ``last``, both included and both starts of hours.

    ``counts`` should reach ``USUAL_DAYS`` and an hour further back than ``first``.
    """
    began = min(counts, default=last)
    return tuple(_point(counts, start, began) for start in _hours(first, last))


def _point(counts: Counts, start: datetime, began: datetime) -> TilePoint:
    mentions, negatives = counts.get(start, (0, 0))
    low, high = _usual(counts, start, began)
    return TilePoint(start, mentions, negatives, low, high)


def _usual(counts: Counts, start: datetime, began: datetime) -> tuple[float | None, float | None]:
    """The middle four fifths of the same hour and its two neighbours on the days before."""
    if start - began < SHORTEST_HISTORY:
        return None, None
    days = (start - n * DAY for n in range(1, USUAL_DAYS + 1))
    past = (day + beside for day in days for beside in (-HOUR, timedelta(), HOUR))
    seen = (counts.get(hour, (0, 0))[0] for hour in past if hour >= began)
    deciles = quantiles(seen, n=10, method="inclusive")
    return deciles[0], deciles[-1]


def _hours(first: datetime, last: datetime) -> Iterator[datetime]:
    while first <= last:
        yield first
        first += HOUR
