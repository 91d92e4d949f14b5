"""How the worker's jobs went last: one small note about the database itself, rewritten as a whole."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from wanglou.domain.job import JobRun
from wanglou.domain.reason import Reason
from wanglou.storage.leases import SqlMeta

KEY = "jobs"


@dataclass(frozen=True, slots=True)
class SqlJobs:
    """The ``Jobs`` port over one connection."""

    connection: Connection

    def note(self, runs: Sequence[JobRun], known: Collection[str]) -> None:
        """Put these in place of what was known of the same jobs; one that failed keeps its last success."""
        before = {run.job: run for run in self.all() if run.job in known}
        kept = before | {run.job: _after(before.get(run.job), run) for run in runs if run.job in known}
        text = json.dumps([_told(run) for run in kept.values()], ensure_ascii=False)
        SqlMeta(self.connection).set(KEY, text)

    def all(self) -> list[JobRun]:
        """Every job that has ended once, in the order they were first noted."""
        return [_run(told) for told in json.loads(SqlMeta(self.connection).get(KEY) or "[]")]


def _after(before: JobRun | None, run: JobRun) -> JobRun:
    return replace(run, succeeded_at=before.succeeded_at) if before and not run.succeeded_at else run


def _told(run: JobRun) -> dict[str, Any]:
    return {
        "job": run.job,
        "every": run.every.total_seconds(),
        "began_at": run.began_at.isoformat(),
        "ended_at": run.ended_at.isoformat(),
        "succeeded_at": run.succeeded_at.isoformat() if run.succeeded_at else None,
        "trouble": [run.trouble.code, dict(run.trouble.facts)] if run.trouble else None,
    }


def _run(told: Mapping[str, Any]) -> JobRun:
    succeeded, trouble = told["succeeded_at"], told["trouble"]
    return JobRun(
        told["job"],
        timedelta(seconds=told["every"]),
        datetime.fromisoformat(told["began_at"]),
        datetime.fromisoformat(told["ended_at"]),
        datetime.fromisoformat(succeeded) if succeeded else None,
        Reason(*trouble) if trouble else None,
    )
