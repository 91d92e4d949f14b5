"""The burst detector under the protocol of the NAB measuring tools: one series, one value at a time.

Class under test for ``nab_score.py`` and ``nab_inject.py``: ``benchmarks/nab_detector.py:Detector``.
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
    """Score: strength above the lowest bar tried, squeezed into 0…1; ``threshold`` is our own bar."""

    lowest = 0.0
    threshold = (1.0 - lowest) / (1.0 - lowest + SCALE)

    def __init__(self) -> None:
        self.detector = PLUGIN({"bar": self.lowest, "grave": self.lowest + 1.0, "day_begins": DAY_BEGINS})
        self.state = self.detector.start()

    def update(self, timestamp: datetime, value: float) -> float:
        """Score of one 5-minute count."""
        start = bucket_of(timestamp.replace(tzinfo=UTC))
        voices = np.array([[float(value)]])
        look = Buckets(SERIES, (start,), voices, voices * 0, voices * 0, np.ones((1, 1)), closed=1)
        self.state, signals = self.detector.advance(self.state, look, start + timedelta(minutes=5))
        strength = max((s.strength for s in signals), default=0.0)
        return strength / (strength + SCALE) if signals else 0.0
