"""The worker process: the beat and the verbs, until it is told to stop."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.pipeline.beat import leads, stand_down
from desk.pipeline.chase import chase
from desk.pipeline.collect import collect_folders, collect_web
from desk.pipeline.deliver import deliver
from desk.pipeline.house import job_ended
from desk.pipeline.index import index
from desk.pipeline.jobs import JobNotes
from desk.pipeline.judge import judge
from desk.pipeline.notice import notice, watch
from desk.pipeline.parts import Parts
from desk.pipeline.prune import prune
from desk.pipeline.read import read
from desk.pipeline.respond import respond
from desk.schedule import Beat, Job, off_the_loop
from wanglou.ports import StorageUnavailableError

log = logging.getLogger(__name__)

TURN = timedelta(seconds=1)
"""How often what came in is read, judged and told: well inside the five minutes of a red incident."""

ROUND = timedelta(seconds=1)
"""How often due sources are looked for; each source keeps its own cadence."""

SLOW_SITES = 16
"""So many looks may wait for sites that are slow to answer before other sources wait with them."""

READS_A_TURN = 10
"""Batches read before the next look at the detectors."""

INDEXES_A_TURN = 10
"""Batches made findable after what matters more: an old database's mentions take their turns too."""

CHASE = timedelta(seconds=5)
WATCH = timedelta(seconds=15)
PRUNE = timedelta(hours=6)


def turn(parts: Parts, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """All that follows from what has been collected, in the order it flows.

    A large import is read in several turns: what is read already is judged meanwhile. Each verb has its own
    ``now``: reading a batch takes seconds, and stamps must not run ahead of what they tell of.
    """
    for _ in range(READS_A_TURN):
        if is_stopping() or not read(parts, parts.clock.now()):
            break
    if is_stopping():
        return
    notice(parts, parts.clock.now())
    judge(parts, parts.clock.now())
    respond(parts, parts.clock.now())
    for _ in range(INDEXES_A_TURN):
        if is_stopping() or not index(parts):
            break


async def work(parts: Parts) -> None:
    """Be the worker until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await work_until(stop, parts)


async def work_until(stop: asyncio.Event, parts: Parts) -> None:
    """Run the verbs until ``stop``; what is under way then is finished, nothing new is begun."""

    def report(job: str, error: Exception | None) -> None:
        job_ended(parts, job, error, parts.clock.now())

    beat = Beat(_jobs(parts, stop.is_set), parts.clock, report)
    await asyncio.to_thread(_say_config, parts)
    beat.start()
    log.info("worker %s watches %d sources", parts.holder, len(parts.config.sources))
    try:
        await stop.wait()
    finally:
        await beat.stop()
        _stand_down(parts)  # not before: a verb still under way would take the beat again


def _stand_down(parts: Parts) -> None:
    try:
        stand_down(parts)
    except StorageUnavailableError as error:
        log.warning("the beat lapses by itself: %s", error)
    log.info("worker %s stopped", parts.holder)


def _say_config(parts: Parts) -> None:
    """Tell the pages which config and which readings this worker has, so that they can warn of others."""
    with parts.storage.begin() as uow:
        uow.meta.set("config_digest", parts.config.digest)
        uow.meta.set("reading_version", parts.reader.version)
        uow.commit()


def _jobs(parts: Parts, is_stopping: Callable[[], bool]) -> list[Job]:
    on = Shift(parts, is_stopping)

    def full_turn(parts: Parts, _: datetime) -> None:
        turn(parts, is_stopping)

    return [
        on.looking("collect folders", ROUND, collect_folders),
        on.looking("collect web", ROUND, collect_web, at_once=SLOW_SITES),
        on.leading("turn", TURN, full_turn),
        on.leading("deliver", TURN, deliver),
        on.leading("chase", CHASE, chase),
        on.leading("watch", WATCH, watch),
        on.leading("prune", PRUNE, prune),
    ]


_Look = Callable[[Parts, datetime], Awaitable[None]]


class Shift:
    """Makes jobs of verbs: they run while this worker leads, and how each went is written down."""

    def __init__(self, parts: Parts, is_stopping: Callable[[], bool]) -> None:
        self._parts, self._is_stopping = parts, is_stopping
        self._post, self._notes = _Post(parts), JobNotes(parts)

    def leading(self, name: str, every: timedelta, verb: Callable[[Parts, datetime], object]) -> Job:
        """A job of a verb that blocks."""
        ended = self._notes.of(name, every)

        def run() -> None:
            now = self._parts.clock.now()
            if self._is_stopping() or not self._post.leads(now):
                return
            try:
                verb(self._parts, now)
            except Exception as error:
                ended(now, error)
                raise
            ended(now, None)

        return Job(name, every, off_the_loop(run))

    def looking(self, name: str, every: timedelta, verb: _Look, at_once: int = 1) -> Job:
        """A job of a verb that waits for others."""
        ended = self._notes.of(name, every)

        async def run() -> None:
            now = self._parts.clock.now()
            if self._is_stopping() or not await asyncio.to_thread(self._post.leads, now):
                return
            try:
                await verb(self._parts, now)
            except Exception as error:
                await asyncio.to_thread(ended, now, error)
                raise
            await asyncio.to_thread(ended, now, None)

        return Job(name, every, run, at_once)


@dataclass
class _Post:
    """This worker's place: leading, or standing by. Says so whenever it changes."""

    parts: Parts
    is_leading: bool | None = None

    def leads(self, now: datetime) -> bool:
        """Take or keep the beat."""
        mine = leads(self.parts, now)
        if mine is not self.is_leading:
            self.is_leading = mine
            log.info("worker %s %s", self.parts.holder, "leads" if mine else "stands by: another one leads")
        return mine
