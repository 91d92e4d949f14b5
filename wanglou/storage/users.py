"""What is stored of somebody of the agency: shown as it is stored, taken out of what must stay."""

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, Text, delete, select, type_coerce, update

from wanglou.domain.delivery import DeliveryState
from wanglou.domain.erasure import ERASED, ERASED_PERSON
from wanglou.domain.incident import TimelineEntry
from wanglou.storage import tables
from wanglou.storage.data_map import ENTRANCE, USERS, WORDS
from wanglou.storage.engine import SqlStorage
from wanglou.storage.redacting import Blacken, Words, redact, take_out

NEVER_SHOWN = frozenset({"password_hash", "token_hash", "nonce_hash"})
"""Columns that are no data about a person but keys to the house."""

SHORTEST_NAME = 2
"""Characters: a single one stands in too many other words."""

_record, _delivery = tables.timeline.c, tables.delivery.c
_STILL_TO_GO = (DeliveryState.PENDING, DeliveryState.LEASED, DeliveryState.HELD)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class User:
    """Whom we look for: the sign-in name, and the names they are called by in texts."""

    id: str
    names: frozenset[str] = frozenset()


def data_of(connection: Connection, user: User) -> Iterator[tuple[str, Row]]:
    """(table, row) of all that is stored: coming in, what they held and did, lines that name them."""
    for table in ENTRANCE:
        yield from _found(connection, table, table.c.person == user.id)
    for table in dict.fromkeys(column.table for column in USERS):
        theirs = [column == user.id for column in USERS if column.table is table]
        condition = theirs[0]
        for more in theirs[1:]:
            condition |= more
        yield from _found(connection, table, condition)
    condition = (_record.actor == user.id) | _named(connection, user).may_be_in(_record.facts)
    yield from _found(connection, tables.timeline, condition)


def erase(storage: SqlStorage, user: User, now: datetime) -> tuple[str, Counter[str]]:
    """Erase it in one transaction; return the pseudonym, and table → how many rows went or were changed.

    What the person did stays on record under the pseudonym, which nothing leads back from.
    """
    pseudonym = f"{ERASED_PERSON}{secrets.token_hex(4)}"
    with storage.begin() as uow:
        connection, done = uow.connection, Counter[str]()
        words = _named(connection, user)
        for incident in _records_of(connection, user, words):
            done["timeline"] += redact(connection, incident, _without(user, words, pseudonym), now)
        for column in WORDS:
            done[column.table.name] += take_out(connection, column, words)
        done["delivery"] += _silence(connection, user)
        for column in USERS:
            done[column.table.name] += _renamed(connection, column, user.id, pseudonym)
        for table in ENTRANCE:
            done[table.name] += connection.execute(delete(table).where(table.c.person == user.id)).rowcount
        uow.commit()
    return pseudonym, +done


def clients_of(connection: Connection, user: str) -> frozenset[str]:
    """Clients in whose incidents a person stands."""
    incident = tables.incident.c
    acted = select(incident.client).join(tables.timeline, _record.incident == incident.id)
    return frozenset(connection.execute(acted.where(_record.actor == user).distinct()).scalars())


def _named(connection: Connection, user: User) -> Words:
    """The person's names, those the record itself gives included."""
    told = connection.execute(select(_record.facts).where(_record.actor == user.id)).scalars()
    who = {str(facts["who"]) for facts in told if facts.get("who")}
    return Words.of({name for name in user.names | who if len(name) >= SHORTEST_NAME})


def _records_of(connection: Connection, user: User, words: Words) -> list[str]:
    condition = (_record.actor == user.id) | words.may_be_in(_record.facts)
    condition |= type_coerce(_record.facts, Text).contains(f'"{user.id}"', autoescape=True)
    found = select(_record.incident).where(condition).distinct().order_by(_record.incident)
    return list(connection.execute(found).scalars())


def _without(user: User, words: Words, pseudonym: str) -> Blacken:
    def blacken(entry: TimelineEntry) -> TimelineEntry:
        actor = pseudonym if entry.actor == user.id else entry.actor
        left = {name: pseudonym if value == user.id else value for name, value in entry.facts.items()}
        return replace(entry, actor=actor, facts=words.gone_from(left))

    return blacken


def _silence(connection: Connection, user: User) -> int:
    """Messages to the person alone: none goes out any more, and none says where they could be reached."""
    theirs = _delivery.recipient == user.id
    waiting = theirs & _delivery.state.in_([state.value for state in _STILL_TO_GO])
    connection.execute(update(tables.delivery).where(waiting).values(state=DeliveryState.SUPERSEDED.value))
    gone, channels = 0, select(_delivery.channel).where(theirs).distinct().order_by(_delivery.channel)
    for place, channel in enumerate(connection.execute(channels).scalars().all(), start=1):
        nowhere = f"{channel.partition(':')[0]}:{ERASED}{place}"  # a message's channels stay different ones
        change = update(tables.delivery).where(theirs, _delivery.channel == channel)
        gone += connection.execute(change.values(channel=nowhere)).rowcount
    return gone


def _renamed(connection: Connection, column: Column[Any], user: str, pseudonym: str) -> int:
    change = update(column.table).where(column == user).values({column.name: pseudonym})
    return connection.execute(change).rowcount


def _found(connection: Connection, table: Table, condition: Any) -> Iterator[tuple[str, Row]]:
    for row in connection.execute(select(table).where(condition)).mappings():
        yield table.name, {name: value for name, value in row.items() if name not in NEVER_SHOWN}
