"""How much of each brand was observed: pages say that a client is quiet only where a rise would be told."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from analysis.detector import Arrays
from analysis.observed import COUNTED, observed
from desk.pipeline.parts import Brand, Parts
from wanglou.domain.volume import ExposureRow, Observed, VolumeRow, bucket_of
from wanglou.ports import UnitOfWork


def known_brands(
    parts: Parts, uow: UnitOfWork, rows: Sequence[VolumeRow], seen: Sequence[ExposureRow], now: datetime
) -> dict[Brand, Observed]:
    """What was last told of every watched brand, with the moment since which it is known by these counts.

    A brand that joins others is known from now on; where all are new, from when somebody watched. What is
    read of an earlier time makes it known from then on: imported history was observed.
    """
    if parts.memory.observed is None:
        parts.memory.observed = {(o.client, o.brand): o for o in uow.volumes.observed()}
    told = parts.memory.observed
    begins = bucket_of(now) if told or not seen else seen[0].start
    first = _first_of(rows)
    found = {}
    for brand in parts.brands:
        known = told.get(brand) or Observed(*brand, begins, 0)
        earlier = min(known.since, first.get(brand, known.since))
        found[brand] = known if earlier == known.since else Observed(*brand, earlier, known.buckets)
    return found


def _first_of(rows: Sequence[VolumeRow]) -> dict[Brand, datetime]:
    first: dict[Brand, datetime] = {}
    for row in rows:  # by start
        first.setdefault((row.series.client, row.series.brand), row.start)
    return first


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
