"""The search index: one row a mention, its number growing with time, in each database's own full text.

SQLite holds the grams in an FTS5 table, PostgreSQL in a tsvector under a GIN index. In both a mention's
client is one more gram, so that a search among one client's mentions never walks through all others'.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update

from wanglou.domain.mention import Said
from wanglou.storage import tables
from wanglou.storage.batches import batches
from wanglou.storage.column_types import EPOCH

_mention = tables.mention.c

_HASH_BITS = 30
"""Bits of a number below its second: mentions of one second lie beside each other, seldom on each other."""

_CLIENT = "¶"
"""Begins the gram of a client; as punctuation it is in no gram of a text."""

_THIS = (
    _mention.client == bindparam("of_client"),
    _mention.brand == bindparam("of_brand"),
    _mention.item_key == bindparam("of_item"),
)
_KEY = (_mention.client, _mention.brand, _mention.item_key)
NUMBERS_OF = select(_mention.search_id, *_KEY).where(
    _mention.item_key.in_(bindparam("items", expanding=True)), _mention.search_id.is_not(None)
)
TAKEN = select(_mention.search_id, *_KEY).where(_mention.search_id.in_(bindparam("numbers", expanding=True)))
NUMBER = update(tables.mention).where(*_THIS).values(search_id=bindparam("number"), searchable=True)


_Key = tuple[str, str, str]
"""Client, brand and item of a mention."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What a row must have: every gram, one that begins with each of ``beginnings``, one of ``clients``."""

    grams: Sequence[str]
    beginnings: Sequence[str]
    clients: Collection[str]


@dataclass(frozen=True, slots=True)
class _Dialect:
    """The index's statements in one database, and how it writes a condition."""

    insert: str
    delete: str
    find: str
    all_of: str
    any_of: str
    whole: str
    beginning: str

    def asked(self, sought: Sought) -> str:
        """The condition in the database's query language; grams hold no quote that could end one."""
        clients = self.any_of.join(self.whole.format(_gram_of(c)) for c in sorted(sought.clients))
        wanted = [self.whole.format(gram) for gram in sought.grams]
        wanted += [self.beginning.format(gram) for gram in sought.beginnings]
        return self.all_of.join([*wanted, f"({clients})"])


_SQLITE = _Dialect(
    insert="INSERT INTO mention_search (rowid, grams) VALUES (:number, :grams)",
    delete="DELETE FROM mention_search WHERE rowid = :number",
    find="SELECT rowid FROM mention_search WHERE mention_search MATCH :asked"
    " AND rowid >= :least AND rowid < :before ORDER BY rowid DESC LIMIT :count",
    all_of=" AND ",
    any_of=" OR ",
    whole='"{}"',
    beginning='"{}"*',
)
_POSTGRES = _Dialect(
    insert="INSERT INTO mention_search (id, grams)"
    " VALUES (:number, array_to_tsvector(string_to_array(:grams, ' ')))",
    delete="DELETE FROM mention_search WHERE id = :number",
    find="SELECT id FROM mention_search WHERE grams @@ CAST(:asked AS tsquery)"
    " AND id >= :least AND id < :before ORDER BY id DESC LIMIT :count",
    all_of=" & ",
    any_of=" | ",
    whole="'{}'",
    beginning="'{}':*",
)


def put(connection: Connection, found: Sequence[tuple[Said, Collection[str]]]) -> None:
    """Store the grams by which each mention is found, in place of those it was found by before."""
    if not found:
        return
    mentions = [mention for mention, _ in found]
    old = _numbers_of(connection, mentions)
    remove(connection, list(old.values()))
    numbers = _free_numbers(connection, mentions, old)
    rows = [
        {"number": number, "grams": " ".join([*sorted(grams), _gram_of(mention.client)])}
        for (mention, grams), number in zip(found, numbers, strict=True)
    ]
    connection.execute(text(_dialect_of(connection).insert), rows)
    these = [
        {"of_client": m.client, "of_brand": m.brand, "of_item": m.item_key, "number": number}
        for m, number in zip(mentions, numbers, strict=True)
    ]
    connection.execute(NUMBER, these)


def remove(connection: Connection, numbers: Collection[int]) -> None:
    """Take rows out of the index: their mentions go, or are about to be put in anew."""
    if numbers:
        values = [{"number": number} for number in numbers]
        connection.execute(text(_dialect_of(connection).delete), values)


def numbers_of(connection: Connection, sought: Sought, least: int, before: int, limit: int) -> list[int]:
    """Up to ``limit`` numbers from ``least`` up to, not including, ``before`` that fit, newest first."""
    dialect = _dialect_of(connection)
    terms: dict[str, Any] = {"asked": dialect.asked(sought), "least": least, "before": before, "count": limit}
    return list(connection.execute(text(dialect.find), terms).scalars())


def first_number(moment: datetime) -> int:
    """The smallest number that a mention of ``moment``'s second can have; 0 for times before 1970."""
    return max(int((moment - EPOCH).total_seconds()), 0) << _HASH_BITS


def _numbers_of(connection: Connection, mentions: Sequence[Said]) -> dict[_Key, int]:
    """The numbers of those of these mentions that have one."""
    wanted = {_key(mention) for mention in mentions}
    items = sorted({item for _, _, item in wanted})
    rows = [row for batch in batches(items) for row in connection.execute(NUMBERS_OF, {"items": batch})]
    return {key: number for number, *names in rows if (key := _key_of(names)) in wanted}


def _free_numbers(connection: Connection, mentions: Sequence[Said], old: Mapping[_Key, int]) -> Sequence[int]:
    """A number for each, in turn: the first from its own on that no other mention has."""
    wanted = [_number(mention) for mention in mentions]
    owners = _owners(connection, wanted)
    given = []
    for mention, first in zip(mentions, wanted, strict=True):
        key, number = _key(mention), first
        while _owner(connection, owners, number) not in {None, key}:
            number += 1
        if key in old and old[key] != number:
            owners[old[key]] = None
        owners[number] = key
        given.append(number)
    return given


def _owners(connection: Connection, numbers: Sequence[int]) -> dict[int, _Key | None]:
    """Number → the mention that has it, None where none has."""
    owners: dict[int, _Key | None] = dict.fromkeys(numbers)
    for batch in batches(dict.fromkeys(numbers)):
        rows = connection.execute(TAKEN, {"numbers": batch})
        owners |= {number: _key_of(names) for number, *names in rows}
    return owners


def _owner(connection: Connection, owners: dict[int, _Key | None], number: int) -> _Key | None:
    if number not in owners:
        owners |= _owners(connection, [number])
    return owners[number]


def _key(mention: Said) -> _Key:
    return mention.client, mention.brand, mention.item_key


def _key_of(names: Sequence[str]) -> _Key:
    client, brand, item = names
    return client, brand, item


def _number(mention: Said) -> int:
    key = f"{mention.client}\n{mention.brand}\n{mention.item_key}".encode()
    low = int.from_bytes(hashlib.sha256(key).digest()[:4]) >> (32 - _HASH_BITS)
    return first_number(mention.at) + low


def _gram_of(client: str) -> str:
    return _CLIENT + client.replace("-", "·")  # a hyphen would cut it in two


def _dialect_of(connection: Connection) -> _Dialect:
    return _POSTGRES if connection.dialect.name == "postgresql" else _SQLITE
