"""When each verb of the worker runs. No logic: the truth is in rows, jobs are rebuilt at every start."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from wanglou.ports import Clock

log = logging.getLogger(__name__)

Verb = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Job:
    """A verb and how long to wait between two runs of it."""

    name: str
    every: timedelta
    verb: Verb


def scheduler(
    jobs: list[Job], clock: Clock, on_failure: Callable[[str, Exception], None]
) -> AsyncIOScheduler:
    """A scheduler holding ``jobs``, not started yet; each first runs at once.

    A job that raises is logged, told to ``on_failure`` and run again at its next time: one bad hour of
    one verb must not stop the watch.
    """
    beat = AsyncIOScheduler(
        # misfire_grace_time None: the library's default of one second drops late rounds silently.
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone="UTC",
    )
    for job in jobs:
        beat.add_job(
            _guarded(job, on_failure),
            "interval",
            seconds=job.every.total_seconds(),
            id=job.name,
            next_run_time=clock.now(),
        )
    return beat


def off_the_loop(verb: Callable[[], object]) -> Verb:
    """Run a blocking verb in a thread, so that fetching goes on meanwhile."""

    async def run() -> None:
        await asyncio.to_thread(verb)

    return run


def _guarded(job: Job, on_failure: Callable[[str, Exception], None]) -> Verb:
    async def run() -> None:
        try:
            await job.verb()
        except Exception as error:  # the last line of defence: log, tell, go on
            log.exception("job %s failed; it runs again in %s", job.name, job.every)
            await asyncio.to_thread(on_failure, job.name, error)

    return run
