"""Incidents and the mentions that are their evidence."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, Text, and_, bindparam, func, select, true, type_coerce, update

from wanglou.domain.incident import ChainedEntry, Incident, IncidentState, TimelineEntry
from wanglou.domain.question import Question
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic
from wanglou.ports import StaleIncidentError
from wanglou.storage import tables, timelines
from wanglou.storage.batches import batches
from wanglou.storage.reasons import reason_columns
from wanglou.storage.upserts import keep_first

_incident, _mention, _link = tables.incident.c, tables.mention.c, tables.incident_mention.c

INSERT = keep_first(tables.incident, ["open_key"])
GET = select(tables.incident).where(_incident.id == bindparam("id"))
WITH_KEY = select(tables.incident).where(_incident.open_key == bindparam("key"))
OPEN_OF_BRAND = (
    select(tables.incident)
    .where(
        _incident.client == bindparam("client"),
        _incident.brand == bindparam("brand"),
        _incident.is_open == true(),
    )
    .order_by(_incident.opened_at.desc(), _incident.number.desc())
)
ALL_OPEN = (
    select(tables.incident)
    .where(_incident.is_open == true())
    .order_by(_incident.opened_at, _incident.client, _incident.number)
)
HIGHEST = select(func.coalesce(func.max(_incident.number), 0)).where(_incident.client == bindparam("client"))
LOCK_NUMBERS = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)))
SAVE = update(tables.incident).where(
    _incident.id == bindparam("of_id"), _incident.version == bindparam("was")
)

LINK = keep_first(tables.incident_mention, ["incident", "client", "brand", "item_key"])
_LINKED = (  # one brand at a time: SQLite finds no index for a list of (client, brand, item)
    _mention.client == bindparam("of_client"),
    _mention.brand == bindparam("of_brand"),
    _mention.item_key.in_(bindparam("items", expanding=True)),
)
REACH = select(func.coalesce(func.sum(_mention.reach), 0)).where(*_LINKED)
ALERT = (
    update(tables.mention)
    .where(*_LINKED, _mention.alerted_at.is_(None))
    .values(
        alerted_at=select(_incident.changed_at)
        .where(_incident.id == bindparam("of_incident"))
        .scalar_subquery()
    )
)
COUNT = (
    update(tables.incident)
    .where(_incident.id == bindparam("incident"))
    .values(
        evidence_mentions=_incident.evidence_mentions + bindparam("mentions"),
        evidence_reach=_incident.evidence_reach + bindparam("reach"),
    )
)
EVIDENCE = select(_link.client, _link.brand, _link.item_key).where(_link.incident == bindparam("incident"))
EVIDENCE_COUNT = select(_incident.evidence_mentions).where(_incident.id == bindparam("id"))

ANSWERS = (
    select(tables.mention.c.answers)
    .join_from(
        tables.incident_mention,
        tables.mention,
        and_(
            _link.client == tables.mention.c.client,
            _link.brand == tables.mention.c.brand,
            _link.item_key == tables.mention.c.item_key,
        ),
    )
    .where(
        _link.incident == bindparam("incident"),
        type_coerce(tables.mention.c.answers, Text).like(bindparam("holds")),
    )
    .order_by(tables.mention.c.at.desc(), tables.mention.c.item_key)
)


@dataclass(frozen=True, slots=True)
class SqlIncidents:
    """The ``Incidents`` port over one connection."""

    connection: Connection

    def get(self, incident: str) -> Incident | None:
        """One incident."""
        row = self.connection.execute(GET, {"id": incident}).one_or_none()
        return None if row is None else incident_of(row)

    def open_with_key(self, key: str) -> Incident | None:
        """The open incident of a story."""
        row = self.connection.execute(WITH_KEY, {"key": key}).one_or_none()
        return None if row is None else incident_of(row)

    def open_of_brand(self, client: str, brand: str) -> list[Incident]:
        """Open incidents of a brand, newest first."""
        rows = self.connection.execute(OPEN_OF_BRAND, {"client": client, "brand": brand})
        return [incident_of(row) for row in rows]

    def all_open(self) -> list[Incident]:
        """Every open incident, oldest first."""
        return [incident_of(row) for row in self.connection.execute(ALL_OPEN)]

    def next_number(self, client: str) -> int:
        """One more than the client's highest number; on PostgreSQL others asking wait for our commit."""
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(LOCK_NUMBERS, {"name": f"incident number|{client}"})
        return int(self.connection.execute(HIGHEST, {"client": client}).scalar_one()) + 1

    def add(self, incident: Incident) -> bool:
        """Store a new incident; False, and nothing stored, if its ``open_key`` is taken."""
        row = {"id": incident.id, "version": incident.version, **incident_columns(incident)}
        return self.connection.execute(INSERT.on(self.connection), row).one_or_none() is not None

    def save(self, incident: Incident) -> Incident:
        """Store a changed incident; StaleIncidentError if someone saved it since it was read."""
        raised = incident.version + 1
        changed = self.connection.execute(
            SAVE.values(**incident_columns(incident), version=raised),
            {"of_id": incident.id, "was": incident.version},
        )
        if changed.rowcount != 1:
            raise StaleIncidentError(
                f"saving incident {incident.id}: version {incident.version} is no longer the stored one; "
                "read it again and decide anew"
            )
        return replace(incident, version=raised)

    def append(self, entries: Sequence[TimelineEntry]) -> list[ChainedEntry]:
        """Add to the record; each entry is chained to the last of its incident."""
        return timelines.append(self.connection, entries)

    def timeline(self, incident: str) -> list[ChainedEntry]:
        """The record, first entry first."""
        return timelines.read(self.connection, incident)

    def add_evidence(self, incident: str, mentions: Collection[tuple[str, str, str]]) -> int:
        """Link mentions; those new to it are counted and stamped with the incident's last change."""
        brands: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        for client, brand, item in mentions:
            brands[client, brand][item] = None
        return sum(
            self._link(incident, client, brand, batch)
            for (client, brand), items in brands.items()
            for batch in batches(items)
        )

    def share_evidence(self, of: str, to: str) -> int:
        """Link what one incident stands on to another as well; return how many were new to it."""
        rows = self.connection.execute(EVIDENCE, {"incident": of}).all()
        return self.add_evidence(to, [(row.client, row.brand, row.item_key) for row in rows])

    def evidence_count(self, incident: str) -> int:
        """How many mentions are linked to an incident."""
        return int(self.connection.execute(EVIDENCE_COUNT, {"id": incident}).scalar_one())

    def evidence_saying(self, incident: str, question: Question) -> list[tuple[str, ...]]:
        """The words with which linked mentions answer a question with yes: one tuple a mention."""
        found = self.connection.execute(ANSWERS, {"incident": incident, "holds": f'%"{question}"%'})
        return [tuple(words) for (answers,) in found for asked, words in answers if asked == question]

    def _link(self, incident: str, client: str, brand: str, items: Sequence[str]) -> int:
        row = {"incident": incident, "client": client, "brand": brand}
        inserted = self.connection.execute(
            LINK.on(self.connection), [row | {"item_key": item} for item in items]
        ).all()
        if inserted:
            new = {"of_client": client, "of_brand": brand, "items": [link.item_key for link in inserted]}
            reach = int(self.connection.execute(REACH, new).scalar_one())
            self.connection.execute(ALERT, new | {"of_incident": incident})
            self.connection.execute(COUNT, {"incident": incident, "mentions": len(inserted), "reach": reach})
        return len(inserted)


def incident_columns(incident: Incident) -> dict[str, Any]:
    """All columns that a save may change."""
    return {
        "number": incident.number,
        "client": incident.client,
        "brand": incident.brand,
        "topic": incident.topic.value,
        "severity": incident.severity.colour,
        "state": incident.state.value,
        "is_open": incident.state.is_open,
        "open_key": incident.open_key,
        **reason_columns("because", incident.because),
        "happened_at": incident.happened_at,
        "opened_at": incident.opened_at,
        "changed_at": incident.changed_at,
        "owner": incident.owner,
        "acknowledged_at": incident.acknowledged_at,
        "acknowledged_by": incident.acknowledged_by,
        "ended_at": incident.ended_at,
    }


def incident_of(row: Row[Any]) -> Incident:
    """One incident."""
    return Incident(
        id=row.id,
        number=row.number,
        client=row.client,
        brand=row.brand,
        topic=Topic(row.topic),
        severity=Severity.named(row.severity),
        state=IncidentState(row.state),
        open_key=row.open_key,
        because=Reason(row.because_code, row.because_facts),
        happened_at=row.happened_at,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        owner=row.owner,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        ended_at=row.ended_at,
        version=row.version,
    )
