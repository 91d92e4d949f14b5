"""Deliver: claim what is due, send it outside any transaction, store what came of it.

A worker killed between the channel's answer and the store sends again when the lease is over: at least
once, at most one visible duplicate, and none where the channel can be asked whether it arrived.
"""

import logging
from datetime import datetime

from alerting import outbox, quiet
from alerting.cards import CardView, Letterhead, language_of, message
from alerting.digests import DigestView, Told, digest
from alerting.routing import INBOX
from desk.pipeline.house import trouble_with, works_again
from desk.pipeline.parts import Parts
from wanglou.domain.delivery import (
    Delivery,
    DeliveryKind,
    DeliveryState,
    Later,
    Message,
    Never,
    Outcome,
)
from wanglou.domain.house import part_named
from wanglou.domain.person import HOUSE
from wanglou.domain.question import Question
from wanglou.domain.reason import Reason
from wanglou.ports import UnitOfWork

log = logging.getLogger(__name__)


def deliver(parts: Parts, now: datetime) -> int:
    """Send what is due, for one round; return how many attempts were made.

    The desk's own rows come first, and again between any two sends: they need no network, and must not wait
    for one. What is due is looked up before each send, as something graver may have come up meanwhile.
    """
    _end_quiet(parts, now)
    made, moment = 0, now
    while made < outbox.BATCH and moment - now < outbox.ROUND:
        own = _send(parts, moment, outbox.BATCH, INBOX)
        others = _send(parts, parts.clock.now(), outbox.AT_ONCE)
        if not own + others:
            break
        made += own + others
        moment = parts.clock.now()
    return made


def _end_quiet(parts: Parts, now: datetime) -> None:
    """What quiet hours held back is told in one message a client and channel, in one transaction."""
    with parts.storage.look() as uow:
        if not uow.deliveries.held_until(now):
            return
    with parts.storage.begin() as uow:
        for message_, told in quiet.digests(uow.deliveries.held_until(now), now):
            uow.deliveries.enqueue([message_])
            uow.deliveries.bundle(told)
            uow.changes.note(message_.client, "delivery", message_.incident, now)
        uow.commit()


def _send(parts: Parts, now: datetime, limit: int, kind: str | None = None) -> int:
    with parts.storage.begin() as uow:
        claimed = uow.deliveries.claim(parts.holder, now, outbox.LEASE, limit, kind=kind)
        if claimed:
            uow.commit()
    for delivery in claimed:
        _settle(parts, delivery, _attempt(parts, delivery, now))
    return len(claimed)


def _attempt(parts: Parts, delivery: Delivery, now: datetime) -> Outcome:
    kind = delivery.channel.partition(":")[0]
    notifier = parts.notifiers.get(kind)
    if notifier is None:
        return Never(Reason("delivery_no_notifier", {"kind": kind}))
    try:
        letter = _letter(parts, delivery, now)
        return notifier.send(letter) if letter else Never(Reason("delivery_no_incident"))
    except Exception as error:  # one message's fault must not hold up the others, nor lose this one
        log.exception("notifier %s failed on delivery %s", kind, delivery.id)
        return Later(Reason("delivery_notifier_failed", {"kind": kind, "found": type(error).__name__}))


def _letter(parts: Parts, delivery: Delivery, now: datetime) -> Message | None:
    """The message as things stand now, not as they stood when it was enqueued."""
    agency = parts.config.agency
    head = Letterhead(agency.desk_url, agency.zone, agency.people, parts.rehearsal)
    language = language_of(delivery, agency)
    with parts.storage.look() as uow:
        view = _view(parts, uow, delivery.incident, now)
        if view is None:
            return None
        if delivery.kind is DeliveryKind.DIGEST:
            night = _digest(parts, uow, delivery, now)
            return digest(delivery, night, head, language) if night.told else None
        parent = uow.deliveries.card_of(delivery.incident, delivery.channel)
    return message(delivery, view, head, parent, language)


def _view(parts: Parts, uow: UnitOfWork, name: str, now: datetime) -> CardView | None:
    incident = uow.incidents.get(name)
    if incident is None:
        return None
    client = parts.config.clients.get(incident.client)
    return CardView(
        incident,
        client.name if client else parts.config.agency.name,
        tuple(uow.clocks.of_incident(name)),
        uow.plans.of_incident(name),
        uow.incidents.evidence_count(name),
        now,
        uow.incidents.evidence_saying(name, Question.HURT),
        part_named(incident.brand, parts.config.sources) if incident.client == HOUSE else None,
    )


def _digest(parts: Parts, uow: UnitOfWork, delivery: Delivery, now: datetime) -> DigestView:
    over = datetime.fromisoformat(str(delivery.facts["until"]))
    told = set(str(delivery.facts["told"]).split("+"))
    held = [d for d in uow.deliveries.bundled(delivery.client, delivery.channel, over) if d.id in told]
    views = [(name, _view(parts, uow, name, now)) for name in dict.fromkeys(d.incident for d in held)]
    client = parts.config.clients.get(delivery.client)
    return DigestView(
        delivery.client,
        client.name if client else parts.config.agency.name,
        tuple(Told(v, tuple(d for d in held if d.incident == name)) for name, v in views if v),
        over,
    )


def _settle(parts: Parts, delivery: Delivery, outcome: Outcome) -> None:
    now = parts.clock.now()  # sending may have taken seconds, and "delivered" is when it arrived
    settled = outbox.after_attempt(delivery, outcome, now)
    with parts.storage.begin() as uow:
        if not uow.deliveries.settle(settled):
            log.warning("the lease on delivery %s was lost while it was sent", delivery.id)
            return
        if settled.state is DeliveryState.SENT:
            works_again(parts, uow, settled.channel, now)
        given_up = outbox.given_up(settled)
        if given_up is not None:
            log.error("gave up on delivery %s to %s: %s", settled.id, settled.channel, settled.trouble)
            _tell_the_house(parts, uow, settled, given_up, now)
        uow.changes.note(delivery.client, "delivery", delivery.incident, now)
        uow.commit()


def _tell_the_house(parts: Parts, uow: UnitOfWork, dead: Delivery, given_up: Reason, now: datetime) -> None:
    """A channel that fails is the agency's own trouble: one incident for each channel.

    Trouble telling of the house's own incident is in the log and on the incident's page; an incident
    about it would fail in the same way.
    """
    if dead.client == HOUSE:
        return
    trouble_with(parts, uow, dead.channel, given_up, now)
