"""Items with every count of their reactions, as detectors of growth look at them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from wanglou.domain.item import Engagement, Followed
from wanglou.storage import tables
from wanglou.storage.batches import batches

_item, _count = tables.item.c, tables.item_engagement.c
_author = func.coalesce(_item.author_id, _item.author_name)


def _counted() -> Select[Any]:
    return (
        select(
            _item.key,
            _item.source,
            _author.label("author"),
            _item.published_at,
            _count.observed_at,
            _count.likes,
            _count.comments,
            _count.reposts,
        )
        .join(tables.item_engagement, _count.item_key == _item.key)
        .order_by(_item.key, _count.observed_at)
    )


def _latest(*also: Any) -> Select[Any]:
    return (
        select(_item.key)
        .where(_item.source == bindparam("of_source"), _item.first_seen >= bindparam("since"), *also)
        .order_by(_item.observed_at.desc(), _item.key)
        .limit(bindparam("count"))
    )


OF_KEYS = _counted().where(_item.key.in_(bindparam("keys", expanding=True)))
LATEST, LATEST_OF_AUTHOR = _latest(), _latest(_author == bindparam("of_author"))


def of_keys(connection: Connection, keys: Collection[str]) -> list[Followed]:
    """These items by key; those never counted are left out."""
    return [
        post
        for batch in batches(sorted(keys))
        for post in _followed(connection.execute(OF_KEYS, {"keys": batch}))
    ]


def latest(
    connection: Connection, source: str, author: str | None, since: datetime, limit: int
) -> list[Followed]:
    """Items of a source first seen since then, the latest counted of them; of one author if named."""
    terms: dict[str, Any] = {"of_source": source, "since": since, "count": limit}
    if author is not None:
        terms["of_author"] = author
    statement = LATEST if author is None else LATEST_OF_AUTHOR
    return of_keys(connection, connection.execute(statement, terms).scalars().all())


def _followed(rows: Iterable[Row[Any]]) -> list[Followed]:
    grouped = [list(counts) for _, counts in groupby(rows, key=lambda row: row.key)]
    return [
        Followed(
            key=counts[0].key,
            source=counts[0].source,
            author=counts[0].author,
            published_at=counts[0].published_at,
            counts=tuple(Engagement(c.observed_at, c.likes, c.comments, c.reposts) for c in counts),
        )
        for counts in grouped
    ]
