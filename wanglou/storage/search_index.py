"""The search index: one row a mention, its number growing with time, in each database's own full text.

SQLite holds the grams in an FTS5 table, PostgreSQL in a tsvector under a GIN index. In both a mention's
client is one more gram, so that a search among one client's mentions never walks through all others'.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update

from wanglou.domain.mention import Mention
from wanglou.storage import tables
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
NUMBER_OF = select(_mention.search_id).where(*_THIS)
TAKEN = select(_mention.search_id).where(_mention.search_id == bindparam("number"))
NUMBER = update(tables.mention).where(*_THIS).values(search_id=bindparam("number"), searchable=True)


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


def put(connection: Connection, mention: Mention, grams: Collection[str]) -> None:
    """Store the grams by which a mention is found, in place of those it was found by before."""
    this = {"of_client": mention.client, "of_brand": mention.brand, "of_item": mention.item_key}
    old = connection.execute(NUMBER_OF, this).scalar_one_or_none()
    remove(connection, [] if old is None else [old])
    number = _free_number(connection, mention, old)
    found_by = " ".join([*sorted(grams), _gram_of(mention.client)])
    connection.execute(text(_dialect_of(connection).insert), {"number": number, "grams": found_by})
    connection.execute(NUMBER, this | {"number": number})


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


def _free_number(connection: Connection, mention: Mention, own: int | None) -> int:
    number = _number(mention)
    while number != own and connection.execute(TAKEN, {"number": number}).first():
        number += 1
    return number


def _number(mention: Mention) -> int:
    key = f"{mention.client}\n{mention.brand}\n{mention.item_key}".encode()
    low = int.from_bytes(hashlib.sha256(key).digest()[:4]) >> (32 - _HASH_BITS)
    return first_number(mention.published_at or mention.first_seen) + low


def _gram_of(client: str) -> str:
    return _CLIENT + client.replace("-", "·")  # a hyphen would cut it in two


def _dialect_of(connection: Connection) -> _Dialect:
    return _POSTGRES if connection.dialect.name == "postgresql" else _SQLITE
