"""A promise with a due time, running on an incident."""

from dataclasses import dataclass
from datetime import datetime

DESK_ACKNOWLEDGE = "desk_acknowledge"
"""From opening to the first person who takes the incident."""

ACCOUNT_RESPONSE = "account_response"
"""From opening to the account manager's first act."""

STATEMENT = "statement"
"""From opening to the approved statement."""


@dataclass(frozen=True, slots=True)
class SlaClock:
    """One running or stopped clock. ``in_office_hours`` says which regime set the due time."""

    incident: str
    name: str
    started_at: datetime
    due_at: datetime
    in_office_hours: bool
    stopped_at: datetime | None = None
    stopped_by: str | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Whether it still runs past its due time."""
        return self.stopped_at is None and now >= self.due_at
