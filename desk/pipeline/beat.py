"""Who works: one worker leads, any other on the same database stands by."""

from datetime import datetime, timedelta

from desk.pipeline.parts import Parts

LEASE = timedelta(seconds=30)
"""A worker that says nothing for this long has lost the beat to the one standing by."""


def leads(parts: Parts, now: datetime) -> bool:
    """Take or keep the beat; False while another worker has it."""
    with parts.storage.begin() as uow:
        mine = uow.leases.take("worker", parts.holder, now, now + LEASE)
        uow.commit()
    return mine


def stand_down(parts: Parts) -> None:
    """Give the beat back, so that the one standing by need not wait for it to lapse."""
    with parts.storage.begin() as uow:
        uow.leases.release("worker", parts.holder)
        uow.commit()
