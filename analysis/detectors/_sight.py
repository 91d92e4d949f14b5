"""What the surge detectors have in common to say: their settings, the floors of each class, the sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

import numpy as np

from analysis import episodes, extremes, recent
from analysis.extremes import Floats
from wanglou.domain.reason import Reason
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.source import SourceClass
from wanglou.domain.volume import BUCKET, Series

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

WORTH: Mapping[SourceClass | None, float] = {
    SourceClass.BOARD: 5.0,
    SourceClass.NEWS: 2.5,
    SourceClass.VIDEO: 2.0,
}
"""How many posts one item of a class stands for: a title on a hot list was chosen by a platform out of
thousands, an article by an editor. Judgement of the trade, not fitted; other classes count 1."""

LEAST = 2
SOFT_LEAST = 2.4
"""One voice alone is never a surge, wherever it stands; nor is much made of two."""

WINDOW: Mapping[SourceClass | None, int] = {SourceClass.BOARD: 6}
"""Hours of the short window: lists are read about once an hour and a title stays for half a day, so that
two titles some hours apart are one happening. Other classes: one hour."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be set per kind. ``bar``: z at which a series speaks. ``grave``: z at strength 1.

    ``floor``: posts within the hour below which nothing is said. ``soft``: posts an hour added before the
    logarithm, so that a brand of few words does not jump. ``day_begins``: hour UTC at which a day of the
    memory begins; 20 is four in the morning in Beijing, the quietest hour.
    """

    bar: float = 1.0
    grave: float = 4.0
    floor: float = 10.0
    soft: float = 12.0
    day_begins: float = 20.0

    def changed(self, kind: str, settings: Mapping[str, float]) -> "Settings":
        """These, with ``settings`` in their place. Raises ValueError for a name that is none."""
        known = {f.name: getattr(self, f.name) for f in fields(self)}
        strange = sorted(settings.keys() - known.keys())
        if strange:
            raise ValueError(f"detector {kind!r} has no setting {strange[0]!r}; known: {', '.join(known)}")
        return Settings(**known | dict(settings))

    def floors(self, series: Sequence[Series]) -> Floats:
        """The least count of each series' class."""
        return np.maximum(np.ceil(self.floor / worth(series)), LEAST)

    def scales(self, series: Sequence[Series]) -> extremes.Scales:
        """The short window of each series' class, and how soft its floor is."""
        hours = np.array([window_of(s) for s in series], dtype=np.float64)
        return extremes.Scales(hours, np.maximum(self.soft / worth(series), SOFT_LEAST))


@dataclass(frozen=True, slots=True)
class Sight:
    """What stood out in one series in bucket ``step``: counts over the last ``hours``, and what is usual.

    ``usual`` is the count of the usual day's busiest window (``way`` hour), of a usual day (day), the usual
    day's best pace (steady), or the usual share of negatives (share). ``pace``: mentions a window at the pace
    most of its five-minute buckets hold.
    """

    series: Series
    step: int
    way: str
    hours: int
    voices: int
    negatives: int
    usual: float
    pace: float
    z: float
    provisional: bool

    @property
    def share(self) -> float:
        """Negatives per voice."""
        return min(1.0, self.negatives / self.voices) if self.voices else 0.0


def window_of(series: Series) -> int:
    """Hours of a series' short window."""
    return WINDOW.get(series.source_class, 1)


def worth(series: Sequence[Series]) -> Floats:
    """How many posts one item of each series' class stands for."""
    return np.array([WORTH.get(s.source_class, 1.0) for s in series], dtype=np.float64)


def signal(kind: str, sight: Sight, settings: Settings, polarity: Polarity, now: datetime) -> Signal:
    """The signal of what was sighted; strength is how far z stands from the bar (0) to grave (1)."""
    above = sight.z - settings.bar
    # A bucket that is still filling may climb a rung after it was told of: that is news, and a second
    # within the bucket gives it a key of its own, the same on every look.
    rung = timedelta(seconds=min(int(above / episodes.RUNG), 299))
    return Signal(
        kind=kind,
        client=sight.series.client,
        brand=sight.series.brand,
        source_class=sight.series.source_class,
        since=EPOCH + recent.begin(sight.step, sight.hours) * BUCKET,
        at=EPOCH + sight.step * BUCKET + rung,
        seen_at=now,
        polarity=polarity,
        strength=round(above / (settings.grave - settings.bar), 3),
        because=_reason(kind, sight),
        provisional=sight.provisional,
    )


def _reason(kind: str, sight: Sight) -> Reason:
    """Choose the sentence: what is rare has no "times the usual", a hot list has titles, not posts."""
    where = sight.series.source_class
    place = "posts" if where is None else "board" if where is SourceClass.BOARD else "class"
    counted = sight.negatives if kind == "negative_surge" else sight.voices
    loud = sight.pace if sight.way == "steady" else counted
    way = "rare" if sight.way != "share" and sight.usual < 1.0 else sight.way
    return Reason(
        f"signal_{kind}_{way}_{place}",
        {
            "brand": sight.series.brand,
            **({"where": where.value} if where else {}),
            "hours": sight.hours,
            "voices": sight.voices,
            "negatives": sight.negatives,
            "share": round(sight.share, 3),
            "usual": round(sight.usual, 3),
            "pace": round(sight.pace, 1),
            "times": round(loud / sight.usual, 1) if sight.usual else 0.0,
        },
    )
