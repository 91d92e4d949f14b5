"""What a database remembers, as it could be seen then: for looking back, never for the desk itself."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from wanglou.domain.incident import Incident
from wanglou.domain.item import Engagement, Item
from wanglou.domain.person import HOUSE, Access
from wanglou.domain.span import Span
from wanglou.domain.volume import ExposureRow
from wanglou.storage import tables
from wanglou.storage.batches import batches
from wanglou.storage.engine import SqlStorage
from wanglou.storage.incidents import incident_of
from wanglou.storage.items import item_of, place_of

Seen = tuple[datetime, Item]
"""When something could first be seen, and what."""

_item, _incident = tables.item.c, tables.incident.c
_version, _reaction, _place = tables.item_version.c, tables.item_engagement.c, tables.item_place.c

AT_ONCE = timedelta(days=3)
"""Read in one transaction: a long look back must not keep a running desk from tidying its journal."""

_INSTANT = timedelta(microseconds=1)

BOUNDS = select(func.min(_item.first_seen), func.max(_item.first_seen))
FIRST_WORDS = select(
    tables.item, _version.title.label("was_title"), _version.text.label("was_text")
).outerjoin(tables.item_version, (_version.item_key == _item.key) & (_version.version == 1))
APPEARED = FIRST_WORDS.where(_item.first_seen >= bindparam("since"), _item.first_seen < bindparam("until"))
OF_KEYS = FIRST_WORDS.where(
    _item.key.in_(bindparam("keys", expanding=True)), _item.first_seen >= bindparam("known_since")
)
INCIDENTS = (
    select(tables.incident)
    .where(
        _incident.client != HOUSE,
        _incident.opened_at >= bindparam("since"),
        _incident.happened_at < bindparam("until"),
    )
    .order_by(_incident.happened_at, _incident.client, _incident.number)
)


def _between(statement: Select[Any], moment: Any) -> Select[Any]:
    return statement.where(moment >= bindparam("since"), moment < bindparam("until"))


OLD_WORDS = _between(select(tables.item_version), _version.version_seen).where(_version.version > 1)
NEW_WORDS = _between(
    select(_item.key.label("item_key"), _item.version_seen, _item.title, _item.text), _item.version_seen
).where(
    _item.key.in_(select(_version.item_key))
)  # few are ever edited, and there is no index by version_seen
REACTIONS = _between(select(tables.item_engagement), _reaction.observed_at)
PLACES = _between(select(tables.item_place), _place.placed_at)


@dataclass(frozen=True, slots=True)
class SqlHistory:
    """Stored items in the order in which they were seen, and the incidents of then."""

    storage: SqlStorage

    def bounds(self) -> Span | None:
        """From the first sight of the oldest item to after that of the newest; None where there is none."""
        with self.storage.look() as uow:
            oldest, newest = uow.connection.execute(BOUNDS).one()
        return None if oldest is None else Span(oldest, newest + _INSTANT)

    def sightings(self, span: Span) -> Iterator[Seen]:
        """What appeared in ``span``, oldest first: items, their new versions, reactions and list places.

        An item comes back with the words of its first version; of items that appeared before ``span``
        nothing is handed out.
        """
        since = span.since
        while since < span.until:
            until = min(since + AT_ONCE, span.until)
            with self.storage.look() as uow:
                seen = _seen(uow.connection, Span(since, until), span.since)
            yield from seen
            since = until

    def exposure(self, span: Span) -> list[ExposureRow]:
        """What share of each class could be seen; nothing is known of times long past."""
        with self.storage.look() as uow:
            return uow.volumes.exposure_between(span)

    def incidents(self, access: Access, span: Span) -> list[Incident]:
        """Clients' incidents that happened or opened in ``span``, by when they happened."""
        with self.storage.look() as uow:
            rows = uow.connection.execute(INCIDENTS, {"since": span.since, "until": span.until})
            found = [incident_of(row) for row in rows]
        return [incident for incident in found if access.may_see(incident.client)]

    def dismissal(self, incident: str) -> str:
        """Why people said an incident was none; empty where they did not."""
        with self.storage.look() as uow:
            record = [link.entry for link in uow.incidents.timeline(incident)]
        whys = [str(e.facts.get("why", "")) for e in record if e.kind.startswith("incident_dismissed")]
        return whys[-1] if whys else ""


def _seen(connection: Connection, span: Span, known_since: datetime) -> list[Seen]:
    within = {"since": span.since, "until": span.until}
    rows = connection.execute(APPEARED, within).all()
    known = {row.key: _as_first_seen(row) for row in rows}
    later = [(row.item_key, *_changed(row)) for row in _later_rows(connection, within)]
    known |= _others(connection, {key for key, _, _ in later} - known.keys(), known_since)
    seen = [(row.first_seen, 0, row.key, known[row.key]) for row in rows]
    seen += [(at, 1, key, replace(known[key], **new)) for key, at, new in later if key in known]
    return [(at, item) for at, _, _, item in sorted(seen, key=lambda one: one[:3])]


def _later_rows(connection: Connection, within: Mapping[str, datetime]) -> Iterator[Row[Any]]:
    for statement in (OLD_WORDS, NEW_WORDS, REACTIONS, PLACES):
        yield from connection.execute(statement, within)


def _changed(row: Row[Any]) -> tuple[datetime, dict[str, Any]]:
    """When a row's news could be seen, and the fields of the item it sets."""
    fields = row._mapping  # noqa: SLF001 -- SQLAlchemy's public name for a row as a mapping
    if "version_seen" in fields:
        return row.version_seen, {"title": row.title, "text": row.text}
    if "placed_at" in fields:
        return row.placed_at, {"board": place_of(row)}
    reactions = Engagement(row.observed_at, row.likes, row.comments, row.reposts)
    return row.observed_at, {"engagement": reactions}


def _others(connection: Connection, keys: Iterable[str], known_since: datetime) -> dict[str, Item]:
    """Items that appeared on an earlier day of the look back."""
    found: dict[str, Item] = {}
    for batch in batches(sorted(keys)):
        rows = connection.execute(OF_KEYS, {"keys": batch, "known_since": known_since})
        found |= {row.key: _as_first_seen(row) for row in rows}
    return found


def _as_first_seen(row: Row[Any]) -> Item:
    item = replace(item_of(row), engagement=None, board=None)
    return item if row.was_title is None else replace(item, title=row.was_title, text=row.was_text)
