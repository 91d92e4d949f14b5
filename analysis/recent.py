"""The counts people can check: how many in the last hour, the last six, the last day."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.extremes import PER_HOUR, Floats, Memory

HOURS = 24
COUNTS = 2
"""Voices and negatives, in this order."""


def blank(series: int) -> Memory:
    """An empty memory: the last hour by bucket, the last day by clock hour."""
    return {
        "last_hour": np.zeros((PER_HOUR, COUNTS, series)),
        "last_day": np.zeros((HOURS, COUNTS, series)),
    }


def note(memory: Memory, step: int, counts: NDArray[np.float64] | None) -> None:
    """Write bucket ``step`` (buckets since 1970). ``counts``: (2, series), None where all are zero."""
    hour = step // PER_HOUR % HOURS
    if step % PER_HOUR == 0:
        memory["last_day"][hour] = 0.0
    memory["last_hour"][step % PER_HOUR] = 0.0 if counts is None else counts
    if counts is not None:
        memory["last_day"][hour] += counts


def counted(memory: Memory, who: NDArray[Any], step: int, hours: int) -> Floats:
    """Voices and negatives (2, len(who)) of the series ``who`` in the span that begins at ``begin``."""
    if hours == 1:
        return np.asarray(memory["last_hour"][:, :, who].sum(axis=0))
    last = step // PER_HOUR
    blocks = np.arange(last - hours + 1, last + 1) % HOURS
    return np.asarray(memory["last_day"][blocks][:, :, who].sum(axis=0))


def begin(step: int, hours: int) -> int:
    """The bucket where a span of ``hours`` ending with ``step`` begins.

    One hour is the last twelve buckets; more hours are the running clock hour and those before it.
    """
    return step - PER_HOUR + 1 if hours == 1 else (step // PER_HOUR - hours + 1) * PER_HOUR
