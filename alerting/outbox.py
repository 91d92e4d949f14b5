"""How a delivery goes on after an attempt: arrived, tried again, or given up aloud."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from wanglou.domain.delivery import Delivery, DeliveryKind, DeliveryState, Later, Outcome, Sent
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity

LEASE = timedelta(minutes=2)
"""How long what was claimed belongs to its worker: BATCH calls of at most ten seconds, and some room."""

BATCH = 10
"""Deliveries to the desk itself claimed at once, and calls to a network a send may take."""

AT_ONCE = 1
"""Deliveries over a network claimed at once, so that the gravest goes next however slow a channel is."""

ROUND = timedelta(seconds=10)
"""After so long a round of sending ends, so that the worker looks about itself again."""

FIRST_DELAY = timedelta(seconds=5)
"""Before the second attempt; doubled for each one after."""

LONGEST_DELAY = {
    Severity.RED: timedelta(seconds=30),
    Severity.ORANGE: timedelta(minutes=1),
    Severity.YELLOW: timedelta(minutes=5),
    Severity.BLUE: timedelta(minutes=15),
}
"""The graver, the more often we try."""

PATIENCE = {
    Severity.RED: timedelta(minutes=30),
    Severity.ORANGE: timedelta(hours=1),
    Severity.YELLOW: timedelta(hours=3),
    Severity.BLUE: timedelta(hours=12),
}
"""When to stop hoping: the graver, the sooner people must hear that a channel fails them."""

_JITTER = 0.25
_BAND = 10
_WITHIN_BAND = {
    DeliveryKind.CARD_UPDATE: 1,
    DeliveryKind.REPLY: 2,
    DeliveryKind.CARD: 3,
    DeliveryKind.DIGEST: 3,
}


def priority(severity: Severity, kind: DeliveryKind) -> int:
    """Red before all others; of one severity the card first, its edits last."""
    return _BAND * severity + _WITHIN_BAND[kind]


def severity_of(delivery: Delivery) -> Severity:
    """How grave the incident was when this was written, or what waits behind it."""
    return Severity(delivery.priority // _BAND)


def after_attempt(delivery: Delivery, outcome: Outcome, now: datetime) -> Delivery:
    """The claimed delivery with what came of the attempt; ``attempts`` was raised by the claim.

    Raises ValueError for a delivery that is not claimed: it must not have been sent.
    """
    if delivery.state is not DeliveryState.LEASED:
        raise ValueError(f"delivery {delivery.id} is {delivery.state}; only a claimed one has an outcome")
    free = replace(delivery, lease_until=None, lease_holder=None)
    if isinstance(outcome, Sent):
        arrived = replace(free, provider_id=outcome.provider_id, delivered_at=now, trouble=None)
        return replace(arrived, state=DeliveryState.SENT)
    troubled = replace(free, trouble=outcome.because)
    if isinstance(outcome, Later):
        return _again(troubled, outcome.after, now)
    return replace(troubled, state=DeliveryState.DEAD)


def delay(delivery: Delivery) -> timedelta:
    """Our own wait before the next attempt: doubling up to the severity's longest, give or take a quarter.

    The share is drawn from id and attempt, so that deliveries spread out and a replay repeats itself.
    """
    longest = LONGEST_DELAY[severity_of(delivery)]
    doublings = min(delivery.attempts - 1, 12)  # beyond twelve every delay is the longest anyway
    wait = min(FIRST_DELAY * (1 << max(0, doublings)), longest)
    return wait * (1 - _JITTER + 2 * _JITTER * _draw(delivery))


def given_up(delivery: Delivery) -> Reason | None:
    """What the house must hear about a delivery that is dead; None for any other."""
    if delivery.state is not DeliveryState.DEAD:
        return None
    return Reason("delivery_given_up", {"channel": delivery.channel, "attempts": delivery.attempts})


def _again(delivery: Delivery, after: timedelta | None, now: datetime) -> Delivery:
    """Wait as long as the channel asks, else as we think fit; give up where that is past hoping."""
    next_at = now + (delay(delivery) if after is None else max(after, timedelta()))
    if next_at > delivery.waits_since + PATIENCE[severity_of(delivery)]:
        return replace(delivery, state=DeliveryState.DEAD)
    return replace(delivery, state=DeliveryState.PENDING, next_at=next_at)


def _draw(delivery: Delivery) -> float:
    digest = hashlib.sha256(f"{delivery.id}|{delivery.attempts}".encode()).digest()
    return digest[0] / 255
