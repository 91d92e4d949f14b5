"""Respond: a playbook is chosen, dated and frozen into the incident; owners hear of what is theirs now.

Where severity or topic change afterwards and another book fits, its steps are added to the plan.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerting import escalation, incidents
from desk.pipeline.house import trouble_with
from desk.pipeline.parts import Parts
from playbooks import planner
from playbooks.playbook import NoPlaybookError, choose, is_outgrown
from wanglou.domain.house import PLAYBOOK
from wanglou.domain.incident import Incident
from wanglou.domain.person import HOUSE
from wanglou.domain.plan import Plan, Playbook, Step
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic
from wanglou.ports import StaleIncidentError, UnitOfWork

log = logging.getLogger(__name__)

TOPIC_PATIENCE = timedelta(minutes=2)
"""How long a plan waits for the topic to become clear: less than half of the shortest first answer."""


@dataclass(frozen=True, slots=True)
class _Outgrown:
    """An incident with its plan, which no longer does, and the book that does."""

    incident: Incident
    plan: Plan
    book: Playbook


def respond(parts: Parts, now: datetime) -> None:
    """Give every open incident of a client its plan, and tell owners of steps that have become theirs."""
    with parts.storage.look() as uow:
        if not (uow.plans.unplanned() or uow.plans.untold() or any(_outgrown(parts, uow))):
            return
    try:
        with parts.storage.begin() as uow:
            _respond(parts, uow, now)
            uow.commit()
    except StaleIncidentError as error:  # somebody acted meanwhile; the next look decides on that
        log.info("responding again at the next look: %s", error)


def _respond(parts: Parts, uow: UnitOfWork, now: datetime) -> None:
    for incident in uow.plans.unplanned():
        if incident.client != HOUSE and not _waits_for_topic(incident, now):
            _plan(parts, uow, incident, now)
    for found in list(_outgrown(parts, uow)):
        _widen(parts, uow, found, now)
    _hand_out(parts, uow, now)


def _waits_for_topic(incident: Incident, now: datetime) -> bool:
    """The first few voices seldom say what it is about; a person has said it, and red waits for nothing."""
    if incident.severity is Severity.RED or incident.because.code in incidents.BY_HAND:
        return False
    return incident.topic is Topic.OTHER and now - incident.opened_at < TOPIC_PATIENCE


def _outgrown(parts: Parts, uow: UnitOfWork) -> Iterator[_Outgrown]:
    """Incidents whose book no longer does since they rose or their topic changed.

    A book that was only edited, or added to the library, is for incidents to come.
    """
    books = parts.config.books
    for incident, followed in uow.plans.followed():
        try:
            fitting = choose(books.values(), incident.topic, incident.severity)
        except NoPlaybookError:  # the plan it has is better than none
            continue
        if followed in books and is_outgrown(books[followed], fitting):
            plan = uow.plans.of_incident(incident.id)
            if plan is not None and _is_rethought(uow, plan):
                yield _Outgrown(incident, plan, fitting)


def _is_rethought(uow: UnitOfWork, plan: Plan) -> bool:
    """Whether severity or topic have changed since the plan was made."""
    entries = (link.entry for link in uow.incidents.timeline(plan.incident))
    return any(e.kind in incidents.RETHOUGHT and e.at >= plan.chosen_at for e in entries)


def _widen(parts: Parts, uow: UnitOfWork, found: _Outgrown, now: datetime) -> None:
    incident, book = found.incident, found.book
    plan = planner.widened(found.plan, book, incident, parts.config.clients.get(incident.client), now)
    uow.plans.go_on(plan)
    new, changed = planner.new_and_changed(found.plan, plan)
    decision = escalation.plan_widened(incident, book.title, new, changed, now)
    parts.carrier.carry_out(uow, incident, decision, now)


def _plan(parts: Parts, uow: UnitOfWork, incident: Incident, now: datetime) -> None:
    try:
        book = choose(parts.config.books.values(), incident.topic, incident.severity)
    except NoPlaybookError as error:
        because = Reason("respond_no_playbook", {"topic": incident.topic, "severity": error.severity.colour})
        trouble_with(parts, uow, f"{PLAYBOOK}{incident.topic}", because, now)
        return
    uow.plans.add(planner.plan(book, incident, parts.config.clients.get(incident.client), now))
    uow.changes.note(incident.client, "incident", incident.id, now)


def _hand_out(parts: Parts, uow: UnitOfWork, now: datetime) -> None:
    waiting: dict[str, list[Step]] = defaultdict(list)
    for step in uow.plans.untold():
        waiting[step.incident].append(step)
    for name in waiting:
        incident, plan = uow.incidents.get(name), uow.plans.of_incident(name)
        if incident is None or plan is None:
            continue
        told = planner.due_to_tell(plan, now)
        if told:
            parts.carrier.carry_out(uow, incident, escalation.steps_told(incident, told, now), now)
        for step in told:
            uow.plans.save_step(planner.told(step, now))
