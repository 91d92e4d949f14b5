"""Mentions with the words that were read, and what was said in them: days of it, looked through often."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, false, func, select

from wanglou.domain.mention import Said, Sentiment
from wanglou.domain.source import SourceClass
from wanglou.domain.span import Span
from wanglou.domain.topic import Topic
from wanglou.domain.volume import Series
from wanglou.storage import tables

_mention, _item, _version = tables.mention.c, tables.item.c, tables.item_version.c

KINDS = 512
"""Lists of topics kept as read: the same come again."""

LABELS = {label.value: label for label in Sentiment}
CLASSES = {source_class.value: source_class for source_class in SourceClass}

WORDS = (
    func.coalesce(_version.title, _item.title).label("title"),
    func.coalesce(_version.text, _item.text).label("text"),
)
"""Those of the version that was read."""


def with_items(*columns: Any) -> Select[Any]:
    """Columns of mentions, of their items, and ``WORDS``."""
    read = and_(_version.item_key == _mention.item_key, _version.version == _mention.version)
    return (
        select(*columns)
        .join(tables.item, _item.key == _mention.item_key)
        .outerjoin(tables.item_version, read)
    )


def in_span(mentions: Select[Any]) -> Select[Any]:
    """Those of a brand, newest first. It asks for the values of ``terms``."""
    return (
        mentions.where(
            _mention.client == bindparam("client"),
            _mention.brand == bindparam("brand"),
            _mention.at >= bindparam("since"),
            _mention.at < bindparam("until"),
        )
        .order_by(_mention.at.desc(), _mention.item_key)
        .limit(bindparam("count"))
    )


def terms(client: str, brand: str, span: Span, limit: int) -> dict[str, Any]:
    """What ``in_span`` asks for."""
    return {"client": client, "brand": brand, "since": span.since, "until": span.until, "count": limit}


_SAID = with_items(
    _mention.client,
    _mention.brand,
    _mention.item_key,
    _mention.published_at,
    _mention.at,
    _mention.source,
    _mention.source_class,
    _item.author_id,
    _item.author_name,
    _mention.group_id,
    _mention.voice,
    _mention.label,
    _mention.topics,
    *WORDS,
)
OF_CLASS = _mention.source_class == bindparam("of_class")
OF_BRAND = in_span(_SAID).where(_mention.void.is_(False))
OF_SERIES = OF_BRAND.where(OF_CLASS)
UNSEARCHABLE = (
    _SAID.where(_mention.searchable == false()).order_by(_mention.at.desc()).limit(bindparam("count"))
)


def of_series(connection: Connection, series: Series, span: Span, limit: int) -> list[Said]:
    """What was said of a series in the span, newest first."""
    asked = terms(series.client, series.brand, span, limit)
    if series.source_class is None:
        rows = connection.execute(OF_BRAND, asked)
    else:
        rows = connection.execute(OF_SERIES, {**asked, "of_class": series.source_class.value})
    return [_said(*row) for row in rows]


def unsearchable(connection: Connection, limit: int) -> list[Said]:
    """What was said in mentions that cannot be found by their words as they are now, newest first."""
    return [_said(*row) for row in connection.execute(UNSEARCHABLE, {"count": limit})]


@lru_cache(maxsize=KINDS)
def topics_of(topics: Sequence[str]) -> tuple[Topic, ...]:
    """The topics a row names."""
    return tuple(map(Topic, topics))


def _said(  # noqa: PLR0913, PLR0917 -- the columns by place: by name they take twice the time
    client: str,
    brand: str,
    item_key: str,
    published_at: datetime | None,
    at: datetime,
    source: str,
    source_class: str,
    author_id: str | None,
    author_name: str | None,
    group: str,
    voice: bool,  # noqa: FBT001 -- a field
    label: str,
    topics: Sequence[str],
    title: str,
    text: str,
) -> Said:
    author = None if author_name is None else author_id or author_name
    return Said(
        *(
            client,
            brand,
            item_key,
            published_at,
            at,
            source,
            CLASSES[source_class],
            author,
            author_name or "",
        ),
        *(group, voice, LABELS[label], topics_of(topics), title, text),
    )
