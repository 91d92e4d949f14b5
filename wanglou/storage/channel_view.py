"""How messages get through, channel by channel: what waits, what was given up, when the last one arrived."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from wanglou.domain.delivery import DeliveryState
from wanglou.ports import ChannelState
from wanglou.storage import tables
from wanglou.storage.reasons import reason_of

_delivery = tables.delivery.c

SENT_LATELY = timedelta(days=14)
"""How far back the last delivery is looked for: all that was ever sent would take longer with the years."""

WAITING = frozenset({DeliveryState.PENDING.value, DeliveryState.LEASED.value})
UNSENT = (*sorted(WAITING), DeliveryState.HELD.value, DeliveryState.DEAD.value)

Target = tuple[str, str]
"""Channel and recipient."""


def channels(connection: Connection, clients: Collection[str] | None, now: datetime) -> list[ChannelState]:
    """By channel and recipient; of the deliveries of ``clients`` alone, of all where it is None."""
    sent = select(_delivery.channel, _delivery.recipient, func.max(_delivery.delivered_at))
    sent = sent.where(_delivery.state == DeliveryState.SENT.value, _delivery.next_at >= now - SENT_LATELY)
    sent = _of(sent, clients).group_by(_delivery.channel, _delivery.recipient)
    arrived: dict[Target, datetime] = {(row[0], row[1]): row[2] for row in connection.execute(sent)}
    unsent: dict[Target, list[Row[Any]]] = defaultdict(list)
    order = _of(select(tables.delivery).where(_delivery.state.in_(UNSENT)), clients)
    for row in connection.execute(order.order_by(_delivery.created_at, _delivery.seq)):
        unsent[row.channel, row.recipient].append(row)
    return [_state(target, arrived.get(target), unsent[target]) for target in sorted({*arrived, *unsent})]


def _of(query: Select[Any], clients: Collection[str] | None) -> Select[Any]:
    return query if clients is None else query.where(_delivery.client.in_(sorted(clients)))


def _state(target: Target, sent_at: datetime | None, rows: Sequence[Row[Any]]) -> ChannelState:
    """``rows``: what did not arrive, oldest first."""
    waiting = [row for row in rows if row.state in WAITING]
    dead = [row for row in rows if row.state == DeliveryState.DEAD.value]
    given_up = max((max(row.created_at, row.next_at) for row in dead), default=None)
    works_again = given_up is not None and sent_at is not None and sent_at > given_up
    in_vain = waiting if works_again else [*waiting, *dead]
    vain = [row for row in in_vain if row.trouble_code is not None]
    worst = max(vain, key=lambda row: (row.created_at, row.seq), default=None)
    return ChannelState(
        *target,
        sent_at=sent_at,
        waiting=len(waiting),
        waiting_since=waiting[0].created_at if waiting else None,
        tries=max((row.attempts for row in waiting), default=0),
        next_at=min((row.next_at for row in waiting), default=None),
        held=len(rows) - len(waiting) - len(dead),
        dead=len(dead),
        dead_since=dead[0].created_at if dead else None,
        works_again=works_again,
        trouble=reason_of(worst.trouble_code, worst.trouble_facts) if worst else None,
        incident=worst.incident if worst else None,
    )
