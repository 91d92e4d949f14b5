"""A client's quiet hours: what may wait until morning, and the one message that then tells of it.

The desk watches at any hour, so its channel and its inbox are never held. Nor is what a promise needs: the
clocks' own warnings, the ladder, and everything about an incident whose clock in the client's contract falls
due before the quiet time is over.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from alerting.outbox import priority, severity_of
from alerting.routing import INBOX, Directory, awake, desk_channel
from wanglou.domain.client import Client
from wanglou.domain.clock import ACCOUNT_RESPONSE, STATEMENT, SlaClock
from wanglou.domain.delivery import Delivery, DeliveryKind, DeliveryState
from wanglou.domain.incident import Incident
from wanglou.domain.reason import Reason

NEVER_HELD = ("clock:", "escalated:")
"""Changes that are calls for help: a promise is running out, or nobody answers."""

_OWED_BY_THE_TEAM = (ACCOUNT_RESPONSE, STATEMENT)


def until(
    incident: Incident, clocks: Iterable[SlaClock], directory: Directory, now: datetime
) -> datetime | None:
    """When the client's people may be told of this incident; None means at once."""
    client = directory.client
    if client is None or client.quiet is None or incident.severity in client.quiet.never:
        return None
    over = client.quiet.until(now, directory.agency.zone)
    if over is None or any(_is_owed(clock, incident, client) and clock.due_at <= over for clock in clocks):
        return None
    return over


def held(
    rows: Iterable[Delivery], over: datetime, directory: Directory, shown: Collection[str], now: datetime
) -> list[Delivery]:
    """The rows, those that may wait held until ``over``.

    ``shown``: channels where the incident's card stands already; an edit of it wakes nobody.
    """
    people, own = awake(directory.agency, now), desk_channel(directory)

    def waits(row: Delivery) -> bool:
        is_desks = row.channel == own or row.channel.startswith(f"{INBOX}:")
        if is_desks or row.recipient in people or row.change.startswith(NEVER_HELD):
            return False
        return row.kind is not DeliveryKind.CARD_UPDATE or row.channel not in shown

    return [replace(row, state=DeliveryState.HELD, next_at=over) if waits(row) else row for row in rows]


def digests(ripe: Iterable[Delivery], now: datetime) -> list[tuple[Delivery, tuple[str, ...]]]:
    """For each client, channel and quiet time that is over: the message to enqueue, and the ids it tells.

    It hangs on the gravest incident, the newest among equals.
    """
    told = sorted(ripe, key=_group)
    return [_digest(list(rows), now) for _, rows in groupby(told, key=_group)]


def _is_owed(clock: SlaClock, incident: Incident, client: Client) -> bool:
    """Whether the client's own file promises this, and the team still owes it."""
    limit = client.contract.get(clock.name)
    if limit is None or clock.stopped_at is not None or clock.name not in _OWED_BY_THE_TEAM:
        return False
    return limit.at(incident.severity, office_open=clock.in_office_hours) is not None


def _group(row: Delivery) -> tuple[str, str, str]:
    return row.client, row.channel, row.next_at.isoformat()


def _digest(rows: Sequence[Delivery], now: datetime) -> tuple[Delivery, tuple[str, ...]]:
    """Named after exactly what it tells: a row of the night's last moment gets one of its own."""
    heavy = max(rows, key=lambda row: (severity_of(row), row.created_at, row.id))
    incidents = tuple(dict.fromkeys(row.incident for row in rows))
    told = tuple(sorted(row.id for row in rows))
    name = hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]
    recipients = {row.recipient for row in rows}
    over = heavy.next_at.isoformat()
    digest = replace(
        heavy,
        id=name,
        change=f"quiet:{over}:{name[:8]}",
        recipient=recipients.pop() if len(recipients) == 1 else "team",
        kind=DeliveryKind.DIGEST,
        priority=priority(severity_of(heavy), DeliveryKind.DIGEST),
        saying=Reason("quiet_over", {"until": over, "incidents": len(incidents)}),
        facts={"told": "+".join(told), "until": over},
        created_at=now,
        next_at=now,
        state=DeliveryState.PENDING,
    )
    return digest, told
