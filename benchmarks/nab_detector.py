"""Burst and slow burn under the protocol of the NAB measuring tools: one series, one value at a time.

Name it to ``nab_score.py`` or ``nab_inject.py`` as ``benchmarks/nab_detector.py:Detector``, with the
project's root on PYTHONPATH where it is not installed.
"""

from datetime import UTC, datetime, timedelta

import numpy as np

from analysis.detector import Buckets
from analysis.detectors.burst import PLUGIN as BURST
from analysis.detectors.slow_burn import PLUGIN as SLOW_BURN
from wanglou.domain.signal import Signal
from wanglou.domain.source import SourceClass
from wanglou.domain.volume import Series, bucket_of

SERIES = (Series("benchmark", "ticker", SourceClass.SOCIAL),)
DAY_BEGINS = 9.0
"""Four in the morning in New York, as 20:00 UTC is in Beijing: the data is American."""

SCALE = 10.0


class Detector:
    """The product's own bars and gates; a signal of strength s scores (1 + s) / (1 + s + SCALE).

    The series says nothing of feeling: all of it is taken for complaints, which is what a slow burn counts.
    """

    threshold = 1.0 / (1.0 + SCALE)

    def __init__(self) -> None:
        self.detectors = [plugin({"day_begins": DAY_BEGINS}) for plugin in (BURST, SLOW_BURN)]
        self.states = [detector.start() for detector in self.detectors]

    def update(self, timestamp: datetime, value: float) -> float:
        """Score of one 5-minute count."""
        start = bucket_of(timestamp.replace(tzinfo=UTC))
        said = np.array([[float(value)]])
        look = Buckets(SERIES, (start,), said, said, said * 0, np.ones((1, 1)), closed=1)
        scores = [0.0]
        for i, detector in enumerate(self.detectors):
            self.states[i], signals = detector.advance(self.states[i], look, start + timedelta(minutes=5))
            scores += map(score_of, signals)
        return max(scores)


def score_of(signal: Signal) -> float:
    """Between 0 and 1: a signal that is just worth saying stands at the threshold."""
    return (1.0 + signal.strength) / (1.0 + signal.strength + SCALE)
