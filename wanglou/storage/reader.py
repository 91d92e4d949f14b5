"""What pages ask, each answer from one consistent picture and only of clients the reader may see."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Row,
    Text,
    bindparam,
    cast,
    func,
    select,
    true,
    type_coerce,
)

from wanglou.domain.change import Change
from wanglou.domain.incident import Incident
from wanglou.domain.mention import SeenMention
from wanglou.domain.person import HOUSE, Access
from wanglou.domain.plan import StepState
from wanglou.domain.reason import Reason
from wanglou.domain.signal import Polarity
from wanglou.domain.span import Span
from wanglou.ports import (
    BoardRow,
    BoardView,
    ChannelState,
    ClientTile,
    ClientView,
    IncidentView,
    QuietSignals,
    TilePoint,
    Voices,
)
from wanglou.storage import tables
from wanglou.storage.changes import AFTER_SOME, NEWEST, change_of
from wanglou.storage.channel_view import channels
from wanglou.storage.client_view import client_view
from wanglou.storage.column_types import EPOCH, MICROSECOND
from wanglou.storage.engine import SqlStorage
from wanglou.storage.hours import DAY, HOUR, USUAL_DAYS, Counts, hour_row, points
from wanglou.storage.incidents import ALL_OPEN, incident_of
from wanglou.storage.mentions import seen_mentions, seen_of
from wanglou.storage.places import placed
from wanglou.storage.signals import signal_of
from wanglou.storage.unit_of_work import SqlUnitOfWork
from wanglou.storage.voices import voices
from wanglou.storage.volumes import hour_of

_incident, _mention, _hour = tables.incident.c, tables.mention.c, tables.volume_hour.c
_clock, _step, _link = tables.clock.c, tables.step.c, tables.incident_mention.c
_signal, _observed = tables.signal.c, tables.observed.c

TILE_HOURS = 24
LOUDEST_WORDS = 8
WORDS_FROM = 60
"""The newest voices of a client whose words are counted: enough to be loud, little enough to be quick."""

QUIET_READ = 200
"""The newest signals nobody was told of: a page lists a few brands, and a storm must not slow it down."""

EVIDENCE_SHOWN = 200
CHART_DAYS = 14
"""An incident's chart begins a day before it happened and is cut after this many days."""

CLIENTS_KEPT = 256
"""Clients whose hours are kept as read, some 20 kB each: few of them are spoken of between two looks."""

_HOUR_NUMBER = HOUR // MICROSECOND
_CLIENTS: BindParameter[Any] = bindparam("clients", expanding=True)
OPEN_OF = ALL_OPEN.where(_incident.client.in_(_CLIENTS))


def _first_due(of: ColumnElement[str], at: Column[Any], what: Column[Any], still: ColumnElement[bool]) -> Any:
    """What of an open incident's promises or steps is due first: one row each, whatever their number."""
    place = func.row_number().over(partition_by=of, order_by=(at, what))
    ranked = (
        select(of.label("incident"), at.label("at"), what.label("what"), place.label("place"))
        .join(tables.incident, _incident.id == of)
        .where(_incident.is_open == true(), _incident.client.in_(_CLIENTS), still)
        .subquery()
    )
    return select(ranked.c.incident, ranked.c.at, ranked.c.what).where(ranked.c.place == 1)


CLOCK_DUE = _first_due(_clock.incident, _clock.due_at, _clock.name, _clock.stopped_at.is_(None))
STEP_DUE = _first_due(_step.incident, _step.due_at, _step.title, _step.state == StepState.TODO.value)
_TRIPLE = (
    cast(type_coerce(_hour.start, BigInteger) // _HOUR_NUMBER, Text)
    + ","
    + cast(_hour.mentions, Text)
    + ","
    + cast(_hour.negatives, Text)
)
OBSERVED_OF = (
    select(_observed.client, _observed.brand, _observed.buckets)
    .where(_observed.client.in_(_CLIENTS))
    .order_by(_observed.client, _observed.brand)
)
HOURS_OF_CLIENTS = (  # one row a client instead of hundreds, which take longer to fetch than to find
    select(_hour.client, func.aggregate_strings(_TRIPLE, ",").label("hours"))
    .where(_hour.client.in_(_CLIENTS), _hour.start >= bindparam("since"), _hour.start <= bindparam("until"))
    .group_by(_hour.client)
)
QUIET = (
    select(tables.signal)
    .where(
        _signal.incident.is_(None),
        _signal.at >= bindparam("since"),
        _signal.suppressed_code.is_not(None),
        _signal.polarity != Polarity.POS.value,
        _signal.client.in_(_CLIENTS),
    )
    .order_by(_signal.at.desc(), _signal.key)
    .limit(QUIET_READ)
)
HOURS_OF_BRAND = select(_hour.start, _hour.mentions, _hour.negatives).where(
    _hour.client == bindparam("client"),
    _hour.brand == bindparam("brand"),
    _hour.start >= bindparam("since"),
    _hour.start <= bindparam("until"),
)
NEWEST_WORDS = (
    select(_mention.words)
    .where(
        _mention.client == bindparam("client"),
        _mention.at > bindparam("since"),
        _mention.at <= bindparam("until"),
        _mention.voice,
        _mention.void.is_(False),
    )
    .order_by(_mention.at.desc())
    .limit(WORDS_FROM)
)
_CHOSEN = (
    select(_mention.client, _mention.brand, _mention.item_key)
    .join(
        tables.incident_mention,
        (_link.client == _mention.client)
        & (_link.brand == _mention.brand)
        & (_link.item_key == _mention.item_key),
    )
    .where(_link.incident == bindparam("incident"), _mention.client == bindparam("client"))
    .order_by(_mention.voice.desc(), _mention.at.desc(), _mention.item_key)
    .limit(EVIDENCE_SHOWN)
    .subquery()
)
EVIDENCE = (
    seen_mentions()
    .join(
        _CHOSEN,
        (_CHOSEN.c.client == _mention.client)
        & (_CHOSEN.c.brand == _mention.brand)
        & (_CHOSEN.c.item_key == _mention.item_key),
    )
    .order_by(_mention.voice.desc(), _mention.at.desc(), _mention.item_key)
)
NUMBERED = select(_incident.id).where(
    _incident.client == bindparam("client"), _incident.number == bindparam("number")
)
AFTER_OF = AFTER_SOME.where(tables.change.c.client.in_(bindparam("clients", expanding=True)))
CHANGES_AT_ONCE = 500


class _Due(NamedTuple):
    """Compared by time first."""

    at: datetime
    what: str
    is_step: bool


@dataclass(frozen=True, slots=True)
class SqlDeskReader:
    """The ``DeskReader`` port over a storage."""

    storage: SqlStorage

    def board(self, access: Access, clients: Sequence[str], now: datetime) -> BoardView:
        """Open incidents by what falls due first, and a tile for each client but the house."""
        mine = [client for client in dict.fromkeys(clients) if access.may_see(client)]
        with self.storage.look() as uow:
            rows = _board_rows(uow.connection, mine)
            tiles = _tiles(uow.connection, [client for client in mine if client != HOUSE], now)
            sources = tuple(uow.sources.health().values())
            quiet = _quiet(uow.connection, mine, now)
        return BoardView(rows, tiles, sources, now, tuple(quiet))

    def quiet(self, access: Access, clients: Sequence[str], now: datetime) -> list[QuietSignals]:
        """What stood out of late and is no incident, of those of ``clients`` that may be seen."""
        with self.storage.look() as uow:
            return _quiet(uow.connection, [c for c in clients if access.may_see(c)], now)

    def incident(self, access: Access, incident: str, now: datetime) -> IncidentView | None:
        """One incident with all that belongs to it."""
        with self.storage.look() as uow:
            found = uow.incidents.get(incident)
            if found is None or not access.may_see(found.client):
                return None
            return _incident_view(uow, found, now)

    def incident_numbered(self, access: Access, client: str, number: int) -> str | None:
        """The id of a client's incident by its number."""
        if not access.may_see(client):
            return None
        with self.storage.look() as uow:
            found = uow.connection.execute(NUMBERED, {"client": client, "number": number})
            return found.scalar_one_or_none()

    def client(self, access: Access, client: str, span: Span, now: datetime, past: int) -> ClientView | None:
        """One client over ``span``."""
        if not access.may_see(client):
            return None
        with self.storage.look() as uow:
            return client_view(uow.connection, client, span, now, past)

    def voices(self, access: Access, clients: Sequence[str], span: Span) -> list[Voices]:
        """What was counted of those clients that the reader may see."""
        mine = [client for client in dict.fromkeys(clients) if access.may_see(client)]
        with self.storage.look() as uow:
            return voices(uow.connection, mine, span)

    def channels(self, access: Access, now: datetime) -> list[ChannelState]:
        """How messages of those clients that the reader may see get through, by channel and recipient."""
        with self.storage.look() as uow:
            return channels(uow.connection, access.clients, now)

    def changes(self, access: Access, after: int) -> list[Change]:
        """What changed for this reader, by id, at most 500 at once."""
        terms: dict[str, Any] = {"last": after, "count": CHANGES_AT_ONCE}
        with self.storage.look() as uow:
            if access.clients is None:
                rows = uow.connection.execute(AFTER_SOME, terms)
            else:
                rows = uow.connection.execute(AFTER_OF, terms | {"clients": sorted(access.clients)})
            return [change_of(row) for row in rows]

    def newest_change(self) -> int:
        """The id to start listening from."""
        with self.storage.look() as uow:
            return int(uow.connection.execute(NEWEST).scalar_one())


def _board_rows(connection: Connection, clients: Sequence[str]) -> tuple[BoardRow, ...]:
    found = connection.execute(OPEN_OF, {"clients": clients}).all()
    due = _next_due(connection, clients)
    rows = [_board_row(row, due.get(row.id)) for row in found]
    return tuple(sorted(rows, key=_urgency))


def _board_row(row: Row[Any], due: _Due | None) -> BoardRow:
    at, what, is_step = due or (None, None, False)
    return BoardRow(incident_of(row), at, what, is_step, row.evidence_mentions, row.evidence_reach)


def _urgency(row: BoardRow) -> tuple[bool, datetime, int, datetime]:
    """Due first; without anything due last, and there the graver, then the older first."""
    incident = row.incident
    return row.next_due is None, row.next_due or incident.opened_at, -incident.severity, incident.opened_at


def _quiet(connection: Connection, clients: Sequence[str], now: datetime) -> list[QuietSignals]:
    """By brand, the newest signal first; the index leads to the few that joined nothing."""
    brands: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in connection.execute(QUIET, {"clients": clients, "since": now - DAY}):
        brands.setdefault((row.client, row.brand), []).append(row)
    return [
        QuietSignals(
            tuple(signal_of(row) for row in kept),
            Reason(kept[0].suppressed_code, kept[0].suppressed_facts or {}),
        )
        for kept in brands.values()
    ]


def _next_due(connection: Connection, clients: Sequence[str]) -> dict[str, _Due]:
    """Open incident → its running clock or step to do that falls due first."""
    first: dict[str, _Due] = {}
    for statement, is_step in ((CLOCK_DUE, False), (STEP_DUE, True)):
        for incident, at, what in connection.execute(statement, {"clients": clients}).all():
            due = _Due(at, what, is_step)
            first[incident] = min(first.get(incident, due), due)
    return first


def _tiles(connection: Connection, clients: Sequence[str], now: datetime) -> tuple[ClientTile, ...]:
    last = hour_of(now)
    first = last - (TILE_HOURS - 1) * HOUR
    span = {"clients": clients, "since": _band_start(first), "until": last}
    told = {row.client: row.hours for row in connection.execute(HOURS_OF_CLIENTS, span)}
    observed: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for client, brand, buckets in connection.execute(OBSERVED_OF, {"clients": clients}):
        observed[client].append((brand, int(buckets)))
    return tuple(
        ClientTile(
            client,
            _points(told.get(client, ""), first, last),
            _loudest(connection, client, now),
            tuple(observed[client]),
        )
        for client in clients
    )


@lru_cache(maxsize=CLIENTS_KEPT)
def _points(told: str, first: datetime, last: datetime) -> tuple[TilePoint, ...]:
    """A client's points from hour, mentions and negatives of one entry after another, in any order.

    Hours are counted from 1970; of each hour there is an entry a brand.
    """
    if not told:
        return points({}, first, last)
    numbers = [int(number) for number in told.split(",")]
    hours = numbers[::3]
    began = min(hours)
    said = zip((hour - began for hour in hours), numbers[1::3], numbers[2::3], strict=True)
    return hour_row(EPOCH + began * HOUR, last, said).points(first, last)


def _loudest(connection: Connection, client: str, now: datetime) -> tuple[tuple[str, int], ...]:
    """Words that carried the readings of the client's newest voices, with how many of those had them."""
    voices = connection.execute(NEWEST_WORDS, {"client": client, "since": now - DAY, "until": now}).scalars()
    return _most_common(word for words in voices for word in {w for w, weight in words if weight > 0})


def _tells(word: str) -> bool:
    """Whether a word says anything alone: single characters (的, 了, 它) and numbers do not."""
    return len(word) > 1 and not word.isnumeric()


def _most_common(words: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """The loudest first; words equally loud in their own order, so that a page does not flicker."""
    counted = [pair for pair in Counter(words).items() if _tells(pair[0])]
    return tuple(sorted(counted, key=lambda pair: (-pair[1], pair[0]))[:LOUDEST_WORDS])


def _incident_view(uow: SqlUnitOfWork, incident: Incident, now: datetime) -> IncidentView:
    evidence = _evidence(uow.connection, incident)
    return IncidentView(
        incident=incident,
        plan=uow.plans.of_incident(incident.id),
        clocks=tuple(uow.clocks.of_incident(incident.id)),
        timeline=tuple(uow.incidents.timeline(incident.id)),
        signals=tuple(uow.signals.of_incident(incident.id)),
        evidence=evidence,
        deliveries=tuple(uow.deliveries.of_incident(incident.id)),
        volume=() if incident.client == HOUSE else _volume(uow.connection, incident, now),
        placed=placed(uow.connection, evidence),
    )


def _evidence(connection: Connection, incident: Incident) -> tuple[SeenMention, ...]:
    rows = connection.execute(EVIDENCE, {"incident": incident.id, "client": incident.client})
    return tuple(seen_of(row) for row in rows)


def _volume(connection: Connection, incident: Incident, now: datetime) -> tuple[TilePoint, ...]:
    """The brand's hours from a day before it happened to a day after it ended."""
    first = hour_of(min(incident.happened_at, incident.opened_at) - DAY)
    last = hour_of(min(now, (incident.ended_at or now) + DAY, first + CHART_DAYS * DAY))
    return points(_hours_of_brand(connection, incident, first, last), first, last)


def _hours_of_brand(connection: Connection, incident: Incident, first: datetime, last: datetime) -> Counts:
    of = {"client": incident.client, "brand": incident.brand}
    rows = connection.execute(HOURS_OF_BRAND, of | {"since": _band_start(first), "until": last})
    return {start: (mentions, negatives) for start, mentions, negatives in rows}


def _band_start(first: datetime) -> datetime:
    return first - USUAL_DAYS * DAY - HOUR
