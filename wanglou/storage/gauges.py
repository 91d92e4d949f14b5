"""How much waits and how much is wrong, as numbers for a monitoring system: no client is named in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, true

from wanglou.domain.delivery import DeliveryState
from wanglou.domain.severity import Severity
from wanglou.ports import Gauges
from wanglou.storage import tables
from wanglou.storage.engine import SqlStorage

_item, _incident = tables.item.c, tables.incident.c
_delivery, _health = tables.delivery.c, tables.source_health.c

WAITING = (DeliveryState.PENDING.value, DeliveryState.LEASED.value, DeliveryState.DEAD.value)
"""States that are few by nature: counting all that was ever sent would grow with the years."""

UNREAD = select(func.count()).select_from(tables.item).where(_item.read_at.is_(None))
OPEN = (
    select(_incident.severity, func.count()).where(_incident.is_open == true()).group_by(_incident.severity)
)
OUTBOX = select(_delivery.state, func.count()).where(_delivery.state.in_(WAITING)).group_by(_delivery.state)
SOURCES = select(_health.state, func.count()).group_by(_health.state)


def gauges(storage: SqlStorage) -> Gauges:
    """All numbers from one consistent picture; none costs more than what it counts."""
    with storage.look() as uow:
        watched = uow.meta.get("watched_at")
        connection = uow.connection
        severities = _counted(connection, OPEN)
        return Gauges(
            unread=int(connection.execute(UNREAD).scalar_one()),
            incidents={s.colour: severities.get(s.colour, 0) for s in Severity},
            deliveries=dict.fromkeys(WAITING, 0) | _counted(connection, OUTBOX),
            sources=_counted(connection, SOURCES),
            watched_at=datetime.fromisoformat(watched) if watched else None,
            jobs=tuple(uow.jobs.all()),
        )


def _counted(connection: Connection, query: Select[Any]) -> dict[str, int]:
    return {row[0]: int(row[1]) for row in connection.execute(query)}
