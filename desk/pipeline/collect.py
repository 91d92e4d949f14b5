"""Collect: look at the places that are due, and keep what each shows."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from crawlers import folder
from crawlers.addresses import without_secrets
from crawlers.health import due, health_after
from crawlers.inert import inert
from crawlers.plain import without_controls
from crawlers.rounds import Outcome, Round, RoundRequest
from desk.pipeline.follow import follow
from desk.pipeline.parts import Parts
from wanglou.domain.item import Item
from wanglou.domain.person import HOUSE
from wanglou.domain.reason import Reason
from wanglou.domain.source import SourceSpec
from wanglou.ports import Items, StorageUnavailableError
from wanglou.wording import say

log = logging.getLogger(__name__)

_SHOWN = 200
"""Characters of an error people are shown; the log has all of it."""


async def collect(parts: Parts, now: datetime) -> None:
    """Look once at every source that is due, the disk first."""
    await collect_folders(parts, now)
    await collect_web(parts, now)


async def collect_folders(parts: Parts, now: datetime) -> None:
    """Look at the drop folders that are due: never behind a site that is slow to answer."""
    await _look(parts, _asked(parts, now, _is_on_disk))


async def collect_web(parts: Parts, now: datetime) -> None:
    """Look at the web sources that are due, all in one crawl.

    May be called again while an earlier call still waits for a slow site: sources under way are left to it.
    """
    await _look(parts, _asked(parts, now, _is_on_web))


def keep(parts: Parts, round_: Round) -> int:
    """Save a round whole: items, validators, what is still to follow, health. Return what was new."""
    spec, items = parts.config.sources[round_.source], [inert(item) for item in round_.items]
    with parts.storage.begin() as uow:
        moved = _moved(uow.items, items)
        new = uow.items.keep(items, round_.at)
        follow(parts, uow, [item.key for item in items if item.engagement], round_.at)
        uow.sources.save_validators(spec.id, round_.validators)
        if round_.pending is not None:
            uow.sources.set_pending(spec.id, round_.pending)
        before = uow.sources.health().get(spec.id)
        after = health_after(before, spec, round_, round_.at, news=new + moved)
        uow.sources.save_health(after)
        if before is None or before.state is not after.state:
            uow.changes.note(HOUSE, "source", spec.id, round_.at)
        uow.commit()
    # Only now may the files go: killed before this line they are read again, after it nothing is lost.
    for trouble in folder.finish(round_.finished):
        log.warning("source %s: %s", spec.id, say(trouble, "en"))
    return new


def _moved(known: Items, items: Sequence[Item]) -> int:
    """How many entries of hot lists stand on another place than when they were seen last."""
    placed = {item.key: item.board for item in items if item.board}
    before = known.places(placed)
    return sum(place != before.get(key, place) for key, place in placed.items())


@dataclass(slots=True)
class Look:
    """One look at several sources. What cannot be stored blocks its own source and stops no other."""

    parts: Parts
    refused: dict[str, Reason] = field(default_factory=dict)
    refused_files: set[Path] = field(default_factory=set)

    def take(self, round_: Round) -> None:
        """Keep a round, or put into words why it cannot be kept.

        Raises StorageUnavailableError: where nothing at all can be stored, no source is to blame.
        """
        try:
            keep(self.parts, self._as_known(round_))
        except StorageUnavailableError:
            raise
        except Exception as error:
            log.exception("source %s: a round could not be stored", round_.source)
            self._refuse(round_, error)
            keep(self.parts, self._as_known(_emptied(round_)))

    def _refuse(self, round_: Round, error: Exception) -> None:
        url = without_secrets(self.parts.config.sources[round_.source].url)
        if round_.file:
            self.refused_files.add(round_.file)
            url = round_.file.name
        found = without_controls(f"{type(error).__name__}: {error}")[:_SHOWN]
        self.refused[round_.source] = Reason("source_not_stored", {"url": url, "found": found})

    def _as_known(self, round_: Round) -> Round:
        """The round in the light of what was refused before: its file has failed, its source is blocked."""
        reason = self.refused.get(round_.source)
        if reason is None:
            return round_
        found = str(reason.facts["found"])
        files = tuple(
            replace(f, failed=found) if f.path in self.refused_files else f for f in round_.finished
        )
        if round_.more:
            return replace(round_, finished=files)
        return replace(round_, finished=files, outcome=Outcome.FAILED, trouble=reason, permanent=True)


async def _look(parts: Parts, asked: list[RoundRequest]) -> None:
    """Look at each source, and save each round as it comes."""
    if not asked:
        return
    look = Look(parts)
    # Storage that is gone ends the whole look at once, not when the garbage is collected.
    async with aclosing(parts.collector.rounds(asked)) as rounds:
        async for round_ in rounds:
            await asyncio.to_thread(look.take, round_)


def _emptied(round_: Round) -> Round:
    """Nothing of the round but that it was: without its validators the place is read whole the next time."""
    return replace(round_, items=(), validators=(), pending=None)


def _is_on_disk(spec: SourceSpec) -> bool:
    return folder.is_folder(spec.url)


def _is_on_web(spec: SourceSpec) -> bool:
    return not folder.is_folder(spec.url)


def _asked(parts: Parts, now: datetime, wanted: Callable[[SourceSpec], bool]) -> list[RoundRequest]:
    with parts.storage.look() as uow:
        free = parts.collector.is_free
        mine = [s for s in parts.config.sources.values() if wanted(s) and free(parts.sources[s.id])]
        specs = due(mine, uow.sources.health(), now)
        return [
            RoundRequest(
                spec,
                parts.sources[spec.id],
                uow.sources.validators(spec.id),
                tuple(uow.sources.pending(spec.id)),
            )
            for spec in specs
        ]
