"""How much of each brand was observed: pages say that a client is quiet only where a rise would be told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from analysis.detector import Arrays
from analysis.observed import COUNTED, observed
from desk.pipeline.parts import Brand, Parts
from wanglou.domain.volume import BUCKET, WARM_UP, ExposureRow, Observed, VolumeRow, bucket_of
from wanglou.ports import UnitOfWork

ENOUGH_HOURS = WARM_UP * BUCKET // timedelta(hours=1)
"""Hours of an earlier time that must speak of a brand, or what was read is no history: a feed shows some old
posts beside the new ones, and what was said between them nobody read."""


def known_brands(
    parts: Parts, uow: UnitOfWork, rows: Sequence[VolumeRow], seen: Sequence[ExposureRow], now: datetime
) -> dict[Brand, Observed]:
    """What was last told of every watched brand, with the moment since which it is known by these counts.

    A brand that joins others is known from now on; where all are new, from when somebody watched. History
    that was read makes it known from its first mention on, for imported history was observed; a few old posts
    are no history.
    """
    if parts.memory.observed is None:
        parts.memory.observed = {(o.client, o.brand): o for o in uow.volumes.observed()}
    told = parts.memory.observed
    begins = bucket_of(now) if told or not seen else seen[0].start
    found = {}
    spoken = _hours_of(rows)
    for brand in parts.brands:
        known = told.get(brand) or Observed(*brand, begins, 0)
        earlier = [hour for hour in spoken.get(brand, {}) if hour < known.since]
        if len(earlier) < ENOUGH_HOURS:
            found[brand] = known
        else:
            found[brand] = Observed(*brand, spoken[brand][earlier[0]], known.buckets)
    return found


def _hours_of(rows: Sequence[VolumeRow]) -> dict[Brand, dict[datetime, datetime]]:
    """Brand → the hours in which it was spoken of, oldest first, each with its first bucket."""
    hours: dict[Brand, dict[datetime, datetime]] = defaultdict(dict)
    for row in rows:  # by start
        hour = row.start.replace(minute=0)
        hours[row.series.client, row.series.brand].setdefault(hour, row.start)
    return hours


def note_observed(parts: Parts, known: Mapping[Brand, Observed], states: Sequence[Arrays]) -> None:
    """Write down what the detectors that left these states have observed, where it is other than was told."""
    counted = observed(state for state in states if COUNTED in state)
    told = parts.memory.observed or {}
    rows = [Observed(o.client, o.brand, o.since, counted.get(brand, 0)) for brand, o in known.items()]
    news = [row for row in rows if told.get((row.client, row.brand)) != row]
    if not news:
        return
    with parts.storage.begin() as uow:
        uow.volumes.set_observed(news)
        uow.commit()
    parts.memory.observed = {**told, **{(row.client, row.brand): row for row in news}}
