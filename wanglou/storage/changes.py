"""What pages poll for."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select

from wanglou.domain.change import Change
from wanglou.storage import tables

_change = tables.change.c

INSERT = insert(tables.change)
AFTER = select(tables.change).where(_change.id > bindparam("last")).order_by(_change.id)
AFTER_SOME = AFTER.limit(bindparam("count"))
PRUNE = delete(tables.change).where(
    _change.at < bindparam("before"), _change.id < select(func.max(_change.id)).scalar_subquery()
)
NEWEST = select(func.coalesce(func.max(_change.id), 0))
LOCK = select(func.pg_advisory_xact_lock(0x57_4C_43_48))
"""One number of our own ("WLCH") for the queue of writers on PostgreSQL."""


@dataclass(frozen=True, slots=True)
class SqlChanges:
    """The ``Changes`` port over one connection.

    Notes are kept back until the commit and written then in one go. On PostgreSQL a lock from there to the
    commit makes ids become visible in their order, so that a page that has seen id 7 never misses 6; taken
    last, it can never be part of a deadlock.
    """

    connection: Connection
    noted: dict[tuple[str, str, str], datetime] = field(default_factory=dict)

    def note(self, client: str, kind: str, subject: str, at: datetime) -> None:
        """Say that something is different now; said twice in a transaction it is one row."""
        self.noted[client, kind, subject] = at

    def after(self, last: int, limit: int = 500) -> list[Change]:
        """Changes with id > last, by id; what this transaction has noted included."""
        self.write_noted()
        rows = self.connection.execute(AFTER_SOME, {"last": last, "count": limit})
        return [change_of(row) for row in rows]

    def newest(self) -> int:
        """The highest id, 0 where there is none."""
        self.write_noted()
        return int(self.connection.execute(NEWEST).scalar_one())

    def prune(self, before: datetime) -> None:
        """Forget changes older than ``before``; the newest stays, so that ids go on from it."""
        self.connection.execute(PRUNE, {"before": before})

    def write_noted(self) -> None:
        """Write what was noted; the unit of work calls this right before it commits."""
        if not self.noted:
            return
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(LOCK)
        self.connection.execute(INSERT, [change_row(*key, at) for key, at in self.noted.items()])
        self.noted.clear()


def change_row(client: str, kind: str, subject: str, at: datetime) -> dict[str, Any]:
    """All columns of a change but its id."""
    return {"client": client, "kind": kind, "subject": subject, "at": at}


def change_of(row: Row[Any]) -> Change:
    """What pages wait for."""
    return Change(row.id, row.client, row.kind, row.subject, row.at)
