"""When each verb of the worker runs. No logic: the truth is in rows, jobs are rebuilt at every start."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from wanglou.ports import Clock, StorageUnavailableError

log = logging.getLogger(__name__)

Verb = Callable[[], Awaitable[None]]

Report = Callable[[str, Exception | None], None]
"""Takes a job's name and why it failed; None once it works again."""


@dataclass(frozen=True, slots=True)
class Job:
    """A verb and how long to wait between two runs of it.

    ``at_once``: how many runs may be under way together; with more than one the verb must not mind.
    """

    name: str
    every: timedelta
    verb: Verb
    at_once: int = 1


class Beat:
    """Runs jobs, each at once and then at its time, until it is stopped.

    A job that raises is logged, told to ``report`` and run again at its next time: one bad hour of one verb
    must not stop the watch.
    """

    def __init__(self, jobs: Iterable[Job], clock: Clock, report: Report) -> None:
        self._under_way: set[asyncio.Task[Any] | None] = set()
        self._scheduler = AsyncIOScheduler(
            # misfire_grace_time None: the library's default of one second drops late rounds silently.
            job_defaults={"coalesce": True, "misfire_grace_time": None},
            timezone="UTC",
        )
        for job in jobs:
            self._scheduler.add_job(
                self._noting(_Guarded(job, report).run),
                "interval",
                seconds=job.every.total_seconds(),
                id=job.name,
                max_instances=job.at_once,
                next_run_time=clock.now(),
            )

    def start(self) -> None:
        """Begin, inside a running loop."""
        self._scheduler.start()

    async def stop(self) -> None:
        """Begin nothing more, break off what waits, and return when what ran off the loop is done too.

        The loop has no threads for anybody afterwards.
        """
        self._scheduler.shutdown(wait=False)
        await asyncio.gather(*filter(None, self._under_way), return_exceptions=True)
        await asyncio.get_running_loop().shutdown_default_executor()

    def _noting(self, run: Verb) -> Verb:
        async def noted() -> None:
            task = asyncio.current_task()
            self._under_way.add(task)
            try:
                await run()
            except asyncio.CancelledError:  # we stop: that is how a wait ends, no failure of the job
                log.debug("a job was broken off")
            finally:
                self._under_way.discard(task)

        return noted


def off_the_loop(verb: Callable[[], object]) -> Verb:
    """Run a blocking verb in a thread, so that fetching goes on meanwhile."""

    async def run() -> None:
        await asyncio.to_thread(verb)

    return run


@dataclass
class _Guarded:
    """A job behind the last line of defence: log, tell, go on."""

    job: Job
    report: Report
    in_trouble: bool = True  # unknown at a start; an earlier worker may have left word of trouble

    async def run(self) -> None:
        """Run the job once; tell of the first success after trouble."""
        try:
            await self.job.verb()
            if self.in_trouble:
                await asyncio.to_thread(self.report, self.job.name, None)
                self.in_trouble = False
        except StorageUnavailableError as error:  # says all that a traceback would, and what to do
            log.error("job %s: %s; it runs again in %s", self.job.name, error, self.job.every)  # noqa: TRY400 -- see above
            await self._failed(error)
        except Exception as error:
            log.exception("job %s failed; it runs again in %s", self.job.name, self.job.every)
            await self._failed(error)

    async def _failed(self, error: Exception) -> None:
        self.in_trouble = True
        try:
            await asyncio.to_thread(self.report, self.job.name, error)
        except StorageUnavailableError:
            log.error("job %s: this trouble could not be written down either", self.job.name)  # noqa: TRY400 -- told above
