"""The outbox: deliveries on their way, each in one worker's hands at a time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, exists, func, or_, select, update

from wanglou.domain.delivery import RELEASED_AT, Delivery, DeliveryKind, DeliveryState
from wanglou.domain.reason import Reason
from wanglou.storage import tables
from wanglou.storage.reasons import reason_columns, reason_of
from wanglou.storage.upserts import keep_first

_delivery, _mention, _link = tables.delivery.c, tables.mention.c, tables.incident_mention.c
_earlier, _later = tables.delivery.alias("earlier"), tables.delivery.alias("later")

PENDING, LEASED = DeliveryState.PENDING.value, DeliveryState.LEASED.value
HELD, BUNDLED = DeliveryState.HELD.value, DeliveryState.BUNDLED.value

ENQUEUE = keep_first(tables.delivery, ["incident", "change", "recipient", "channel"])
_IS_FREE = or_(
    _delivery.state == PENDING, and_(_delivery.state == LEASED, _delivery.lease_until <= bindparam("now"))
)
_WAITS_FOR_EARLIER = exists().where(
    _earlier.c.incident == _delivery.incident,
    _earlier.c.channel == _delivery.channel,
    _earlier.c.state.in_([PENDING, LEASED]),
    or_(
        _earlier.c.created_at < _delivery.created_at,
        and_(_earlier.c.created_at == _delivery.created_at, _earlier.c.seq < _delivery.seq),
    ),
)
# What waits behind a delivery lends it its priority, from the claim on: red does not sit out a blue wait.
_GRAVEST_BEHIND = (
    select(func.max(_later.c.priority))
    .where(
        _later.c.incident == _delivery.incident,
        _later.c.channel == _delivery.channel,
        _later.c.state == PENDING,
        _later.c.next_at <= bindparam("now"),
        _later.c.priority > _delivery.priority,
    )
    .correlate(tables.delivery)
    .scalar_subquery()
)
_PRIORITY = func.coalesce(_GRAVEST_BEHIND, _delivery.priority)
_IS_DUE = case((_delivery.next_at <= bindparam("now"), True), else_=_GRAVEST_BEHIND.is_not(None))
DUE = (
    select(_delivery.seq)
    .where(
        _delivery.state.in_([PENDING, LEASED]),
        _IS_DUE,
        _IS_FREE,
        _delivery.channel.startswith(bindparam("kind")),
        ~_WAITS_FOR_EARLIER,
    )
    .order_by(_PRIORITY.desc(), _delivery.created_at, _delivery.seq)
    .limit(bindparam("count"))
    # PostgreSQL: a second claimer passes over rows the first has just chosen
    .with_for_update(skip_locked=True, of=tables.delivery)
)
CLAIM = (
    update(tables.delivery)
    .where(_delivery.seq.in_(bindparam("rows", expanding=True)), _IS_FREE)
    .values(
        state=LEASED,
        lease_holder=bindparam("holder"),
        lease_until=bindparam("until"),
        attempts=_delivery.attempts + 1,
        priority=_PRIORITY,
    )
    .returning(tables.delivery)
)
SETTLE = update(tables.delivery).where(
    _delivery.id == bindparam("of_id"),
    _delivery.state == LEASED,
    # each claim raises the count, so it tells this claim from any later one, even by the same holder
    _delivery.attempts == bindparam("claim"),
)
SHOW = (
    update(tables.mention)
    .where(
        _mention.delivered_at.is_(None),
        exists().where(
            _link.incident == bindparam("of_incident"),
            _link.client == _mention.client,
            _link.brand == _mention.brand,
            _link.item_key == _mention.item_key,
        ),
    )
    .values(delivered_at=bindparam("shown_at"))
)
CARD = (
    select(_delivery.provider_id)
    .where(
        _delivery.incident == bindparam("incident"),
        _delivery.channel == bindparam("channel"),
        # an update whose card was gone has put up a new one
        _delivery.kind.in_([DeliveryKind.CARD.value, DeliveryKind.CARD_UPDATE.value]),
        _delivery.state == DeliveryState.SENT.value,
        _delivery.provider_id.is_not(None),
    )
    .order_by(_delivery.created_at.desc(), _delivery.seq.desc())
    .limit(1)
)
OF_INCIDENT = (
    select(tables.delivery)
    .where(_delivery.incident == bindparam("incident"))
    .order_by(_delivery.created_at, _delivery.seq)
)
REVIVE = (
    update(tables.delivery)
    .where(
        _delivery.id == bindparam("of_id"),
        _delivery.incident == bindparam("of_incident"),
        _delivery.state == DeliveryState.DEAD.value,
    )
    .values(state=PENDING, created_at=bindparam("from_now"), next_at=bindparam("from_now"))
    .returning(tables.delivery)
)
SUPERSEDE = (
    update(tables.delivery)
    .where(
        _delivery.incident == bindparam("of_incident"),
        _delivery.kind == DeliveryKind.CARD_UPDATE.value,
        _delivery.state.in_([PENDING, HELD]),
        _delivery.created_at < bindparam("before"),
    )
    .values(state=DeliveryState.SUPERSEDED.value)
)
HELD_OF = select(tables.delivery).where(
    _delivery.incident == bindparam("incident"),
    _delivery.state == HELD,
    _delivery.next_at > bindparam("now"),
)
RELEASE = (
    update(tables.delivery)
    .where(_delivery.id == bindparam("of_id"), _delivery.state == HELD)
    .values(state=PENDING, next_at=bindparam("from_now"), facts=bindparam("of_facts"))
)
HELD_UNTIL = (
    select(tables.delivery)
    .where(_delivery.state == HELD, _delivery.next_at <= bindparam("now"))
    .order_by(_delivery.created_at, _delivery.seq)
)
BUNDLE = (
    update(tables.delivery)
    .where(_delivery.id.in_(bindparam("ids", expanding=True)), _delivery.state == HELD)
    .values(state=BUNDLED)
)
IN_DIGEST = (
    select(tables.delivery)
    .where(
        _delivery.state == BUNDLED,
        _delivery.next_at == bindparam("until"),
        _delivery.client == bindparam("client"),
        _delivery.channel == bindparam("channel"),
    )
    .order_by(_delivery.created_at, _delivery.seq)
)


@dataclass(frozen=True, slots=True)
class SqlDeliveries:
    """The ``Deliveries`` port over one connection."""

    connection: Connection

    def enqueue(self, deliveries: Sequence[Delivery]) -> int:
        """Store deliveries that tell something new; return how many."""
        rows = [delivery_row(delivery) for delivery in deliveries]
        return len(self.connection.execute(ENQUEUE.on(self.connection), rows).all()) if rows else 0

    def claim(
        self, holder: str, now: datetime, lease: timedelta, limit: int, *, kind: str | None = None
    ) -> list[Delivery]:
        """Take due deliveries, at most one per incident and channel: the rest waits for its outcome.

        One that something graver waits behind is due at once, and has that priority from now on.
        """
        of = {"now": now, "count": limit, "kind": f"{kind}:" if kind else ""}
        due = list(self.connection.execute(DUE, of).scalars())
        if not due:
            return []
        terms = {"rows": due, "now": now, "holder": holder, "until": now + lease}
        taken = {row.seq: delivery_of(row) for row in self.connection.execute(CLAIM, terms)}
        return [taken[seq] for seq in due if seq in taken]

    def settle(self, delivery: Delivery) -> bool:
        """Store a claimed delivery's outcome.

        ``delivery.attempts`` must be what ``claim`` gave: it tells this claim from a later one. False if
        the delivery was claimed again, or settled, meanwhile.
        """
        outcome = self.connection.execute(
            SETTLE.values(**outcome_columns(delivery)), {"of_id": delivery.id, "claim": delivery.attempts}
        )
        if outcome.rowcount != 1:
            return False
        if delivery.state is DeliveryState.SENT and delivery.kind is not DeliveryKind.REPLY:
            self.connection.execute(
                SHOW, {"of_incident": delivery.incident, "shown_at": delivery.delivered_at}
            )
        return True

    def card_of(self, incident: str, channel: str) -> str | None:
        """The provider's id of the incident's newest card in a channel, once one was sent."""
        of = {"incident": incident, "channel": channel}
        return self.connection.execute(CARD, of).scalar_one_or_none()

    def of_incident(self, incident: str) -> list[Delivery]:
        """The incident's deliveries, oldest first."""
        return [delivery_of(row) for row in self.connection.execute(OF_INCIDENT, {"incident": incident})]

    def revive(self, incident: str, delivery: str, at: datetime) -> Delivery | None:
        """Try a dead delivery again; patience with its channel starts anew."""
        terms = {"of_id": delivery, "of_incident": incident, "from_now": at}
        row = self.connection.execute(REVIVE, terms).one_or_none()
        return delivery_of(row) if row else None

    def supersede_updates(self, incident: str, before: datetime) -> int:
        """Mark card updates that wait or are held, created before ``before``, as superseded; how many."""
        return self.connection.execute(SUPERSEDE, {"of_incident": incident, "before": before}).rowcount

    def release(self, incident: str, at: datetime, channel: str | None = None) -> int:
        """Let held deliveries go out from ``at`` on; what was held until then is its digest's."""
        rows = self.connection.execute(HELD_OF, {"incident": incident, "now": at}).all()
        freed = [
            {"of_id": row.id, "from_now": at, "of_facts": {**row.facts, RELEASED_AT: at.isoformat()}}
            for row in rows
            if channel in {None, row.channel}
        ]
        if freed:
            self.connection.execute(RELEASE, freed)
        return len(freed)

    def held_until(self, now: datetime) -> list[Delivery]:
        """Held deliveries whose quiet hours are over by ``now``, oldest first."""
        return [delivery_of(row) for row in self.connection.execute(HELD_UNTIL, {"now": now})]

    def bundle(self, deliveries: Collection[str]) -> None:
        """Mark held deliveries, by id, as told in a digest."""
        self.connection.execute(BUNDLE, {"ids": list(deliveries)})

    def bundled(self, client: str, channel: str, until: datetime) -> list[Delivery]:
        """What a client's digest of the quiet hours that ended at ``until`` tells, oldest first."""
        of = {"client": client, "channel": channel, "until": until}
        return [delivery_of(row) for row in self.connection.execute(IN_DIGEST, of)]


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """All columns of a delivery but its place in the queue."""
    return {
        "id": delivery.id,
        "incident": delivery.incident,
        "client": delivery.client,
        "change": delivery.change,
        "recipient": delivery.recipient,
        "channel": delivery.channel,
        "kind": delivery.kind.value,
        "priority": delivery.priority,
        **reason_columns("saying", delivery.saying),
        "facts": dict(delivery.facts),
        "created_at": delivery.created_at,
        "attempts": delivery.attempts,
        **outcome_columns(delivery),
    }


def outcome_columns(delivery: Delivery) -> dict[str, Any]:
    """The columns that say how it went."""
    return {
        "next_at": delivery.next_at,
        "state": delivery.state.value,
        "lease_until": delivery.lease_until,
        "lease_holder": delivery.lease_holder,
        "provider_id": delivery.provider_id,
        "delivered_at": delivery.delivered_at,
        **reason_columns("trouble", delivery.trouble),
    }


def delivery_of(row: Row[Any]) -> Delivery:
    """One row of the outbox."""
    return Delivery(
        id=row.id,
        incident=row.incident,
        client=row.client,
        change=row.change,
        recipient=row.recipient,
        channel=row.channel,
        kind=DeliveryKind(row.kind),
        priority=row.priority,
        saying=Reason(row.saying_code, row.saying_facts),
        facts=row.facts,
        created_at=row.created_at,
        next_at=row.next_at,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        lease_until=row.lease_until,
        lease_holder=row.lease_holder,
        provider_id=row.provider_id,
        delivered_at=row.delivered_at,
        trouble=reason_of(row.trouble_code, row.trouble_facts),
    )
