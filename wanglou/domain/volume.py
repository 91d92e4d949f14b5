"""How much is said about a brand: counts per series and 5-minute bucket."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from wanglou.domain.source import SourceClass

BUCKET = timedelta(minutes=5)
"""The grain of counting, by publication time."""

WATERMARK = timedelta(minutes=10)
"""How long a bucket stays open after its end; later arrivals rewind the detectors."""

WARM_UP = timedelta(hours=12) // BUCKET
"""Observed buckets of a brand under which no rise of it is judged, and nothing of it is called quiet."""


@dataclass(frozen=True, slots=True)
class Series:
    """What is counted apart: one brand of one client in one class of sources; None is all classes."""

    client: str
    brand: str
    source_class: SourceClass | None

    def __lt__(self, other: "Series") -> bool:
        """By client, brand, class; the sum over all classes stands before its classes."""
        return self._rank < other._rank

    @property
    def _rank(self) -> tuple[str, str, str]:
        return self.client, self.brand, self.source_class or ""


@dataclass(frozen=True, slots=True)
class VolumeRow:
    """One series in one bucket. ``voices`` leaves copies out; ``negatives`` counts negative voices.

    ``start`` is the bucket's first instant, aware UTC. ``reach`` is the readers of all mentions.
    """

    series: Series
    start: datetime
    mentions: int
    voices: int
    negatives: int
    reach: int


@dataclass(frozen=True, slots=True)
class ExposureRow:
    """The share (0…1) of a source class's sources that could be seen during one bucket."""

    source_class: SourceClass
    start: datetime
    share: float


@dataclass(frozen=True, slots=True)
class Observed:
    """How much of a brand was observed: ``buckets`` of them, counted no further than ``WARM_UP``.

    ``since``: the bucket before which nothing is known of it: it was not watched, and nothing was read of an
    earlier time.
    """

    client: str
    brand: str
    since: datetime
    buckets: int


def bucket_of(moment: datetime) -> datetime:
    """The start of the 5-minute bucket that holds ``moment``."""
    return moment - timedelta(
        minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond
    )


def share_of_voice(voices: Mapping[str, int]) -> dict[str, float]:
    """Brand → its part (0…1) of all voices of the brands compared; all 0 where nobody spoke."""
    everyone = sum(voices.values())
    return {brand: n / everyone if everyone else 0.0 for brand, n in voices.items()}
