"""The seam of noticing: what a detector must do, over many series at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from wanglou.domain.signal import Signal
from wanglou.domain.volume import Series

Arrays = Mapping[str, NDArray[Any]]
"""A detector's state: named arrays without objects; ``series`` holds the series' names it belongs to."""


@dataclass(frozen=True, slots=True)
class Buckets:
    """Counts of many series over consecutive 5-minute buckets.

    ``voices``, ``negatives``, ``reach``, ``exposure``: float64 of shape (series, steps), steps oldest
    first. NaN in the counts means not observed; ``exposure`` is the share (0…1) of the class's sources
    that could be seen. ``starts[i]`` is the start of step i. ``closed`` is the number of leading steps
    that are closed; the rest is provisional: detectors judge it but keep no memory of it.
    """

    series: Sequence[Series]
    starts: Sequence[datetime]
    voices: NDArray[np.float64]
    negatives: NDArray[np.float64]
    reach: NDArray[np.float64]
    exposure: NDArray[np.float64]
    closed: int


class Detector(Protocol):
    """Watches many series at once. State is versioned arrays, rebuilt from counts when lost."""

    kind: str

    def start(self) -> Arrays:
        """The state before the first bucket."""
        ...

    def advance(self, state: Arrays, buckets: Buckets, now: datetime) -> tuple[Arrays, list[Signal]]:
        """Take closed and open buckets of every series; return the state after the closed ones.

        Signals say what was seen as a code with numbers; severity is not decided here. Series may be
        added between calls; state follows them by name. A signal seen in an open bucket is reported
        again, with the same key, if the same look is taken again: storage keeps one.
        """
        ...
