"""Mentions with their readings: what people see of items."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    exists,
    select,
    true,
    update,
)

from wanglou.domain.mention import Match, Mention, Reading, Said, SeenMention
from wanglou.domain.person import Access
from wanglou.domain.question import Question
from wanglou.domain.span import Span
from wanglou.domain.topic import Topic
from wanglou.domain.volume import Series
from wanglou.storage import said, search_index, tables
from wanglou.storage.batches import batches
from wanglou.storage.items import item_of
from wanglou.storage.said import (
    CLASSES,
    KINDS,
    LABELS,
    OF_CLASS,
    WORDS,
    in_span,
    terms,
    topics_of,
    with_items,
)
from wanglou.storage.upserts import keep_first

_mention, _item, _version = tables.mention.c, tables.item.c, tables.item_version.c
_link = tables.incident_mention.c

KEY = ("client", "brand", "item_key")
INSERT = keep_first(tables.mention, KEY)
RE_READ = (
    update(tables.mention)
    .where(
        _mention.client == bindparam("of_client"),
        _mention.brand == bindparam("of_brand"),
        _mention.item_key == bindparam("of_item"),
    )
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in tables.mention.c.keys()  # noqa: SIM118 -- a column collection iterates over columns
            if name not in {*KEY, "alerted_at", "delivered_at", "void", "search_id"}
        }
    )
)
GROUP = (
    update(tables.item)
    .where(_item.key == bindparam("of_item"), _item.group_id.is_distinct_from(bindparam("group")))
    .values(group_id=bindparam("group"))
)

EXPIRED = (
    select(_mention.client, _mention.brand, _mention.item_key, _mention.search_id)
    .where(
        _mention.client == bindparam("client"),
        _mention.at < bindparam("before"),
        ~exists()
        .where(
            _link.client == _mention.client,
            _link.brand == _mention.brand,
            _link.item_key == _mention.item_key,
            _link.incident == tables.incident.c.id,
            tables.incident.c.is_open == true(),
        )
        .correlate(tables.mention),
    )
    .order_by(_mention.at, _mention.item_key)
    .limit(bindparam("count"))
)
UNLINK = delete(tables.incident_mention).where(
    _link.client == bindparam("of_client"),
    _link.brand == bindparam("of_brand"),
    _link.item_key == bindparam("of_item"),
)
FORGET = delete(tables.mention).where(
    _mention.client == bindparam("of_client"),
    _mention.brand == bindparam("of_brand"),
    _mention.item_key == bindparam("of_item"),
)

_ITEM_COLUMNS = [c for c in tables.item.c if c.name not in {"title", "text"}]
_SAME_NAMES = {c.name for c in _ITEM_COLUMNS} & set(tables.mention.c.keys())


def seen_mentions() -> Select[Any]:
    """Mentions with their items, whose words are those of the version that was read.

    Columns of the item that a mention has too are left out or named ``item_…``.
    """
    ours = [c for c in _ITEM_COLUMNS if c.name not in _SAME_NAMES]
    return with_items(tables.mention, *ours, *WORDS, _item.published_at.label("item_published_at"))


HITS = in_span(seen_mentions())
OF_BRAND = HITS.where(_mention.void.is_(False))

WITH_COPIES = (
    select(tables.mention)
    .where(
        _mention.client == bindparam("client"),
        _mention.brand == bindparam("brand"),
        _mention.group_id
        == select(_mention.group_id)
        .where(
            _mention.client == bindparam("client"),
            _mention.brand == bindparam("brand"),
            _mention.item_key == bindparam("item"),
        )
        .scalar_subquery(),
    )
    .order_by(_mention.item_key)
    .with_for_update()
)
CORRECT = (
    update(tables.mention)
    .where(
        _mention.client == bindparam("of_client"),
        _mention.brand == bindparam("of_brand"),
        _mention.item_key == bindparam("of_item"),
    )
    .values(
        label=bindparam("new_label"),
        unsure=bindparam("new_unsure"),
        topics=bindparam("new_topics"),
        void=bindparam("new_void"),
    )
)

OF_ITEM = (
    seen_mentions()
    .where(_mention.item_key == bindparam("item"), _mention.void.is_(False))
    .order_by(_mention.client, _mention.brand)
)

OF_ITEMS = (
    seen_mentions()
    .where(
        _mention.client == bindparam("client"),
        _mention.brand == bindparam("brand"),
        _mention.item_key.in_(bindparam("items", expanding=True)),
        _mention.void.is_(False),
    )
    .order_by(_mention.at.desc(), _mention.item_key)
)

OF_SERIES = OF_BRAND.where(OF_CLASS)


@dataclass(frozen=True, slots=True)
class SqlMentions:
    """The ``Mentions`` port over one connection."""

    connection: Connection

    def add(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Store mentions, the last of a batch winning over its own kind; return the new ones, in order."""
        if not mentions:
            return []
        last = {(m.client, m.brand, m.item_key): m for m in mentions}
        rows = [mention_row(m) for m in last.values()]
        added = {tuple(row) for row in self.connection.execute(INSERT.on(self.connection), rows)}
        known = [m for key, m in last.items() if key not in added]
        if known:
            self.connection.execute(RE_READ, [_re_read_row(m) for m in known])
        self.connection.execute(GROUP, [{"of_item": m.item_key, "group": m.group} for m in last.values()])
        return [m for key, m in last.items() if key in added]

    def expire(self, client: str, before: datetime, limit: int) -> int:
        """Delete a client's oldest mentions; what an open incident stands on stays."""
        asked = {"client": client, "before": before, "count": limit}
        found = self.connection.execute(EXPIRED, asked).all()
        keys = [{"of_client": row[0], "of_brand": row[1], "of_item": row[2]} for row in found]
        if keys:
            search_index.remove(self.connection, [row[3] for row in found if row[3] is not None])
            self.connection.execute(UNLINK, keys)
            self.connection.execute(FORGET, keys)
        return len(keys)

    def with_copies(self, access: Access, client: str, brand: str, item: str) -> list[Mention]:
        """A mention and all of its group, by item key, held for change; none where it is not to be seen."""
        if not access.may_see(client):
            return []
        asked = {"client": client, "brand": brand, "item": item}
        return [mention_of(row) for row in self.connection.execute(WITH_COPIES, asked)]

    def unsearchable(self, limit: int) -> list[Said]:
        """What was said in mentions that cannot be found by their words as they are now, newest first."""
        return said.unsearchable(self.connection, limit)

    def make_searchable(self, found_by: Sequence[tuple[Said, Collection[str]]]) -> None:
        """Store by which grams each is found, in place of earlier ones."""
        search_index.put(self.connection, found_by)

    def correct(self, mentions: Sequence[Mention]) -> None:
        """Store what a person said of these: label, unsure, topics, void."""
        if mentions:
            self.connection.execute(CORRECT, [_correct_row(m) for m in mentions])

    def of_brand(
        self, access: Access, client: str, brand: str, span: Span, limit: int = 200
    ) -> list[SeenMention]:
        """Mentions of the span, newest first; none where the reader may not see the client."""
        if not access.may_see(client):
            return []
        rows = self.connection.execute(OF_BRAND, terms(client, brand, span, limit))
        return [seen_of(row) for row in rows]

    def hits(self, access: Access, client: str, brand: str, span: Span, limit: int) -> list[SeenMention]:
        """Like ``of_brand``, with those that a person said are not about the brand."""
        if not access.may_see(client):
            return []
        rows = self.connection.execute(HITS, terms(client, brand, span, limit))
        return [seen_of(row) for row in rows]

    def of_item(self, access: Access, item: str) -> list[SeenMention]:
        """An item's mentions, of every client that may be seen."""
        found = [seen_of(row) for row in self.connection.execute(OF_ITEM, {"item": item})]
        return [s for s in found if access.may_see(s.mention.client)]

    def of_items(self, access: Access, client: str, brand: str, items: Collection[str]) -> list[SeenMention]:
        """A brand's mentions in these items, newest first."""
        if not access.may_see(client):
            return []
        found = [
            seen_of(row)
            for batch in batches(sorted(set(items)))
            for row in self.connection.execute(OF_ITEMS, {"client": client, "brand": brand, "items": batch})
        ]
        return sorted(found, key=lambda s: s.mention.published_at or s.mention.first_seen, reverse=True)

    def of_series(self, access: Access, series: Series, span: Span, limit: int) -> list[SeenMention]:
        """Mentions of the span, newest first; of every class where the series is over all."""
        if not access.may_see(series.client):
            return []
        asked = terms(series.client, series.brand, span, limit)
        if series.source_class is None:
            return [seen_of(row) for row in self.connection.execute(OF_BRAND, asked)]
        asked["of_class"] = series.source_class.value
        return [seen_of(row) for row in self.connection.execute(OF_SERIES, asked)]

    def said(self, access: Access, series: Series, span: Span, limit: int) -> list[Said]:
        """What was said in the mentions that ``of_series`` gives, in the same order."""
        return said.of_series(self.connection, series, span, limit) if access.may_see(series.client) else []


def mention_row(mention: Mention) -> dict[str, Any]:
    """All columns that a mention itself knows."""
    reading = mention.reading
    return {
        "client": mention.client,
        "brand": mention.brand,
        "item_key": mention.item_key,
        "version": mention.version,
        "source": mention.source,
        "source_class": mention.source_class.value,
        "published_at": mention.published_at,
        "first_seen": mention.first_seen,
        "at": mention.published_at or mention.first_seen,
        "read_at": mention.read_at,
        "alias": mention.match.alias,
        "spans": mention.match.spans,
        "model": reading.model,
        "p_neg": reading.p_neg,
        "p_neu": reading.p_neu,
        "p_pos": reading.p_pos,
        "label": reading.label.value,
        "unsure": reading.unsure,
        "topics": [topic.value for topic in reading.topics],
        "topic_words": reading.topic_words,
        "words": reading.words,
        "why": reading.why,
        "marks": reading.marks,
        "answers": reading.answers,
        "group_id": mention.group,
        "voice": mention.voice,
        "reach": mention.reach,
        "void": mention.void,
    }


def mention_of(row: Row[Any]) -> Mention:
    """The mention of a row that has the mention's columns."""
    return Mention(
        client=row.client,
        brand=row.brand,
        item_key=row.item_key,
        version=row.version,
        source=row.source,
        source_class=CLASSES[row.source_class],
        published_at=row.published_at,
        first_seen=row.first_seen,
        read_at=row.read_at,
        match=Match(row.client, row.brand, row.alias, row.spans),
        reading=_reading_of(row),
        group=row.group_id,
        voice=row.voice,
        reach=row.reach,
        void=row.void,
    )


def seen_of(row: Row[Any]) -> SeenMention:
    """A row of ``seen_mentions``: the mention and its item."""
    return SeenMention(mention_of(row), item_of(row))


def _reading_of(row: Row[Any]) -> Reading:
    return Reading(
        model=row.model,
        p_neg=row.p_neg,
        p_neu=row.p_neu,
        p_pos=row.p_pos,
        label=LABELS[row.label],
        unsure=row.unsure,
        topics=topics_of(row.topics),
        topic_words=_topic_words(row.topics, row.topic_words),
        words=row.words,
        why=row.why or (),
        marks=row.marks or (),
        answers=_answers_of(row.answers or ()),
    )


@lru_cache(maxsize=KINDS)
def _topic_words(topics: Sequence[str], told: Sequence[Any]) -> tuple[tuple[Topic, str], ...]:
    """Pairs; of what was stored as bare words all speak for the first topic."""
    first = topics[0] if topics else Topic.OTHER
    pairs = ((first, one) if isinstance(one, str) else one for one in told)
    return tuple((Topic(topic), word) for topic, word in pairs)


@lru_cache(maxsize=KINDS)
def _answers_of(answers: Sequence[Any]) -> tuple[tuple[Question, tuple[str, ...]], ...]:
    return tuple((Question(question), words) for question, words in answers)


def _re_read_row(mention: Mention) -> dict[str, Any]:
    row = mention_row(mention) | {"searchable": False}
    return _key_of(mention) | {
        f"new_{name}": value for name, value in row.items() if name not in {*KEY, "void"}
    }


def _correct_row(mention: Mention) -> dict[str, Any]:
    reading = mention.reading
    return _key_of(mention) | {
        "new_label": reading.label.value,
        "new_unsure": reading.unsure,
        "new_topics": [topic.value for topic in reading.topics],
        "new_void": mention.void,
    }


def _key_of(mention: Mention) -> dict[str, str]:
    return {"of_client": mention.client, "of_brand": mention.brand, "of_item": mention.item_key}
