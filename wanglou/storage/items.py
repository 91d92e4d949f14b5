"""Items, their versions, engagement and board places."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, exists, or_, select, update
from sqlalchemy import insert as plain_insert

from wanglou.domain.item import Author, BoardPlace, DatedBy, Engagement, Followed, Item, KeptItem
from wanglou.storage import followed, tables
from wanglou.storage.batches import batches
from wanglou.storage.upserts import keep_first

_item = tables.item.c

AWAY = timedelta(hours=1)
"""Not seen on a hot list for longer than this, an entry has come back and not stayed."""

INSERT = keep_first(tables.item, ["key"])
INSERT_ENGAGEMENT = keep_first(tables.item_engagement, ["item_key", "observed_at"])
INSERT_PLACE = keep_first(tables.item_place, ["item_key", "board", "placed_at"])

ANY_ERASED = select(tables.erased_item.c.key).limit(1)
ERASED = select(tables.erased_item.c.key).where(
    tables.erased_item.c.key.in_(bindparam("keys", expanding=True))
)
KNOWN = select(_item.key, _item.digest).where(_item.key.in_(bindparam("keys", expanding=True)))
KNOWN_VERSIONS = select(tables.item_version.c.item_key, tables.item_version.c.digest).where(
    tables.item_version.c.item_key.in_(bindparam("keys", expanding=True))
)
PLACES = select(_item.key, _item.board, _item.rank, _item.heat, _item.placed_at).where(
    _item.key.in_(bindparam("keys", expanding=True)), _item.board.is_not(None)
)
CURRENT = select(tables.item).where(_item.key == bindparam("of_key"))
ARCHIVE = plain_insert(tables.item_version)
REVISE = update(tables.item).where(_item.key == bindparam("of_key"))

# Of what came in together the earliest published comes first, whatever order a place listed it in: of a
# group of copies the first that is read has the voice.
UNREAD = (
    select(tables.item)
    .where(_item.read_at.is_(None))
    .order_by(_item.first_seen, _item.published_at.asc().nulls_last(), _item.key)
)
UNREAD_SOME = UNREAD.limit(bindparam("count"))
MARK_READ = (
    update(tables.item)
    # a version that came in after the reading began stays unread
    .where(_item.key == bindparam("of_key"), _item.version == bindparam("of_version"))
    .values(read_at=bindparam("read"))
)

NEWER_ENGAGEMENT = (
    update(tables.item)
    .where(
        _item.key == bindparam("of_key"),
        or_(_item.observed_at.is_(None), _item.observed_at < bindparam("newer")),
    )
    .values(
        observed_at=bindparam("newer"),
        likes=bindparam("new_likes"),
        comments=bindparam("new_comments"),
        reposts=bindparam("new_reposts"),
    )
)
NEWER_PLACE = (
    update(tables.item)
    .where(
        _item.key == bindparam("of_key"),
        or_(_item.placed_at.is_(None), _item.placed_at < bindparam("newer")),
    )
    .values(
        board=bindparam("new_board"),
        rank=bindparam("new_rank"),
        heat=bindparam("new_heat"),
        placed_at=bindparam("newer"),
    )
)

PRUNE = delete(tables.item).where(
    _item.first_seen < bindparam("before"), ~exists().where(tables.mention.c.item_key == _item.key)
)
PRUNE_FINGERPRINTS = delete(tables.copy_fingerprint).where(
    tables.copy_fingerprint.c.seen_at < bindparam("before")
)


@dataclass(frozen=True, slots=True)
class SqlItems:
    """The ``Items`` port over one connection."""

    connection: Connection

    def keep(self, items: Sequence[Item], first_seen: datetime) -> int:
        """Store what is new, oldest of a batch first; any version's digest that is known is no news.

        What was erased stays away.
        """
        keyed = self._welcome([(item.key, item) for item in items])
        if not keyed:
            return 0
        firsts: dict[str, Item] = {}
        for key, item in keyed:
            firsts.setdefault(key, item)
        rows = [item_row(key, item, first_seen) for key, item in firsts.items()]
        placed = self._placed([key for key, item in keyed if item.board])
        new = set(self.connection.execute(INSERT.on(self.connection), rows).scalars())
        later = [(key, item) for key, item in keyed if key not in new or item is not firsts[key]]
        written = len(new) + self._keep_versions(later, first_seen)
        self._keep_engagement(keyed)
        self._keep_places(keyed, first_seen, placed)
        return written

    def places(self, keys: Collection[str]) -> dict[str, BoardPlace]:
        """Item key → where it stood on a hot list when it was last seen there; others are left out."""
        return {key: place_of(row) for key, row in self._placed(keys).items()}

    def followed(self, keys: Collection[str]) -> list[Followed]:
        """These items with every count of their reactions; those never counted are left out."""
        return followed.of_keys(self.connection, keys)

    def followed_at(self, source: str, author: str | None, since: datetime, limit: int) -> list[Followed]:
        """The latest counted items of a source, of one author if named."""
        return followed.latest(self.connection, source, author, since, limit)

    def unread(self, limit: int) -> list[KeptItem]:
        """Items that no reading has looked at, first seen first, then the earliest published, then by key."""
        return [kept_of(row) for row in self.connection.execute(UNREAD_SOME, {"count": limit})]

    def mark_read(self, kept: Sequence[KeptItem], at: datetime) -> None:
        """Say that these were looked at; a version that came in meanwhile stays unread."""
        if kept:
            rows = [{"of_key": k.item.key, "of_version": k.version, "read": at} for k in kept]
            self.connection.execute(MARK_READ, rows)

    def prune(self, before: datetime) -> int:
        """Delete old items without a mention, and fingerprints not seen since; return how many items."""
        self.connection.execute(PRUNE_FINGERPRINTS, {"before": before})
        return self.connection.execute(PRUNE, {"before": before}).rowcount

    def _welcome(self, keyed: Sequence[tuple[str, Item]]) -> Sequence[tuple[str, Item]]:
        """What was not erased at somebody's wish; mostly nothing ever was."""
        if not keyed or self.connection.execute(ANY_ERASED).first() is None:
            return keyed
        erased: set[str] = set()
        for batch in batches(dict(keyed)):
            erased |= set(self.connection.execute(ERASED, {"keys": batch}).scalars())
        return [(key, item) for key, item in keyed if key not in erased]

    def _keep_versions(self, later: Sequence[tuple[str, Item]], seen: datetime) -> int:
        known = self._known_digests({key for key, _ in later})
        written = 0
        for key, item in later:
            if item.digest not in known[key]:
                known[key].add(item.digest)
                self._revise(key, item, seen)
                written += 1
        return written

    def _known_digests(self, keys: Collection[str]) -> dict[str, set[str]]:
        known: dict[str, set[str]] = {key: set() for key in keys}
        for batch in batches(keys):
            for statement in (KNOWN, KNOWN_VERSIONS):
                for key, digest in self.connection.execute(statement, {"keys": batch}):
                    known[key].add(digest)
        return known

    def _revise(self, key: str, item: Item, seen: datetime) -> None:
        """Put the current words aside and store the new ones; a known publication time is kept."""
        old = self.connection.execute(CURRENT, {"of_key": key}).one()
        self.connection.execute(
            ARCHIVE,
            {
                "item_key": key,
                "version": old.version,
                "title": old.title,
                "text": old.text,
                "digest": old.digest,
                "version_seen": old.version_seen,
            },
        )
        new = words_row(item)
        if old.published_at is None:
            new |= date_row(item, old.first_seen)
        self.connection.execute(
            REVISE.values(**new, version=old.version + 1, version_seen=seen, read_at=None), {"of_key": key}
        )

    def _keep_engagement(self, keyed: Iterable[tuple[str, Item]]) -> None:
        rows = [
            {"item_key": key, **engagement_row(item.engagement)} for key, item in keyed if item.engagement
        ]
        if rows:
            self.connection.execute(INSERT_ENGAGEMENT.on(self.connection), rows)
            self.connection.execute(NEWER_ENGAGEMENT, [_newer_engagement(row) for row in rows])

    def _placed(self, keys: Collection[str]) -> dict[str, Row[Any]]:
        placed: dict[str, Row[Any]] = {}
        for batch in batches(keys):
            placed |= {row.key: row for row in self.connection.execute(PLACES, {"keys": batch})}
        return placed

    def _keep_places(
        self, keyed: Iterable[tuple[str, Item]], seen: datetime, before: Mapping[str, Row[Any]]
    ) -> None:
        """A place that is new, or returned to, goes into the history; one held on to is only seen later.

        A list of 50 looked at every five minutes would otherwise write five million rows a year.
        """
        rows = [
            (key, {"item_key": key, **_place_row(item.board), "placed_at": seen})
            for key, item in keyed
            if item.board
        ]
        if moved := [row for key, row in rows if _has_moved(row, before.get(key))]:
            self.connection.execute(INSERT_PLACE.on(self.connection), moved)
        if rows:
            self.connection.execute(NEWER_PLACE, [_newer_place(row) for _, row in rows])


def item_row(key: str, item: Item, first_seen: datetime) -> dict[str, Any]:
    """The row of an item seen for the first time."""
    return {
        "key": key,
        "source": item.source,
        "version": 1,
        "platform_id": item.platform_id,
        "first_seen": first_seen,
        "version_seen": first_seen,
        "read_at": None,
        "group_id": None,
        **words_row(item),
        **date_row(item, first_seen),
        **engagement_row(item.engagement),
        **_place_row(item.board),
        "placed_at": first_seen if item.board else None,
    }


def words_row(item: Item) -> dict[str, Any]:
    """What a new version of an item replaces."""
    author = item.author
    return {
        "url": item.url,
        "title": item.title,
        "text": item.text,
        "digest": item.digest,
        "author_id": author.id if author else None,
        "author_name": author.name if author else None,
        "author_verified": author.verified if author else None,
        "author_followers": author.followers if author else None,
    }


def date_row(item: Item, first_seen: datetime) -> dict[str, Any]:
    """When an item says it was published; never after we had it."""
    published = item.published_at
    ahead = published is not None and published > first_seen
    return {
        "published_at": first_seen if ahead else published,
        "dated_by": item.dated_by.value,
        "future_dated": ahead,
    }


def engagement_row(engagement: Engagement | None) -> dict[str, Any]:
    """Counts and when they were counted; all None where nothing is known."""
    return {
        "observed_at": engagement.observed_at if engagement else None,
        "likes": engagement.likes if engagement else None,
        "comments": engagement.comments if engagement else None,
        "reposts": engagement.reposts if engagement else None,
    }


def item_of(row: Row[Any]) -> Item:
    """The item of a row that has the item's columns."""
    return Item(
        source=row.source,
        url=row.url,
        title=row.title,
        text=row.text,
        author=_author_of(row),
        published_at=row.published_at,
        dated_by=DatedBy(row.dated_by),
        platform_id=row.platform_id,
        engagement=_engagement_of(row),
        board=None if row.board is None else place_of(row),
    )


def place_of(row: Row[Any]) -> BoardPlace:
    """The place of a row that has one."""
    return BoardPlace(row.board, row.rank, row.heat)


def kept_of(row: Row[Any]) -> KeptItem:
    """The item as stored, with its version and first sight."""
    return KeptItem(item_of(row), row.version, row.first_seen, row.future_dated, row.group_id)


def _place_row(place: BoardPlace | None) -> dict[str, Any]:
    return {
        "board": place.board if place else None,
        "rank": place.rank if place else None,
        "heat": place.heat if place else None,
    }


def _author_of(row: Row[Any]) -> Author | None:
    if row.author_name is None:
        return None
    return Author(row.author_name, row.author_id, row.author_verified, row.author_followers)


def _engagement_of(row: Row[Any]) -> Engagement | None:
    if row.observed_at is None:
        return None
    return Engagement(row.observed_at, row.likes, row.comments, row.reposts)


def _newer_engagement(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "of_key": row["item_key"],
        "newer": row["observed_at"],
        "new_likes": row["likes"],
        "new_comments": row["comments"],
        "new_reposts": row["reposts"],
    }


def _has_moved(row: Mapping[str, Any], before: Row[Any] | None) -> bool:
    """Whether an entry stands elsewhere than when it was last seen, or was away in between."""
    if before is None or (before.board, before.rank) != (row["board"], row["rank"]):
        return True
    return bool(row["placed_at"] - before.placed_at > AWAY)


def _newer_place(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "of_key": row["item_key"],
        "newer": row["placed_at"],
        "new_board": row["board"],
        "new_rank": row["rank"],
        "new_heat": row["heat"],
    }
