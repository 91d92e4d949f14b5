"""The burst detector under the protocol of the NAB measuring tools: one series, one value at a time.

Name it to ``nab_score.py`` or ``nab_inject.py`` as ``benchmarks/nab_detector.py:Detector``, with the
project's root on PYTHONPATH where it is not installed.
"""

from datetime import UTC, datetime, timedelta

import numpy as np

from analysis.detector import Buckets
from analysis.detectors.burst import PLUGIN
from wanglou.domain.source import SourceClass
from wanglou.domain.volume import Series, bucket_of

SERIES = (Series("benchmark", "ticker", SourceClass.SOCIAL),)
DAY_BEGINS = 9.0
"""Four in the morning in New York, as 20:00 UTC is in Beijing: the data is American."""

SCALE = 10.0


class Detector:
    """The product's own bar and gate; a signal of strength s scores (1 + s) / (1 + s + SCALE)."""

    threshold = 1.0 / (1.0 + SCALE)

    def __init__(self) -> None:
        self.detector = PLUGIN({"day_begins": DAY_BEGINS})
        self.state = self.detector.start()

    def update(self, timestamp: datetime, value: float) -> float:
        """Score of one 5-minute count."""
        start = bucket_of(timestamp.replace(tzinfo=UTC))
        voices = np.array([[float(value)]])
        look = Buckets(SERIES, (start,), voices, voices * 0, voices * 0, np.ones((1, 1)), closed=1)
        self.state, signals = self.detector.advance(self.state, look, start + timedelta(minutes=5))
        said = [1.0 + signal.strength for signal in signals]
        return max((s / (s + SCALE) for s in said), default=0.0)
