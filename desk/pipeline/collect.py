"""Collect: look at the places that are due, and keep what each shows."""

import asyncio
import logging
from contextlib import aclosing
from datetime import datetime

from crawlers import folder
from crawlers.health import due, health_after
from crawlers.rounds import Round, RoundRequest
from desk.pipeline.parts import Parts
from wanglou.domain.person import HOUSE
from wanglou.wording import say

log = logging.getLogger(__name__)


async def collect(parts: Parts, now: datetime) -> None:
    """Look at every source that is due, and save each round as it comes."""
    asked = _asked(parts, now)
    if not asked:
        return
    # A round that cannot be kept ends the whole look at once, not when the garbage is collected.
    async with aclosing(parts.collector.rounds(asked)) as rounds:
        async for round_ in rounds:
            await asyncio.to_thread(keep, parts, round_)


def keep(parts: Parts, round_: Round) -> int:
    """Save a round whole: items, validators, what is still to follow, health. Return what was new."""
    spec = parts.config.sources[round_.source]
    with parts.storage.begin() as uow:
        new = uow.items.keep(round_.items, round_.at)
        uow.sources.save_validators(spec.id, round_.validators)
        if round_.pending is not None:
            uow.sources.set_pending(spec.id, round_.pending)
        before = uow.sources.health().get(spec.id)
        after = health_after(before, spec, round_, round_.at, kept=new)
        uow.sources.save_health(after)
        if before is None or before.state is not after.state:
            uow.changes.note(HOUSE, "source", spec.id, round_.at)
        uow.commit()
    # Only now may the files go: killed before this line they are read again, after it nothing is lost.
    for trouble in folder.finish(round_.finished):
        log.warning("source %s: %s", spec.id, say(trouble, "en"))
    return new


def _asked(parts: Parts, now: datetime) -> list[RoundRequest]:
    with parts.storage.look() as uow:
        specs = due(list(parts.config.sources.values()), uow.sources.health(), now)
        return [
            RoundRequest(
                spec,
                parts.sources[spec.id],
                uow.sources.validators(spec.id),
                tuple(uow.sources.pending(spec.id)),
            )
            for spec in specs
        ]
