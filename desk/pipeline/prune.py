"""Prune: what is kept for a while only, and what pages and detectors have long passed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from desk.pipeline.notice import MEMORY
from desk.pipeline.parts import Parts
from wanglou.ports import UnitOfWork

CHANGES = timedelta(days=2)
"""A page that slept longer than this is loaded anew."""


READ_PAGES = timedelta(days=30)
"""Articles read longer ago have left every list; without an end their addresses would weigh on each round."""

AT_ONCE = 500
"""Mentions deleted in one transaction: a purge must never hold up a push."""

AT_MOST = 100
"""Such transactions for one client at each look; what is left goes at the next."""


def expire(parts: Parts, now: datetime) -> int:
    """Delete what each client's file no longer lets us keep; return how many mentions went.

    Which of a competitor's items were counted is known as long as they could still be read again.
    """
    gone = 0
    for client in parts.config.clients.values():
        known = max(client.retention, parts.config.agency.raw_retention)
        gone += _in_pieces(parts, partial(_expire_mentions, client.id, now - client.retention))
        _in_pieces(parts, partial(_expire_competitors, client.id, now - known))
    return gone


def _expire_mentions(client: str, before: datetime, uow: UnitOfWork) -> int:
    return uow.mentions.expire(client, before, AT_ONCE)


def _expire_competitors(client: str, before: datetime, uow: UnitOfWork) -> int:
    return uow.competitors.expire(client, before, AT_ONCE)


def _in_pieces(parts: Parts, delete: Callable[[UnitOfWork], int]) -> int:
    """Delete again and again, each time in a transaction of its own, until little is left; how many went."""
    gone = 0
    for _ in range(AT_MOST):
        with parts.storage.begin() as uow:
            deleted = delete(uow)
            uow.commit()
        gone += deleted
        if deleted < AT_ONCE:
            break
    return gone


def prune(parts: Parts, now: datetime) -> int:
    """Delete what is past its time; return how many items went.

    Items that no mention uses are kept a while for new aliases; expired sessions, used links, old changes
    and what could be seen before the detectors' memory are of no use to anyone. What clients' files no
    longer let us keep goes first, so that its items go with it. Kept backtests go by the same files.
    """
    expire(parts, now)
    with parts.storage.begin() as uow:
        gone = uow.items.prune(now - parts.config.agency.raw_retention)
        uow.changes.prune(now - CHANGES)
        uow.volumes.prune_exposure(now - MEMORY)
        uow.sources.prune_validators(now - READ_PAGES)
        uow.sign_ins.prune(now)
        uow.commit()
    parts.backtests.prune({c.id: c.retention for c in parts.config.clients.values()}, now)
    return gone
