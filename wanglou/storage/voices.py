"""Voices of own brands and of competitors, side by side, for the share of voice."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, bindparam, func, select

from wanglou.domain.span import Span
from wanglou.ports import Voices
from wanglou.storage import tables

_own, _other = tables.volume_hour.c, tables.competitor_hour.c

OWN = (
    select(_own.client, _own.brand, func.sum(_own.mentions), func.sum(_own.voices), func.sum(_own.negatives))
    .where(
        _own.client.in_(bindparam("clients", expanding=True)),
        _own.start >= bindparam("since"),
        _own.start < bindparam("until"),
    )
    .group_by(_own.client, _own.brand)
    .order_by(_own.client, _own.brand)
)
OTHERS = (
    select(_other.client, _other.competitor, func.sum(_other.mentions), func.sum(_other.voices))
    .where(
        _other.client.in_(bindparam("clients", expanding=True)),
        _other.start >= bindparam("since"),
        _other.start < bindparam("until"),
    )
    .group_by(_other.client, _other.competitor)
    .order_by(_other.client, _other.competitor)
)
FIRST = (
    select(_other.start)
    .where(_other.client == bindparam("client"), _other.competitor == bindparam("competitor"))
    .order_by(_other.start)
    .limit(1)
)


def voices(connection: Connection, clients: Sequence[str], span: Span) -> list[Voices]:
    """By client, own brands first, then by name. The caller has made sure that the reader may see them."""
    terms = {"clients": clients, "since": span.since, "until": span.until}
    own = [
        Voices(client, brand, competitor=False, mentions=int(n), voices=int(spoke), negatives=int(against))
        for client, brand, n, spoke, against in connection.execute(OWN, terms)
    ]
    found = [*own, *_others(connection, terms)]
    return sorted(found, key=lambda v: (v.client, v.competitor, v.name))


def _others(connection: Connection, terms: dict[str, object]) -> Iterator[Voices]:
    for client, name, n, spoke in connection.execute(OTHERS, terms).all():
        first = connection.execute(FIRST, {"client": client, "competitor": name}).scalar_one()
        yield Voices(client, name, competitor=True, mentions=int(n), voices=int(spoke), since=first)
