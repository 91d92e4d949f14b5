"""Promises running on incidents."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from wanglou.domain.clock import SlaClock
from wanglou.storage import tables
from wanglou.storage.upserts import keep_first, keep_last

_clock = tables.clock.c

START = keep_first(tables.clock, ["incident", "name"])
RESTART = keep_last(tables.clock)
_BY_DUE = select(tables.clock).order_by(_clock.due_at, _clock.incident, _clock.name)
OF_INCIDENT = _BY_DUE.where(_clock.incident == bindparam("incident"))
RUNNING = _BY_DUE.where(_clock.stopped_at.is_(None))
STOP = (
    update(tables.clock)
    .where(
        _clock.incident == bindparam("of_incident"),
        _clock.name.in_(bindparam("names", expanding=True)),
        _clock.stopped_at.is_(None),
    )
    .values(stopped_at=bindparam("at"), stopped_by=bindparam("by"))
    .returning(tables.clock)
)


@dataclass(frozen=True, slots=True)
class SqlClocks:
    """The ``Clocks`` port over one connection."""

    connection: Connection

    def start(self, clocks: Sequence[SlaClock]) -> None:
        """Store new clocks; one already there is left alone."""
        if clocks:
            self.connection.execute(START.on(self.connection), [clock_row(clock) for clock in clocks])

    def restart(self, clocks: Sequence[SlaClock]) -> None:
        """Replace clocks of the same incident and name, running or stopped."""
        if clocks:
            self.connection.execute(RESTART.on(self.connection), [clock_row(clock) for clock in clocks])

    def of_incident(self, incident: str) -> list[SlaClock]:
        """The incident's clocks by due time."""
        return [clock_of(row) for row in self.connection.execute(OF_INCIDENT, {"incident": incident})]

    def stop(self, incident: str, names: Collection[str], at: datetime, by: str) -> list[SlaClock]:
        """Stop those that run; return what was stopped, by due time."""
        if not names:
            return []
        rows = self.connection.execute(
            STOP, {"of_incident": incident, "names": list(names), "at": at, "by": by}
        )
        return sorted((clock_of(row) for row in rows), key=lambda clock: (clock.due_at, clock.name))

    def running(self) -> list[SlaClock]:
        """All running clocks by due time."""
        return [clock_of(row) for row in self.connection.execute(RUNNING)]


def clock_row(clock: SlaClock) -> dict[str, Any]:
    """All columns of a clock."""
    return {
        "incident": clock.incident,
        "name": clock.name,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "in_office_hours": clock.in_office_hours,
        "stopped_at": clock.stopped_at,
        "stopped_by": clock.stopped_by,
    }


def clock_of(row: Row[Any]) -> SlaClock:
    """One running or stopped clock."""
    return SlaClock(
        incident=row.incident,
        name=row.name,
        started_at=row.started_at,
        due_at=row.due_at,
        in_office_hours=row.in_office_hours,
        stopped_at=row.stopped_at,
        stopped_by=row.stopped_by,
    )
