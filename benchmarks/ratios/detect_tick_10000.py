"""CPU of the count detectors for each series and 5-minute bucket, 10,000 series at once.

The rival is what is allowed: a microsecond for all count detectors together.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median
from time import process_time

import numpy as np
from numpy.typing import NDArray

from analysis.detector import Arrays, Buckets, Detector
from benchmarks.figure import Figure, Rival
from wanglou.domain.source import SourceClass
from wanglou.domain.volume import BUCKET, Series
from wanglou.kinds import find_kind, known_kinds

HOME = "analysis.detectors"
SERIES = 10_000
A_DAY = 288
BUSIEST_AN_HOUR = 60.0
"""Rates are spread evenly on the log scale from one mention a day to this: most brands are seldom named."""

LOOKS = 9
ALLOWED_US = 1.0
T0 = datetime(2026, 3, 2, tzinfo=UTC)

Counts = NDArray[np.float64]


def detect_tick_10000() -> list[Figure]:
    rng = np.random.default_rng(11)
    named = [Series("fleet", f"brand {i}", SourceClass.SOCIAL) for i in range(SERIES)]
    rates = np.geomspace(1 / A_DAY, BUSIEST_AN_HOUR / 12, SERIES)
    detectors: list[Detector] = [find_kind(HOME, kind)({}) for kind in known_kinds(HOME)]
    day = _buckets(named, rng, rates, 0, A_DAY)
    states = [detector.advance(detector.start(), day, T0)[0] for detector in detectors]
    ticks = [_buckets(named, rng, rates, A_DAY + i, 1) for i in range(LOOKS)]
    next_day = _buckets(named, rng, rates, A_DAY, A_DAY)
    allowed = Rival("allowed", ALLOWED_US)
    return [
        allowed.beaten_by_less(
            "count detectors, one bucket a look", _live(detectors, states, ticks), "us", 1.0
        ),
        allowed.beaten_by_less(
            "count detectors, a day a look", _rebuilt(detectors, states, next_day), "us", 1.0
        ),
    ]


def _live(detectors: list[Detector], states: list[Arrays], ticks: list[Buckets]) -> float:
    """The middle one of the looks, each of which goes on where the last one ended."""
    return median(_looks(detectors, list(states), ticks)) / SERIES * 1e6


def _looks(detectors: list[Detector], states: list[Arrays], ticks: list[Buckets]) -> Iterator[float]:
    for tick in ticks:
        began = process_time()
        for i, detector in enumerate(detectors):
            states[i], _ = detector.advance(states[i], tick, T0)
        yield process_time() - began


def _rebuilt(detectors: list[Detector], states: list[Arrays], day: Buckets) -> float:
    """As when a lost state is rebuilt from the counts."""
    began = process_time()
    for detector, state in zip(detectors, states, strict=True):
        detector.advance(state, day, T0)
    return (process_time() - began) / (SERIES * A_DAY) * 1e6


def _buckets(named: list[Series], rng: np.random.Generator, rates: Counts, first: int, steps: int) -> Buckets:
    said = rng.poisson(np.broadcast_to(rates[:, None], (SERIES, steps)))
    voices = said.astype(np.float64)
    return Buckets(
        series=named,
        starts=[T0 + BUCKET * (first + i) for i in range(steps)],
        voices=voices,
        negatives=rng.binomial(said, 1 / 7).astype(np.float64),
        reach=voices,
        exposure=np.ones((SERIES, steps)),
        closed=steps,
    )


PLUGIN = detect_tick_10000
