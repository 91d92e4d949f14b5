"""What the worker does again and again, and how it went last."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from wanglou.domain.reason import Reason

SLACK = timedelta(minutes=1)
"""A job that has not ended for this long after its time is late: runs are written down every 15 seconds."""


@dataclass(frozen=True, slots=True)
class JobRun:
    """A job's last run that ended. ``every``: from one beginning to the next; ``trouble``: why it failed.

    ``succeeded_at``: the end of the last run that did not fail, None if none is known.
    """

    job: str
    every: timedelta
    began_at: datetime
    ended_at: datetime
    succeeded_at: datetime | None
    trouble: Reason | None = None

    @property
    def next_at(self) -> datetime:
        """When it is due again; one that takes longer than its interval begins anew at once."""
        return max(self.began_at + self.every, self.ended_at)

    def is_late(self, now: datetime) -> bool:
        """Whether its next run should have ended by now: it takes long, or nobody works."""
        return now - self.next_at > SLACK
