"""Prune: what is kept for a while only, and what pages and detectors have long passed."""

from datetime import datetime, timedelta

from desk.pipeline.notice import MEMORY
from desk.pipeline.parts import Parts

CHANGES = timedelta(days=2)
"""A page that slept longer than this is loaded anew."""


AT_ONCE = 500
"""Mentions deleted in one transaction: a purge must never hold up a push."""

AT_MOST = 100
"""Such transactions for one client at each look; what is left goes at the next."""


def expire(parts: Parts, now: datetime) -> int:
    """Delete what each client's file no longer lets us keep; return how many mentions went."""
    gone = 0
    for client in parts.config.clients.values():
        for _ in range(AT_MOST):
            with parts.storage.begin() as uow:
                deleted = uow.mentions.expire(client.id, now - client.retention, AT_ONCE)
                uow.commit()
            gone += deleted
            if deleted < AT_ONCE:
                break
    return gone


def prune(parts: Parts, now: datetime) -> int:
    """Delete what is past its time; return how many items went.

    Items that no mention uses are kept a while for new aliases; expired sessions, used links, old changes
    and what could be seen before the detectors' memory are of no use to anyone. What clients' files no
    longer let us keep goes first, so that its items go with it.
    """
    expire(parts, now)
    with parts.storage.begin() as uow:
        gone = uow.items.prune(now - parts.config.agency.raw_retention)
        uow.changes.prune(now - CHANGES)
        uow.volumes.prune_exposure(now - MEMORY)
        uow.sign_ins.prune(now)
        uow.commit()
    return gone
