"""Counts from a CSV file as a series that detectors can look at; every bad line is named, none is guessed."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import pairwise
from statistics import median_low

import numpy as np

from analysis.detector import Buckets
from wanglou.domain.volume import BUCKET, Series, bucket_of

LARGEST = 1_000_000_000
"""No brand is named a billion times in five minutes; such a count is another column."""

LONGEST = 600 * 24 * 12
"""Buckets of 600 days: a first line of 1970 would otherwise fill the memory with empty ones."""


class BadCountsError(Exception):
    """The counts cannot be used; says which line, what was found and what to write."""


@dataclass(frozen=True, slots=True)
class Count:
    """One line: how much was said, and how much of it negative, in the five minutes from ``at`` on.

    ``negatives`` is None where the file has no such column.
    """

    line: int
    at: datetime
    value: float
    negatives: float | None


def read_counts(lines: Iterable[str], file: str, zone: tzinfo) -> list[Count]:
    """The lines below the header, in their order. Raises BadCountsError at the first that is none.

    Columns ``timestamp`` and ``value``, ``negatives`` if it is there. A time without a zone is read in
    ``zone``. Times may come in any order, none twice.
    """
    rows = _rows(lines, file)
    header = [name.strip().lower().lstrip("\ufeff") for name in next(rows, (1, []))[1]]
    if "timestamp" not in header or "value" not in header:
        raise BadCountsError(f"{file}:1: found the columns {header}; write timestamp,value")
    found: list[Count] = []
    seen: dict[datetime, int] = {}
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        count = _count(dict(zip(header, row, strict=False)), line, file, zone)
        bucket = bucket_of(count.at)
        if bucket in seen:
            raise BadCountsError(
                f"{file}:{count.line}: {count.at.isoformat()} lies in the same five minutes as line "
                f"{seen[bucket]}; add the two up, or remove one"
            )
        seen[bucket] = count.line
        found.append(count)
    _check_grain(found, file)
    return found


def laid_out(counts: Iterable[Count], brand: str, *, gaps_are_zero: bool) -> Buckets:
    """One series from the first to the last bucket; one without a line was not observed, or was empty."""
    by_start = {bucket_of(count.at): count for count in counts}
    first, last = min(by_start), max(by_start)
    starts = [first + n * BUCKET for n in range((last - first) // BUCKET + 1)]
    blank = 0.0 if gaps_are_zero else np.nan
    voices = np.array([[by_start[s].value if s in by_start else blank for s in starts]])
    negatives = np.array([[by_start[s].negatives or 0.0 if s in by_start else blank for s in starts]])
    exposure = np.where(np.isnan(voices), 0.0, 1.0)
    series = (Series("counts", brand, None),)
    return Buckets(series, starts, voices, negatives, voices * 0.0, exposure, closed=len(starts))


def _rows(lines: Iterable[str], file: str) -> Iterator[tuple[int, list[str]]]:
    """Line number, from 1, and cells of each line."""
    reader = csv.reader(lines)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise BadCountsError(
            f"{file}:{reader.line_num}: {error}; write plain lines of timestamp,value"
        ) from error


def _count(row: dict[str, str], line: int, file: str, zone: tzinfo) -> Count:
    value = _number(row.get("value", ""), "value", line, file)
    negatives = _number(row["negatives"] or "0", "negatives", line, file) if "negatives" in row else None
    if negatives is not None and negatives > value:
        raise BadCountsError(
            f"{file}:{line}: {negatives:g} negatives of {value:g}; negatives are part of value"
        )
    return Count(line, _time(row.get("timestamp", ""), line, file, zone), value, negatives)


def _number(text: str, column: str, line: int, file: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= LARGEST:  # refuses nan too
        raise BadCountsError(
            f'{file}:{line}: {column}: found "{text.strip()[:40]}"; write a count of 0 or more'
        )
    return number


def _time(text: str, line: int, file: str, zone: tzinfo) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise BadCountsError(
            f'{file}:{line}: timestamp: found "{text.strip()[:40]}"; write it like 2026-03-10 14:05:00'
        ) from error
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _check_grain(found: list[Count], file: str) -> None:
    if not found:
        raise BadCountsError(f"{file}: holds no counts; write a line for each five minutes")
    times = sorted(count.at for count in found)
    if (times[-1] - times[0]) // BUCKET > LONGEST:
        raise BadCountsError(f"{file}: spans {times[0]:%Y-%m-%d} to {times[-1]:%Y-%m-%d}; cut it to 600 days")
    steps = [(other - one).total_seconds() for one, other in pairwise(times)]
    if steps and (step := median_low(steps)) > BUCKET.total_seconds():
        raise BadCountsError(
            f"{file}: counts every {step / 60:g} minutes; detectors need one every 5 minutes"
        )
