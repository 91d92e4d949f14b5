"""Going on from the last look: closed buckets whose counts stand as they were are not walked again.

A worker looks every second, its checkpoints are an hour apart. What is kept is a cache: it is used only where
a look begins from the same state and has the same counts before it, so it decides nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from analysis.detector import Arrays, Buckets, Detector
from wanglou.domain.signal import Signal
from wanglou.domain.volume import BUCKET, bucket_of

MOST = 24
"""Buckets of a look that is gone on from: one that rebuilds two weeks ends in a checkpoint."""


@dataclass(frozen=True, slots=True)
class Walked:
    """A look at ``laid`` from the state ``begun``: the state after its closed buckets, and all found."""

    begun: Arrays
    laid: Buckets
    state: Arrays
    found: tuple[Signal, ...]

    @property
    def is_short(self) -> bool:
        """Whether it is worth keeping."""
        return len(self.laid.starts) <= MOST

    def closed_in(self, begun: Arrays, laid: Buckets) -> int:
        """How many leading buckets of ``laid`` this look has closed already; 0 where anything differs."""
        closed = self.laid.closed
        if begun is not self.begun or closed > laid.closed:
            return 0
        alike = self.laid.series == laid.series and self.laid.starts[:closed] == laid.starts[:closed]
        if not alike or not np.array_equal(self.state["series"], laid.names):
            return 0
        return closed if _columns(self.laid, closed) == _columns(laid, closed) else 0


def walk(detector: Detector, begun: Arrays, laid: Buckets, now: datetime, last: Walked | None) -> Walked:
    """What ``detector.advance(begun, laid, now)`` gives, gone on from the ``last`` look where it can be."""
    past = last.closed_in(begun, laid) if last else 0
    if last is None or not past:
        state, found = detector.advance(begun, laid, now)
        return Walked(begun, laid, state, tuple(found))
    state, found = detector.advance(last.state, laid.from_step(past), now)
    before = (replace(s, seen_at=now) for s in last.found if bucket_of(s.at) < laid.starts[past - 1] + BUCKET)
    return Walked(begun, laid, state, (*before, *found))


def _columns(laid: Buckets, closed: int) -> tuple[bytes, ...]:
    """The counts of the first so many buckets, to compare: what is not observed is not observed again."""
    rows = (laid.voices, laid.negatives, laid.reach, laid.exposure, laid.planned)
    return tuple(b"" if row is None else row[:, :closed].tobytes() for row in rows)
