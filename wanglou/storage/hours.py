"""Hourly counts with the band of what is usual at that hour."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from wanglou.ports import TilePoint

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_HOURS_A_DAY = DAY // HOUR

USUAL_DAYS = 14
"""How far back the band looks."""

SHORTEST_HISTORY = timedelta(days=3)
"""Below this nothing can be called usual."""

Counts = Mapping[datetime, tuple[int, int]]
"""Start of an hour → (mentions, negatives); an hour without an entry had none."""


@dataclass(frozen=True, slots=True)
class HourRow:
    """Counts hour after hour from ``began`` on, without gaps: the band looks back a thousand times a page."""

    began: datetime
    mentions: Sequence[int]
    negatives: Sequence[int]

    def points(self, first: datetime, last: datetime) -> tuple[TilePoint, ...]:
        """One point an hour from ``first`` to ``last``, both included and both starts of hours.

        The row should begin ``USUAL_DAYS`` and an hour before ``first``, or with all there is.
        """
        return tuple(_point(self, start) for start in _hours(first, last))


def points(counts: Counts, first: datetime, last: datetime) -> tuple[TilePoint, ...]:
    """The points of counts by their hour; see ``HourRow.points``."""
    began = min(counts, default=last)
    said = [((start - began) // HOUR, *both) for start, both in counts.items()]
    return hour_row(began, last, said).points(first, last)


def hour_row(began: datetime, last: datetime, said: Iterable[tuple[int, int, int]]) -> HourRow:
    """A row up to ``last`` from (hours after ``began``, mentions, negatives); what is later is left out.

    Of an hour that is named more than once, as by several brands, the row has the sums.
    """
    length = max((last - began) // HOUR + 1, 0)
    mentions, negatives = [0] * length, [0] * length
    for place, spoken, negative in said:
        if place < length:
            mentions[place] += spoken
            negatives[place] += negative
    return HourRow(began, mentions, negatives)


def _point(row: HourRow, start: datetime) -> TilePoint:
    place = (start - row.began) // HOUR
    if not 0 <= place < len(row.mentions):
        return TilePoint(start, 0, 0, None, None)
    low, high = _usual(row, place) if start - row.began >= SHORTEST_HISTORY else (None, None)
    return TilePoint(start, row.mentions[place], row.negatives[place], low, high)


def _usual(row: HourRow, place: int) -> tuple[float, float]:
    """The middle four fifths of the same hour and its two neighbours on the days before."""
    days = (place - n * _HOURS_A_DAY for n in range(1, USUAL_DAYS + 1))
    around = (row.mentions[max(hour - 1, 0) : max(hour + 2, 0)] for hour in days)
    seen = sorted(chain.from_iterable(around))
    return _decile(seen, 1), _decile(seen, 9)


def _decile(ordered: Sequence[int], tenths: int) -> float:
    """As ``statistics.quantiles(ordered, n=10, method="inclusive")`` has it, without the other deciles."""
    place, rest = divmod((len(ordered) - 1) * tenths, 10)
    return (ordered[place] * (10 - rest) + ordered[place + 1] * rest) / 10


def _hours(first: datetime, last: datetime) -> Iterator[datetime]:
    while first <= last:
        yield first
        first += HOUR
