"""Prune: what is kept for a while only, and what pages and detectors have long passed."""

from datetime import datetime, timedelta

from desk.pipeline.notice import MEMORY
from desk.pipeline.parts import Parts

CHANGES = timedelta(days=2)
"""A page that slept longer than this is loaded anew."""


def prune(parts: Parts, now: datetime) -> int:
    """Delete what is past its time; return how many items went.

    Items that no mention uses are kept a while for new aliases; expired sessions, used links, old changes
    and what could be seen before the detectors' memory are of no use to anyone.
    """
    with parts.storage.begin() as uow:
        gone = uow.items.prune(now - parts.config.agency.raw_retention)
        uow.changes.prune(now - CHANGES)
        uow.volumes.prune_exposure(now - MEMORY)
        uow.sign_ins.prune(now)
        uow.commit()
    return gone
