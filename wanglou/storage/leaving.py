"""A client that leaves: everything of it is shown, then goes; the record of what was done stays, mute.

Large tables go in batches of their own transactions, so that the worker is never kept from writing. The
incidents go first and in one: whoever is stopped halfway runs it again and goes on with what is left.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, exists, func, or_, select, true, update

from wanglou.domain.erasure import ERASED, LEFT_CLIENT
from wanglou.domain.incident import IncidentState, TimelineEntry, Via
from wanglou.domain.person import HOUSE, SYSTEM
from wanglou.storage import search_index, tables
from wanglou.storage.engine import SqlStorage
from wanglou.storage.redacting import muted, redact
from wanglou.storage.timelines import append

LEFT = "incident_client_left"
"""The line of the record that ends an open incident whose client leaves."""

GOES_WITH_CLIENT = (
    tables.change,
    tables.competitor_hour,
    tables.competitor_mention,
    tables.correction,
    tables.observed,
    tables.signal,
    tables.volume,
    tables.volume_hour,
)
"""Rows with a ``client`` that go as they are; mentions and incidents go in ways of their own."""

GOES_WITH_INCIDENT = (
    tables.delivery,
    tables.incident_mention,
    tables.step,
    tables.plan,
    tables.clock,
)
"""Rows with an ``incident`` that go, those that refer to others first."""

STAYS = (tables.incident, tables.timeline)
"""What stays without the client's name and without words: that something was done, by whom and when."""

AT_ONCE = 2_000
"""Mentions deleted in one transaction: some tenths of a second."""

_incident, _mention, _meta = tables.incident.c, tables.mention.c, tables.meta.c
_ONE_MENTION = delete(tables.mention).where(
    _mention.client == bindparam("of_client"),
    _mention.brand == bindparam("of_brand"),
    _mention.item_key == bindparam("of_item"),
)
_UNUSED_ITEM = delete(tables.item).where(
    tables.item.c.key == bindparam("of_item"), ~exists().where(_mention.item_key == tables.item.c.key)
)

Row = Mapping[str, Any]
Told = Callable[[str, int], None]


class OpenIncidentsError(Exception):
    """The client has open incidents, and nobody said that they may be closed."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """Which client leaves, when; ``close`` ends what is open."""

    client: str
    now: datetime
    close: bool = False


def known_clients(connection: Connection) -> frozenset[str]:
    """Ids of clients that have rows, but not those that have left, nor the agency itself."""
    found: set[str] = set()
    for table in _with_client():
        found |= set(connection.execute(select(table.c.client).distinct()).scalars())
    return frozenset(c for c in found if c != HOUSE and not c.startswith(LEFT_CLIENT))


def counted(connection: Connection, client: str) -> Counter[str]:
    """Table → how many rows are this client's."""
    counts: Counter[str] = Counter()
    for table, condition in _of(connection, client):
        found = select(func.count()).select_from(table).where(condition)
        counts[table.name] = int(connection.execute(found).scalar_one())
    return +counts


def worker_runs(connection: Connection, now: datetime) -> bool:
    """Whether a worker has the beat: it would write back what it remembers of a client."""
    lease = tables.lease.c
    held = select(lease.name).where(lease.name == "worker", lease.until > now)
    return connection.execute(held).first() is not None


def open_incidents(connection: Connection, client: str) -> list[int]:
    """Numbers of the client's open incidents."""
    found = select(_incident.number).where(_incident.client == client, _incident.is_open == true())
    return list(connection.execute(found.order_by(_incident.number)).scalars())


def data_of(connection: Connection, client: str) -> Iterator[tuple[str, Row]]:
    """(table, row) of all that is this client's, the record with its hashes included."""
    for table, condition in _of(connection, client):
        found = select(table).where(condition).order_by(*table.primary_key)
        rows = connection.execute(found, execution_options={"yield_per": 1_000})
        yield from ((table.name, dict(row)) for row in rows.mappings())


def leave(storage: SqlStorage, leaving: Leaving, told: Told = lambda _, __: None) -> Counter[str]:
    """Let everything of the client go; return table → how many rows went or were made mute.

    ``told`` hears of each part as it is done. Raises OpenIncidentsError, and then nothing was changed.
    """
    done: Counter[str] = Counter()
    done += _incidents_go(storage, leaving)
    for name, n in done.items():
        told(name, n)
    while gone := _mentions_go(storage, leaving.client):
        done += gone
        told("mention", done["mention"])
    for name, n in (rest := _rest_goes(storage, leaving.client)).items():
        told(name, n)
    return done + rest


def _with_client() -> list[Table]:
    return [table for table in tables.metadata.sorted_tables if "client" in table.c]


def _of(connection: Connection, client: str) -> Iterator[tuple[Table, Any]]:
    """Each table that can hold rows of the client, with which of them are."""
    mine = select(_incident.id).where(_incident.client == client)
    for table in tables.metadata.sorted_tables:
        if "client" in table.c:
            yield table, table.c.client == client
        elif "incident" in table.c:
            yield table, table.c.incident.in_(mine)
        elif table is tables.meta:
            yield table, _noted(client, connection.execute(mine).scalars().all())
        elif table is tables.item:
            yield table, _is_only(client)
        elif "item_key" in table.c:
            yield table, table.c.item_key.in_(select(tables.item.c.key).where(_is_only(client)))


def _noted(client: str, incidents: Sequence[str]) -> Any:
    """Notes about forms, reports and merges: their key or their value leads to an incident of the client."""
    story = _meta.key.startswith(f"merged_story:{client}|", autoescape=True)
    merged = _meta.key.in_([f"merged_incident:{incident}" for incident in incidents])
    return or_(story, merged, _meta.value.in_(incidents))


def _is_only(client: str) -> Any:
    """Whether mentions of this client use an item, and no other's do."""
    key = tables.item.c.key
    used = exists().where(_mention.item_key == key, _mention.client == client)
    return used & ~exists().where(_mention.item_key == key, _mention.client != client)


def _incidents_go(storage: SqlStorage, leaving: Leaving) -> Counter[str]:
    """The incidents' rows go, and the incidents lose their names: all of it or nothing."""
    with storage.begin() as uow:
        connection, done = uow.connection, Counter[str]()
        numbers = open_incidents(connection, leaving.client)
        if numbers and not leaving.close:
            raise OpenIncidentsError(", ".join(f"#{number}" for number in numbers))
        found = select(tables.incident).where(_incident.client == leaving.client)
        incidents = connection.execute(found.order_by(_incident.number)).all()
        ids = [incident.id for incident in incidents]
        done["meta"] = _gone(connection, tables.meta, _noted(leaving.client, ids))
        done["signal"] = _gone(connection, tables.signal, tables.signal.c.client == leaving.client)
        for table in GOES_WITH_INCIDENT:
            done[table.name] = _gone(connection, table, table.c.incident.in_(ids))
        pseudonym = f"{LEFT_CLIENT}{secrets.token_hex(4)}"
        for incident in incidents:
            done["timeline"] += _mute(connection, incident, pseudonym, leaving.now)
        done["incident"] = len(incidents)
        uow.commit()
    return +done


def _mute(connection: Connection, incident: Any, pseudonym: str, now: datetime) -> int:
    """End an incident if it is open, and leave nothing of its client in it; return how many lines changed."""
    if incident.is_open:
        append(connection, [TimelineEntry(incident.id, now, SYSTEM, Via.COMMAND, LEFT, {})])
    lines = redact(connection, incident.id, _muted, now)
    left: dict[str, Any] = {"client": pseudonym, "brand": ERASED, "open_key": None, "is_open": False}
    left["because_facts"] = muted(incident.because_facts)
    if incident.is_open:
        left |= {"state": IncidentState.CLOSED.value, "ended_at": now}
    connection.execute(update(tables.incident).where(_incident.id == incident.id).values(**left))
    return lines


def _muted(entry: TimelineEntry) -> TimelineEntry:
    return replace(entry, facts=muted(entry.facts))


def _mentions_go(storage: SqlStorage, client: str) -> Counter[str]:
    """Some mentions with the items that nobody else's mentions use; nothing where none is left."""
    key = (_mention.brand, _mention.item_key, _mention.search_id)
    some = select(*key).where(_mention.client == client).order_by(*key[:2]).limit(AT_ONCE)
    with storage.begin() as uow:
        connection = uow.connection
        rows = connection.execute(some).all()
        if not rows:
            return Counter()
        search_index.remove(connection, [row.search_id for row in rows if row.search_id is not None])
        own = [{"of_brand": row.brand, "of_item": row.item_key} for row in rows]
        connection.execute(_ONE_MENTION, [{"of_client": client, **one} for one in own])
        items = [{"of_item": item} for item in dict.fromkeys(row.item_key for row in rows)]
        connection.execute(_UNUSED_ITEM, items)
        uow.commit()
    return Counter(mention=len(rows))


def _rest_goes(storage: SqlStorage, client: str) -> Counter[str]:
    """What is counted and noted; detectors forget all they know and learn it anew from the counts."""
    done: Counter[str] = Counter()
    for table in GOES_WITH_CLIENT:
        with storage.begin() as uow:
            done[table.name] = _gone(uow.connection, table, table.c.client == client)
            uow.commit()
    with storage.begin() as uow:
        done["detector_checkpoint"] = _gone(uow.connection, tables.detector_checkpoint, true())
        uow.commit()
    return +done


def _gone(connection: Connection, table: Table, condition: Any) -> int:
    return connection.execute(delete(table).where(condition)).rowcount
