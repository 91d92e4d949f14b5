"""The counts people can check: how many in the last hour, the last six, the last day."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.extremes import PER_HOUR, Floats, Memory

HOURS = 24
COUNTS = 2
"""Voices and negatives, in this order."""


_HOUR = tuple(f"bucket_{i:02}" for i in range(PER_HOUR))
_DAY = tuple(f"hour_{i:02}" for i in range(HOURS))
"""One array a bucket of the last hour and a clock hour of the last day: a look replaces two of them, and
hands the others on as they are."""


def blank(series: int) -> Memory:
    """An empty memory: the last hour by bucket, the last day by clock hour."""
    return {name: np.zeros((COUNTS, series)) for name in (*_HOUR, *_DAY)}


def note(memory: Memory, step: int, counts: NDArray[np.float64]) -> None:
    """Write bucket ``step`` (buckets since 1970). ``counts``: (2, series), which nobody changes any more."""
    hour = _DAY[step // PER_HOUR % HOURS]
    memory[_HOUR[step % PER_HOUR]] = counts
    memory[hour] = memory[hour] + counts if step % PER_HOUR else counts


def counted(memory: Memory, who: NDArray[Any], step: int, hours: int) -> Floats:
    """Voices and negatives (2, len(who)) of the series ``who`` in the span that begins at ``begin``."""
    last = step // PER_HOUR
    names = _HOUR if hours == 1 else [_DAY[h % HOURS] for h in range(last - hours + 1, last + 1)]
    counts = np.zeros((COUNTS, len(who)))
    for name in names:
        counts += memory[name].take(who, axis=1)
    return counts


def begin(step: int, hours: int) -> int:
    """The bucket where a span of ``hours`` ending with ``step`` begins.

    One hour is the last twelve buckets; more hours are the running clock hour and those before it.
    """
    return step - PER_HOUR + 1 if hours == 1 else (step // PER_HOUR - hours + 1) * PER_HOUR
