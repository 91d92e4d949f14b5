"""How each job of the worker went, written down for those who look after it."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from desk.pipeline.house import failure
from desk.pipeline.parts import Parts
from wanglou.domain.job import JobRun
from wanglou.ports import StorageUnavailableError

log = logging.getLogger(__name__)

WRITE_EVERY = timedelta(seconds=15)
"""Jobs end every second; so many writes would tell nobody more. Trouble, and its end, is written at once."""

Ended = Callable[[datetime, Exception | None], None]
"""Takes when a run began, and why it failed; None where it did not."""


class JobNotes:
    """What jobs told since it was last written down. They end in several threads."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._known: list[str] = []
        self._runs: dict[str, JobRun] = {}
        self._written_at: datetime | None = None
        self._lock = Lock()

    def of(self, job: str, every: timedelta) -> Ended:
        """What to call whenever a run of ``job`` has ended."""
        self._known.append(job)

        def ended(began: datetime, error: Exception | None) -> None:
            now = self._parts.clock.now()
            trouble = failure(job, error) if error else None
            self._note(JobRun(job, every, began, now, None if error else now, trouble))

        return ended

    def _note(self, run: JobRun) -> None:
        with self._lock:
            before = self._runs.get(run.job)
            self._runs[run.job] = run
            turned = before is None or (before.trouble is None) is not (run.trouble is None)
            if turned or self._is_time(run.ended_at):
                self._write(run.ended_at)

    def _is_time(self, now: datetime) -> bool:
        return self._written_at is None or now - self._written_at >= WRITE_EVERY

    def _write(self, now: datetime) -> None:
        try:
            with self._parts.storage.begin() as uow:
                uow.jobs.note(list(self._runs.values()), self._known)
                uow.commit()
        except StorageUnavailableError as error:  # whoever needs the rows tells of it aloud
            log.debug("how the jobs went could not be written down: %s", error)
        else:
            self._written_at = now
