"""What the rows say in the end, without the times at which a worker happened to look."""

from dataclasses import dataclass
from typing import Any

from tests.world import World
from wanglou.storage.engine import SqlStorage

_QUESTIONS = {
    "mentions": "SELECT client, brand, item_key, version, source, source_class, published_at, alias, label,"
    " topics, voice, group_id, reach FROM mention ORDER BY client, brand, item_key",
    "counts": "SELECT * FROM volume ORDER BY start, client, brand, source_class",
    "hours": "SELECT * FROM volume_hour ORDER BY start, client, brand",
    "competitors": "SELECT * FROM competitor_hour ORDER BY start, client, competitor",
    "signals": "SELECT key, since, polarity, strength, because_code, because_facts FROM signal ORDER BY key",
    "incidents": "SELECT client, brand, number, topic, severity, state, open_key FROM incident"
    " WHERE client != 'house' ORDER BY client, number",
}

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Said:
    """Rows by question; equal if the agency knows the same."""

    mentions: Rows
    counts: Rows
    hours: Rows
    competitors: Rows
    signals: Rows
    incidents: Rows


def said(storage: SqlStorage) -> Said:
    with storage.look() as uow:
        return Said(
            **{
                name: [tuple(row) for row in uow.connection.exec_driver_sql(question)]
                for name, question in _QUESTIONS.items()
            }
        )


def differing(one: Said, other: Said) -> list[str]:
    """Names of what differs, for a message that can be read."""
    return [name for name in _QUESTIONS if getattr(one, name) != getattr(other, name)]


def said_in(world: World) -> Said:
    storage = world.parts.storage
    assert isinstance(storage, SqlStorage)
    return said(storage)
