"""The worker process: the beat and the verbs, until it is told to stop."""

import asyncio
import logging
import signal
from collections.abc import Callable
from datetime import datetime, timedelta

from desk.pipeline.beat import leads, stand_down
from desk.pipeline.chase import chase
from desk.pipeline.collect import collect
from desk.pipeline.deliver import deliver
from desk.pipeline.house import job_failed
from desk.pipeline.judge import judge
from desk.pipeline.notice import notice, watch
from desk.pipeline.parts import Parts
from desk.pipeline.prune import prune
from desk.pipeline.read import read
from desk.pipeline.respond import respond
from desk.schedule import Job, off_the_loop, scheduler

log = logging.getLogger(__name__)

TURN = timedelta(seconds=1)
"""How often what came in is read, judged and told: well inside the five minutes of a red incident."""

ROUND = timedelta(seconds=1)
"""How often due sources are looked for; each source keeps its own cadence."""

READS_A_TURN = 10
"""Batches read before the next look at the detectors."""

CHASE = timedelta(seconds=5)
WATCH = timedelta(seconds=15)
PRUNE = timedelta(hours=6)


def turn(parts: Parts, now: datetime) -> None:
    """All that follows from what has been collected, in the order it flows.

    A large import is read in several turns: what is read already is judged meanwhile.
    """
    for _ in range(READS_A_TURN):
        if not read(parts, now):
            break
    notice(parts, now)
    judge(parts, now)
    respond(parts, now)


async def work(parts: Parts) -> None:
    """Run until SIGTERM or SIGINT; what is under way then is finished, nothing new is begun."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    beat = scheduler(
        _jobs(parts), parts.clock, lambda job, error: job_failed(parts, job, error, parts.clock.now())
    )
    await asyncio.to_thread(_say_config, parts)
    beat.start()
    log.info("worker %s watches %d sources", parts.holder, len(parts.config.sources))
    try:
        await stop.wait()
    finally:
        beat.shutdown(wait=False)
        await asyncio.to_thread(stand_down, parts)
        log.info("worker %s stopped", parts.holder)


def _say_config(parts: Parts) -> None:
    """Tell the pages which config this worker runs on, so that they can warn of another."""
    with parts.storage.begin() as uow:
        uow.meta.set("config_digest", parts.config.digest)
        uow.commit()


def _jobs(parts: Parts) -> list[Job]:
    def leading(verb: Callable[[Parts, datetime], object]) -> Callable[[], None]:
        def run() -> None:
            now = parts.clock.now()
            if leads(parts, now):
                verb(parts, now)

        return run

    async def look() -> None:
        now = parts.clock.now()
        if await asyncio.to_thread(leads, parts, now):
            await collect(parts, now)

    return [
        Job("collect", ROUND, look),
        Job("turn", TURN, off_the_loop(leading(turn))),
        Job("deliver", TURN, off_the_loop(leading(deliver))),
        Job("chase", CHASE, off_the_loop(leading(chase))),
        Job("watch", WATCH, off_the_loop(leading(watch))),
        Job("prune", PRUNE, off_the_loop(leading(prune))),
    ]
