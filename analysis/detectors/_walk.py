"""The walk of detectors that judge closed buckets only: bucket by bucket, over all series at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from analysis import memory
from analysis.detector import ENOUGH_EXPOSURE, Arrays, Buckets, UnreadableStateError, zero_if_unknown
from analysis.extremes import BUCKETS_A_DAY, Floats, Memory
from analysis.series_names import series_named
from wanglou.domain.reason import Reason, Value
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.volume import BUCKET

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MISSED_AT_MOST = 15 * BUCKETS_A_DAY
"""Of a longer pause between two looks only the last fifteen days are walked, all of them unseen."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One bucket of all series a state holds. Counts are zero where nothing is known.

    ``exposure`` is 0 where the bucket was not observed: then a zero says nothing. ``planned``: how many times
    the usual talk is planned, None where nothing is.
    """

    step: int
    voices: Floats
    negatives: Floats
    exposure: Floats
    now: datetime
    planned: Floats | None = None


@dataclass(frozen=True, slots=True)
class Walker:
    """A detector that walks: ``take`` changes the memory in place and says what stood out in one bucket.

    Arrays that are ``replaced`` it never changes but puts a new one in their place: most looks copy nothing.
    """

    kind: str
    version: int
    blank: Callable[[int], Memory]
    take: Callable[[Memory, Glance], list[Signal]]
    replaced: frozenset[str] = frozenset()

    def start(self) -> Arrays:
        """No series, nothing seen."""
        return memory.begin(self.version)

    def advance(self, state: Arrays, buckets: Buckets, now: datetime) -> tuple[Arrays, list[Signal]]:
        """Walk the closed buckets. What is still filling is left: it may look emptier than it will be."""
        if int(state.get("version", np.array(0))) != self.version:
            raise UnreadableStateError(
                f"the state of {self.kind!r} is not of version {self.version}; rebuild it"
            )
        if not buckets.starts:
            return state, []
        first = step_of(buckets.starts[0])
        held, columns = memory.follow(state, buckets, self.blank, first, self.replaced)
        self._miss(held, first, now)
        signals: list[Signal] = []
        for i in range(buckets.closed):
            step = step_of(buckets.starts[i])
            if step == int(held["next"]):
                held["named"][columns] = step
                signals += self.take(held, _glance(buckets, columns, held["series"].size, i, now))
                held["next"] = np.array(step + 1)
        return held, signals

    def _miss(self, held: Memory, until: int, now: datetime) -> None:
        """Let the buckets between the last look and this one pass unseen."""
        after = int(held["next"])
        nothing = np.zeros(held["series"].size)
        for step in range(max(after, until - MISSED_AT_MOST), until) if after >= 0 else ():
            self.take(held, Glance(step, nothing, nothing, nothing, now))
        held["next"] = np.array(max(after, until))


@dataclass(frozen=True, slots=True)
class Finding:
    """What stood out in the series of one ``column`` since bucket ``since``; ``facts`` but for the brand."""

    column: int
    since: int
    facts: Mapping[str, Value]
    strength: float
    provisional: bool

    def signal(self, kind: str, polarity: Polarity, held: Memory, glance: Glance) -> Signal:
        """As it is handed on."""
        series = series_named(str(held["series"][self.column]))
        return Signal(
            kind=kind,
            client=series.client,
            brand=series.brand,
            source_class=series.source_class,
            since=EPOCH + self.since * BUCKET,
            at=EPOCH + glance.step * BUCKET,
            seen_at=glance.now,
            polarity=polarity,
            strength=round(self.strength, 3),
            because=Reason(f"signal_{kind}", {"brand": series.brand, **self.facts}),
            provisional=self.provisional,
        )


def step_of(start: datetime) -> int:
    """Buckets since 1970."""
    return (start - EPOCH) // BUCKET


def _glance(buckets: Buckets, columns: memory.Columns, width: int, i: int, now: datetime) -> Glance:
    voices, negatives, exposure = np.zeros((3, width))
    said = buckets.voices[:, i]
    voices[columns] = zero_if_unknown(said)
    negatives[columns] = zero_if_unknown(buckets.negatives[:, i])
    share = buckets.exposure[:, i]
    exposure[columns] = np.where(np.isnan(said) | (share < ENOUGH_EXPOSURE), 0.0, share)
    planned = None
    if buckets.planned is not None:
        planned = np.ones(width)
        planned[columns] = buckets.planned[:, i]
    return Glance(step_of(buckets.starts[i]), voices, negatives, exposure, now, planned)
