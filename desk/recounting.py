"""Changing counts: what is added or taken away, and the detectors' memory that must be looked at again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wanglou.domain.volume import VolumeRow
from wanglou.ports import UnitOfWork

REWIND = timedelta(hours=48)
"""Counts older than this are changed without noticing anew what they would have told."""


def recount(uow: UnitOfWork, rows: Sequence[VolumeRow], now: datetime) -> None:
    """Add these to the counts; detectors go over the buckets again whose counts they passed."""
    uow.volumes.add(rows)
    starts = [row.start for row in rows if row.start >= now - REWIND]
    if starts:
        uow.detectors.rewind(min(starts))
