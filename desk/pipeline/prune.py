"""Prune: items that no mention uses are kept a while for new aliases, then go."""

from datetime import datetime

from desk.pipeline.parts import Parts


def prune(parts: Parts, now: datetime) -> int:
    """Delete what is past its time; return how many items went."""
    with parts.storage.begin() as uow:
        gone = uow.items.prune(now - parts.config.agency.raw_retention)
        uow.commit()
    return gone
