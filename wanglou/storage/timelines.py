"""The record of an incident: append-only, each entry chained to the one before by its hash."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from wanglou.domain.incident import ChainedEntry, TimelineEntry, Via, chain, first_broken
from wanglou.storage import tables
from wanglou.storage.errors import RefusedRowError

_incident, _timeline = tables.incident.c, tables.timeline.c

HEAD = (
    select(_incident.record_length, _incident.record_hash)
    .where(_incident.id == bindparam("incident"))
    .with_for_update()  # on PostgreSQL two writers must not both chain to the same entry
)
INSERT = insert(tables.timeline)
SET_HEAD = (
    update(tables.incident)
    .where(_incident.id == bindparam("incident"))
    .values(record_length=bindparam("length"), record_hash=bindparam("head"))
)
READ = select(tables.timeline).where(_timeline.incident == bindparam("incident")).order_by(_timeline.seq)
HEADS = select(_incident.id, _incident.record_length, _incident.record_hash).order_by(_incident.id)


def append(connection: Connection, entries: Sequence[TimelineEntry]) -> list[ChainedEntry]:
    """Chain entries to the records of their incidents, in order."""
    heads: dict[str, tuple[int, str]] = {}
    chained = []
    for entry in entries:
        length, last = heads.get(entry.incident) or _head(connection, entry.incident)
        link = chain(_in_utc(entry), length + 1, last)
        heads[entry.incident] = (link.seq, link.hash)
        chained.append(link)
    if chained:
        connection.execute(INSERT, [entry_row(link) for link in chained])
        connection.execute(
            SET_HEAD,
            [{"incident": name, "length": length, "head": last} for name, (length, last) in heads.items()],
        )
    return chained


def read(connection: Connection, incident: str) -> list[ChainedEntry]:
    """The record, first entry first."""
    return [entry_of(row) for row in connection.execute(READ, {"incident": incident})]


def tampered(connection: Connection) -> list[tuple[str, int]]:
    """(incident, seq) of the first entry of each record that is not as it was written.

    The incident keeps its record's length and last hash, so entries cut off at the end are missed too.
    """
    found = []
    for incident, length, last in connection.execute(HEADS).all():
        record = read(connection, incident)
        broken = first_broken(record)
        if broken is None and (len(record), record[-1].hash if record else "") != (length, last):
            broken = len(record) + 1
        if broken is not None:
            found.append((incident, broken))
    return found


def entry_row(link: ChainedEntry) -> dict[str, Any]:
    """All columns of an entry in its place."""
    entry = link.entry
    return {
        "incident": entry.incident,
        "seq": link.seq,
        "at": entry.at,
        "actor": entry.actor,
        "via": entry.via.value,
        "kind": entry.kind,
        "facts": dict(entry.facts),
        "prev_hash": link.prev_hash,
        "hash": link.hash,
    }


def entry_of(row: Row[Any]) -> ChainedEntry:
    """An entry in its place."""
    entry = TimelineEntry(row.incident, row.at, row.actor, Via(row.via), row.kind, row.facts)
    return ChainedEntry(entry, row.seq, row.prev_hash, row.hash)


def _in_utc(entry: TimelineEntry) -> TimelineEntry:
    """The hash covers the written time, so it must be written as it will be read."""
    return replace(entry, at=entry.at.astimezone(UTC)) if entry.at.tzinfo else entry


def _head(connection: Connection, incident: str) -> tuple[int, str]:
    row = connection.execute(HEAD, {"incident": incident}).one_or_none()
    if row is None:
        raise RefusedRowError(f"adding to the record of incident {incident}: it is not stored; add it first")
    return row.record_length, row.record_hash
