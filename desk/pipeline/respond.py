"""Respond: a playbook is chosen, dated and frozen into the incident; owners hear of what is theirs now."""

from collections import defaultdict
from datetime import datetime, timedelta

from alerting import escalation
from desk.pipeline.house import trouble_with
from desk.pipeline.parts import Parts
from playbooks import planner
from playbooks.playbook import NoPlaybookError, choose
from wanglou.domain.incident import Incident
from wanglou.domain.person import HOUSE
from wanglou.domain.plan import Step
from wanglou.domain.reason import Reason
from wanglou.domain.topic import Topic
from wanglou.ports import UnitOfWork

TOPIC_PATIENCE = timedelta(minutes=2)
"""How long a plan waits for the topic to become clear: less than half of the shortest first answer."""


def respond(parts: Parts, now: datetime) -> None:
    """Give every open incident of a client its plan, and tell owners of steps that have become theirs."""
    with parts.storage.look() as uow:
        if not uow.plans.unplanned() and not uow.plans.untold():
            return
    with parts.storage.begin() as uow:
        for incident in uow.plans.unplanned():
            if incident.client != HOUSE and not _waits_for_topic(incident, now):
                _plan(parts, uow, incident, now)
        _hand_out(parts, uow, now)
        uow.commit()


def _waits_for_topic(incident: Incident, now: datetime) -> bool:
    """The first few voices seldom say what it is about; a frozen plan of the wrong kind helps nobody."""
    return incident.topic is Topic.OTHER and now - incident.opened_at < TOPIC_PATIENCE


def _plan(parts: Parts, uow: UnitOfWork, incident: Incident, now: datetime) -> None:
    try:
        book = choose(parts.config.books.values(), incident.topic, incident.severity)
    except NoPlaybookError as error:
        because = Reason("respond_no_playbook", {"topic": incident.topic, "severity": error.severity.colour})
        trouble_with(parts, uow, f"playbook {incident.topic}", because, now)
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
