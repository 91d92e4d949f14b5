"""Time, who leads, jobs, and small notes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from wanglou.domain.job import JobRun


class Clock(Protocol):
    """The only place time comes from."""

    def now(self) -> datetime:
        """This instant, aware UTC."""
        ...


class Leases(Protocol):
    """Who does what alone."""

    def take(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take or renew a lease; False while another holder has it."""
        ...

    def release(self, name: str, holder: str) -> None:
        """Give it back."""
        ...


class Meta(Protocol):
    """Small facts about the database itself."""

    def get(self, key: str) -> str | None:
        """What was set, None where nothing was."""
        ...

    def set(self, key: str, value: str) -> None:
        """Store, replacing what was there."""
        ...


class Jobs(Protocol):
    """How the worker's jobs went last."""

    def note(self, runs: Sequence[JobRun], known: Collection[str]) -> None:
        """Put these in place of what was known of the same jobs; jobs not in ``known`` are forgotten."""
        ...

    def all(self) -> list[JobRun]:
        """Every job that has ended once, in the order they were first noted."""
        ...
