"""When each verb of the worker runs. No logic: the truth is in rows, jobs are rebuilt at every start."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from apscheduler.events import EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from wanglou.ports import Clock, StorageUnavailableError

log = logging.getLogger(__name__)

Verb = Callable[[], Awaitable[None]]

AGAIN_WITHIN = timedelta(minutes=1)
"""How long a job that failed waits at most: one of every six hours must not stand failed for six."""

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

    A job that raises is logged, told to ``report`` and run again at its next time, but no later than
    ``again_within`` from then: one bad hour of one verb must not stop the watch.
    """

    def __init__(
        self, jobs: Iterable[Job], clock: Clock, report: Report, again_within: timedelta = AGAIN_WITHIN
    ) -> None:
        self._clock = clock
        self._under_way: set[asyncio.Task[Any] | None] = set()
        self._scheduler = AsyncIOScheduler(
            # misfire_grace_time None: the library's default of one second drops late rounds silently.
            job_defaults={"coalesce": True, "misfire_grace_time": None},
            timezone="UTC",
        )
        self._guarded = {job.name: _Guarded(job, report, min(job.every, again_within)) for job in jobs}
        self._scheduler.add_listener(self._ended, EVENT_JOB_EXECUTED)
        for name, guarded in self._guarded.items():
            self._scheduler.add_job(
                self._noting(guarded.run),
                "interval",
                seconds=guarded.job.every.total_seconds(),
                id=name,
                max_instances=guarded.job.at_once,
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

    def _ended(self, event: JobExecutionEvent) -> None:
        """Bring the next run of a job that failed forward; it is not under way any more."""
        guarded = self._guarded[event.job_id]
        if guarded.failed and guarded.again_in < guarded.job.every and self._scheduler.running:
            self._scheduler.modify_job(event.job_id, next_run_time=self._clock.now() + guarded.again_in)

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
    """A job behind the last line of defence: log, tell, go on.

    ``again_in``: how long it waits after a failure.
    """

    job: Job
    report: Report
    again_in: timedelta
    failed: bool = False
    in_trouble: bool = True  # unknown at a start; an earlier worker may have left word of trouble

    async def run(self) -> None:
        """Run the job once; tell of the first success after trouble."""
        try:
            await self.job.verb()
            self.failed = False
            if self.in_trouble:
                await asyncio.to_thread(self.report, self.job.name, None)
                self.in_trouble = False
        except StorageUnavailableError as error:  # says all that a traceback would, and what to do
            log.error("job %s: %s; it runs again in %s", self.job.name, error, self.again_in)  # noqa: TRY400 -- see above
            await self._failed(error)
        except Exception as error:
            log.exception("job %s failed; it runs again in %s", self.job.name, self.again_in)
            await self._failed(error)

    async def _failed(self, error: Exception) -> None:
        self.failed = self.in_trouble = True
        try:
            await asyncio.to_thread(self.report, self.job.name, error)
        except StorageUnavailableError:
            log.error("job %s: this trouble could not be written down either", self.job.name)  # noqa: TRY400 -- told above
