"""The mentions page: stories by filters or by words, a page at a time, each from one consistent picture."""

import base64
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Text, bindparam, false, func, literal, select, tuple_

from wanglou.domain.correction import Correction, CorrectionKind, group_before
from wanglou.domain.mention import SeenMention
from wanglou.domain.person import Access
from wanglou.ports import MentionFilter, MentionList, MentionStory, SearchWords, TilePoint
from wanglou.storage import tables
from wanglou.storage.column_types import EPOCH, MICROSECOND
from wanglou.storage.engine import SqlStorage
from wanglou.storage.hours import DAY, HOUR, USUAL_DAYS, points
from wanglou.storage.mentions import seen_mentions, seen_of
from wanglou.storage.places import placed
from wanglou.storage.search_index import Sought, first_number, numbers_of
from wanglou.storage.unit_of_work import SqlUnitOfWork
from wanglou.storage.volumes import hour_of

_mention, _hour = tables.mention.c, tables.volume_hour.c

A_PAGE = 16
"""Stories a page lists: what a person scans before they narrow the search."""

_AT_ONCE = 200
"""Rows of the index fetched together."""

MOST_LOOKED_AT = 4_000
"""Rows of the index that one page looks at: a word of every post and a filter of few must not take long."""

BEHIND = 1_000
"""Mentions not findable yet from which on a page says so; fewer are a turn of the worker."""

CHART_DAYS = 31

_INSTANT = timedelta(microseconds=1)

_KEY = (_mention.at, _mention.item_key, _mention.client, _mention.brand)
COPIES = (
    select(_mention.client, _mention.brand, _mention.group_id, func.count(), func.sum(_mention.reach))
    .where(_mention.group_id.in_(bindparam("groups", expanding=True)))
    .group_by(_mention.client, _mention.brand, _mention.group_id)
)
WAITING = select(func.count()).select_from(
    select(_mention.at).where(_mention.searchable == false()).limit(BEHIND).subquery()
)
HOURS = (
    select(_hour.start, func.sum(_hour.mentions), func.sum(_hour.negatives))
    .where(
        _hour.client.in_(bindparam("clients", expanding=True)),
        _hour.start >= bindparam("since"),
        _hour.start <= bindparam("until"),
    )
    .group_by(_hour.start)
)


class _Found(NamedTuple):
    """Mentions of a page, what asks for the next, and where a search stopped short."""

    seen: Sequence[SeenMention]
    older: str | None
    searched_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class SqlMentionReader:
    """The ``MentionReader`` port over a storage."""

    storage: SqlStorage

    def find(
        self, access: Access, wanted: MentionFilter, words: SearchWords | None, older: str, now: datetime
    ) -> MentionList:
        """One page, newest first, of clients the reader may see."""
        clients = [client for client in wanted.clients if access.may_see(client)]
        with self.storage.look() as uow:
            searching = words is not None and bool(words.grams or words.beginnings)
            if not clients:
                found = _Found((), None)
            elif words is not None and searching:
                found = _searched(uow.connection, clients, wanted, words, older)
            else:
                found = _listed(uow.connection, clients, wanted, older)
            is_behind = searching and uow.connection.execute(WAITING).scalar_one() >= BEHIND
            volume = _volume(uow.connection, clients, wanted, now)
            return MentionList(_stories(uow, found.seen), found.older, found.searched_to, is_behind, volume)

    def story(self, access: Access, client: str, brand: str, item: str) -> MentionStory | None:
        """One mention with what is folded under it; None where there is none, or none for this reader."""
        if not access.may_see(client):
            return None
        asked = (_mention.client == client, _mention.brand == brand, _mention.item_key == item)
        with self.storage.look() as uow:
            rows = uow.connection.execute(seen_mentions().where(*asked))
            return next(iter(_stories(uow, [seen_of(row) for row in rows])), None)


def _asked(
    wanted: MentionFilter, clients: Collection[str], *, among_few: bool = False
) -> list[ColumnElement[bool]]:
    """The filter as conditions. Copies are listed only where one source or one story is asked for.

    ``among_few``: of mentions that are named by their numbers. The index over clients and times must not be
    used then, and is not for a value that is worked out: SQLite would walk over all that clients have.
    """
    client: ColumnElement[str] = func.coalesce(_mention.client, "") if among_few else _mention.client
    at: ColumnElement[datetime] = func.coalesce(_mention.at, EPOCH) if among_few else _mention.at
    asked = [
        client.in_(clients),
        at >= wanted.span.since,
        at < wanted.span.until,
        _mention.void.is_(wanted.void),
    ]
    if wanted.source is None and wanted.group is None:
        asked.append(_mention.voice.is_(True))
    exactly = {
        _mention.brand: wanted.brand,
        _mention.source: wanted.source,
        _mention.label: wanted.sentiment and wanted.sentiment.value,
        _mention.group_id: wanted.group,
    }
    asked += [column == value for column, value in exactly.items() if value is not None]
    if wanted.topic is not None:
        asked.append(_mention.topics.cast(Text).contains(f'"{wanted.topic.value}"', autoescape=True))
    if wanted.unsure:
        asked.append(_mention.unsure.is_(True))
    return asked


def _listed(connection: Connection, clients: Sequence[str], wanted: MentionFilter, older: str) -> _Found:
    """By time alone. One look a client, each along its own index: who sees few of many waits for none."""
    place = _place(older)
    keys: list[Row[Any]] = []
    for client in clients:
        asked = _asked(wanted, [client])
        if place is not None:
            asked.append(
                tuple_(*_KEY) < tuple_(*(literal(v, c.type) for v, c in zip(place, _KEY, strict=True)))
            )
        newest = [column.desc() for column in _KEY]
        keys += connection.execute(select(*_KEY).where(*asked).order_by(*newest).limit(A_PAGE + 1))
    keys.sort(key=tuple, reverse=True)
    shown = [tuple(key) for key in keys[:A_PAGE]]
    more = _named(shown[-1]) if len(keys) > A_PAGE else None
    return _Found(_in_order(connection, shown), more)


def _in_order(connection: Connection, keys: Sequence[tuple[Any, ...]]) -> list[SeenMention]:
    if not keys:
        return []
    items = list(dict.fromkeys(key[1] for key in keys))
    padded = items + items[-1:] * (A_PAGE - len(items))  # one length of list, one prepared statement
    rows = connection.execute(seen_mentions().where(_mention.item_key.in_(padded)))
    found = {(row.item_key, row.client, row.brand): seen_of(row) for row in rows}
    return [found[key[1:]] for key in keys]


def _searched(
    connection: Connection, clients: Sequence[str], wanted: MentionFilter, words: SearchWords, older: str
) -> _Found:
    """By words: rows of the index, newest first, until the page is full or enough was looked at."""
    sought = Sought(words.grams, words.beginnings, clients)
    least, before = first_number(wanted.span.since), first_number(wanted.span.until + timedelta(seconds=1))
    if older.isascii() and older.isdigit():
        before = min(before, int(older))
    found: list[tuple[int, SeenMention]] = []
    for _ in range(MOST_LOOKED_AT // _AT_ONCE):
        numbers = numbers_of(connection, sought, least, before, _AT_ONCE)
        found += _fitting(connection, numbers, _asked(wanted, clients, among_few=True), words)
        if len(found) > A_PAGE:
            return _Found([seen for _, seen in found[:A_PAGE]], str(found[A_PAGE - 1][0]))
        if len(numbers) < _AT_ONCE:
            return _Found([seen for _, seen in found], None)
        before = numbers[-1]
    return _Found([seen for _, seen in found], str(before), EPOCH + timedelta(seconds=before >> 30))


def _fitting(
    connection: Connection,
    numbers: Sequence[int],
    asked: Sequence[ColumnElement[bool]],
    words: SearchWords,
) -> list[tuple[int, SeenMention]]:
    """Those of the index's rows that pass the filters and have the words themselves, newest first."""
    if not numbers:
        return []
    padded = [*numbers, *[numbers[-1]] * (_AT_ONCE - len(numbers))]
    rows = connection.execute(
        seen_mentions().where(_mention.search_id.in_(padded), *asked).order_by(_mention.search_id.desc())
    )
    seen = ((row.search_id, seen_of(row)) for row in rows)
    return [(number, s) for number, s in seen if words.fits(s.all_words)]


def _stories(uow: SqlUnitOfWork, seen: Sequence[SeenMention]) -> tuple[MentionStory, ...]:
    """The mentions as stories; one that stands on the page twice is folded under its newest."""
    first: dict[tuple[str, str, str], SeenMention] = {}
    for s in seen:
        first.setdefault((s.mention.client, s.mention.brand, s.mention.group), s)
    groups = sorted({group for _, _, group in first})
    padded = groups + groups[-1:] * (A_PAGE - len(groups))
    rows = uow.connection.execute(COPIES, {"groups": padded}) if groups else ()
    sums = {tuple(row[:3]): (row[3] - 1, int(row[4])) for row in rows}
    told = {group_before(group, brand) for _, brand, group in first}
    standing, moves = uow.corrections.standing({*groups, *told}), placed(uow.connection, first.values())
    return tuple(
        MentionStory(
            s,
            *sums[key],
            tuple(_told_of(standing, *key)),
            moves.get(s.item.key, ()),
        )
        for key, s in first.items()
    )


def _told_of(
    standing: Mapping[str, Sequence[Correction]], client: str, brand: str, group: str
) -> Iterator[Correction]:
    """What was said of a story: of these copies, and before that the word that moved them to ``brand``."""
    before = group_before(group, brand)
    moved = (client, CorrectionKind.BRAND, brand)
    if before != group:
        yield from (c for c in standing.get(before, ()) if (c.client, c.kind, c.after) == moved)
    yield from (c for c in standing.get(group, ()) if (c.client, c.brand) == (client, brand))


def _volume(
    connection: Connection, clients: Sequence[str], wanted: MentionFilter, now: datetime
) -> tuple[TilePoint, ...]:
    """The hours of the span up to now, of its last month where it is longer."""
    last = hour_of(min(wanted.span.until - _INSTANT, now))
    first = max(hour_of(wanted.span.since), last - CHART_DAYS * DAY)
    if not clients or first > last:
        return ()
    statement = HOURS if wanted.brand is None else HOURS.where(_hour.brand == wanted.brand)
    since = first - USUAL_DAYS * DAY - HOUR
    rows = connection.execute(statement, {"clients": list(clients), "since": since, "until": last})
    return points({start: (int(all_), int(bad)) for start, all_, bad in rows}, first, last)


def _named(key: Sequence[Any]) -> str:
    """A place in the list as it travels in an address."""
    at, *rest = key
    told = json.dumps([(at - EPOCH) // MICROSECOND, *rest], ensure_ascii=False)
    return base64.urlsafe_b64encode(told.encode()).decode()


def _place(older: str) -> tuple[Any, ...] | None:
    """The place an address names; None for the first page, and for what nobody can read."""
    try:
        at, item, client, brand = json.loads(base64.urlsafe_b64decode(older.encode()))
        return (EPOCH + int(at) * MICROSECOND, str(item), str(client), str(brand))
    except (ValueError, TypeError, OverflowError):
        return None
