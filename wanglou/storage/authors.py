"""The posts of an author: found, shown as they are stored, erased so that they do not come back."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Table, bindparam, delete, or_, select, true

from wanglou.domain.incident import TimelineEntry
from wanglou.ports import UnitOfWork
from wanglou.storage import search_index, tables
from wanglou.storage.batches import batches
from wanglou.storage.data_map import WORDS
from wanglou.storage.engine import SqlStorage
from wanglou.storage.redacting import Words, redact, take_out
from wanglou.storage.upserts import keep_first

SHORTEST_QUOTE = 4
"""Characters. A shorter name is part of too many words: it is looked for where the posts were evidence."""

WORDS_AT_ONCE = 50
"""A condition with more is refused by SQLite at some hundreds, and slow long before."""

HANG_ON_ITEMS = (
    tables.incident_mention,
    tables.mention,
    tables.competitor_mention,
    tables.item_version,
    tables.item_engagement,
    tables.item_place,
)
"""Rows that hang on an item by ``item_key``, those that refer to others first."""

_item, _link, _record = tables.item.c, tables.incident_mention.c, tables.timeline.c
_KEYS: BindParameter[Any] = bindparam("keys", expanding=True)
_BURY = keep_first(tables.erased_item, ["key"])
_NUMBERS = select(tables.mention.c.search_id).where(
    tables.mention.c.item_key.in_(_KEYS), tables.mention.c.search_id.is_not(None)
)
_WATCHERS = select(tables.mention.c.client).where(tables.mention.c.item_key.in_(_KEYS)).distinct()
_NEAR = select(_link.incident).where(_link.item_key.in_(_KEYS)).distinct()

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Author:
    """Whom we look for: names as shown, ids as stored, addresses of posts; ``source``: there only."""

    names: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    urls: frozenset[str] = frozenset()
    source: str | None = None


def posts_of(connection: Connection, author: Author) -> list[Row]:
    """The author's items, first seen first."""
    found = select(tables.item).where(_is_by(author)).order_by(_item.first_seen, _item.key)
    return [dict(row) for row in connection.execute(found).mappings()]


def data_of(connection: Connection, author: Author) -> Iterator[tuple[str, Row]]:
    """(table, row) of all that is stored: the posts, what hangs on them, lines of records that quote them."""
    posts = posts_of(connection, author)
    yield from (("item", post) for post in posts)
    keys = [post["key"] for post in posts]
    for table in HANG_ON_ITEMS:
        for row in _rows(connection, table, keys):
            yield table.name, row
    words, near = _quotes(connection, author, posts), _near(connection, keys)
    for line in _quoting(connection, words, near, _short(author)):
        yield "timeline", line


def erase(storage: SqlStorage, author: Author, now: datetime) -> Counter[str]:
    """Erase all of it in one transaction; return table → how many rows went or were changed.

    Each post leaves its key behind, so that a source that still shows it brings nothing back. Counts stay:
    they name nobody. Records stay, without the words.
    """
    with storage.begin() as uow:
        posts = posts_of(uow.connection, author)
        keys = [post["key"] for post in posts]
        done = _blacken(uow, author, posts, now)
        for batch in batches(keys):
            for client in uow.connection.execute(_WATCHERS, {"keys": batch}).scalars():
                uow.changes.note(client, "mention", client, now)
        done += _delete(uow.connection, keys, now)
        uow.commit()
    return done


def _is_by(author: Author) -> ColumnElement[bool]:
    named = or_(
        _item.author_name.in_(sorted(author.names)),
        _item.author_id.in_(sorted(author.ids)),
        _item.url.in_(sorted(author.urls)),
    )
    return named & (_item.source == author.source if author.source else true())


def _rows(connection: Connection, table: Table, keys: Sequence[str]) -> Iterator[Row]:
    for batch in batches(keys):
        found = select(table).where(table.c.item_key.in_(_KEYS))
        yield from (dict(row) for row in connection.execute(found, {"keys": batch}).mappings())


def _quotes(connection: Connection, author: Author, posts: Sequence[Row]) -> list[Words]:
    """Names and words long enough to be nobody else's, some at a time."""
    versions = list(_rows(connection, tables.item_version, [post["key"] for post in posts]))
    said = {row[name] for row in posts for name in ("title", "text", "url", "author_name", "platform_id")}
    said |= {row[name] for row in versions for name in ("title", "text")} | author.names | author.urls
    long = sorted(word for word in said if word and len(word) >= SHORTEST_QUOTE)
    return [Words.of(long[i : i + WORDS_AT_ONCE]) for i in range(0, len(long), WORDS_AT_ONCE)]


def _short(author: Author) -> Words:
    return Words.of({name for name in author.names if len(name) < SHORTEST_QUOTE})


def _near(connection: Connection, keys: Sequence[str]) -> list[str]:
    """Incidents that stand on the posts."""
    found = (connection.execute(_NEAR, {"keys": batch}).scalars() for batch in batches(keys))
    return sorted({incident for some in found for incident in some})


def _quoting(
    connection: Connection, words: Iterable[Words], near: Sequence[str], short: Words
) -> Iterator[Row]:
    """Lines of records in which one of the words may stand."""
    conditions = [some.may_be_in(_record.facts) for some in words]
    conditions.append(_record.incident.in_(near) & short.may_be_in(_record.facts))
    for condition in conditions:
        yield from (dict(r) for r in connection.execute(select(tables.timeline).where(condition)).mappings())


def _blacken(uow: Any, author: Author, posts: Sequence[Row], now: datetime) -> Counter[str]:
    """Take the author's words out of what stays."""
    connection, done = uow.connection, Counter[str]()
    words, short = _quotes(connection, author, posts), _short(author)
    near = _near(connection, [post["key"] for post in posts])
    lines = _quoting(connection, words, near, short)
    for incident in sorted({line["incident"] for line in lines}):
        mine = [*words, short] if incident in near else words
        done["timeline"] += redact(connection, incident, _without(mine), now)
        _note(uow, incident, now)
    for column in WORDS:
        own = column.table.c.id if column.table is tables.incident else column.table.c.incident
        done[column.table.name] += sum(take_out(connection, column, some) for some in words)
        done[column.table.name] += take_out(connection, column, short, own.in_(near))
    return +done


def _without(words: Iterable[Words]) -> Any:
    parts = tuple(words)

    def blacken(entry: TimelineEntry) -> TimelineEntry:
        facts = entry.facts
        for some in parts:
            facts = some.gone_from(facts)
        return replace(entry, facts=facts)

    return blacken


def _note(uow: UnitOfWork, incident: str, now: datetime) -> None:
    found = uow.incidents.get(incident)
    if found is not None:
        uow.changes.note(found.client, "incident", incident, now)


def _delete(connection: Connection, keys: Sequence[str], now: datetime) -> Counter[str]:
    gone: Counter[str] = Counter()
    for batch in batches(keys):
        of = {"keys": batch}
        search_index.remove(connection, list(connection.execute(_NUMBERS, of).scalars()))
        for table in HANG_ON_ITEMS:
            gone[table.name] += connection.execute(
                delete(table).where(table.c.item_key.in_(_KEYS)), of
            ).rowcount
        gone["item"] += connection.execute(delete(tables.item).where(_item.key.in_(_KEYS)), of).rowcount
        buried = [{"key": key, "at": now} for key in dict.fromkeys(batch)]
        connection.execute(_BURY.on(connection), buried)
    return +gone
