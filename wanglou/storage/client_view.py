"""One client's page: its brands hour by hour, its voices, what is over, and what feeds it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select, true

from wanglou.domain.span import Span
from wanglou.ports import ClientView, TilePoint
from wanglou.storage import tables
from wanglou.storage.hours import DAY, HOUR, USUAL_DAYS, points
from wanglou.storage.incidents import incident_of
from wanglou.storage.voices import voices
from wanglou.storage.volumes import hour_of

_hour, _incident, _mention = tables.volume_hour.c, tables.incident.c, tables.mention.c

_INSTANT = timedelta(microseconds=1)

HOURS = select(_hour.brand, _hour.start, _hour.mentions, _hour.negatives).where(
    _hour.client == bindparam("client"),
    _hour.start >= bindparam("since"),
    _hour.start <= bindparam("until"),
)
_HAS_ENDED = (_incident.client == bindparam("client"), _incident.is_open != true())
PAST = select(tables.incident).where(*_HAS_ENDED).order_by(_incident.number.desc()).limit(bindparam("count"))
ALL_PAST = select(func.count()).select_from(tables.incident).where(*_HAS_ENDED)
FEEDS = (
    select(_mention.source, func.count())
    .where(
        _mention.client == bindparam("client"),
        _mention.at > bindparam("since"),
        _mention.at <= bindparam("until"),
    )
    .group_by(_mention.source)
)


def client_view(connection: Connection, client: str, span: Span, now: datetime, past: int) -> ClientView:
    """The client over ``span``. The caller has made sure that the reader may see it."""
    ended = connection.execute(PAST, {"client": client, "count": past})
    day = {"client": client, "since": now - DAY, "until": now}
    return ClientView(
        volume=_volume(connection, client, span),
        voices=tuple(voices(connection, [client], span)),
        past=tuple(incident_of(row) for row in ended),
        all_past=int(connection.execute(ALL_PAST, {"client": client}).scalar_one()),
        feeds={source: int(count) for source, count in connection.execute(FEEDS, day)},
    )


def _volume(connection: Connection, client: str, span: Span) -> Mapping[str, tuple[TilePoint, ...]]:
    """Brand → its hours from the one that holds the span's begin to the one before its end."""
    first, last = hour_of(span.since), hour_of(span.until - _INSTANT)
    counts: dict[str, dict[datetime, tuple[int, int]]] = defaultdict(dict)
    terms = {"client": client, "since": first - USUAL_DAYS * DAY - HOUR, "until": last}
    for brand, start, mentions, negatives in connection.execute(HOURS, terms):
        counts[brand][start] = (mentions, negatives)
    return {brand: points(hours, first, last) for brand, hours in counts.items()}
