"""Chase: promises falling due, nobody answering, steps left undone."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from alerting import clocks, escalation
from alerting.decision import Decision
from desk.pipeline.parts import Parts
from playbooks import planner
from wanglou.domain.clock import SlaClock
from wanglou.domain.delivery import Delivery
from wanglou.domain.incident import Incident, IncidentState
from wanglou.domain.plan import Plan
from wanglou.ports import UnitOfWork


def chase(parts: Parts, now: datetime) -> None:
    """Tell whom it concerns of each open incident, each thing once.

    Ended incidents are passed over, whatever runs on them: their clocks were stopped with them.
    """
    with parts.storage.look() as uow:
        names = [incident.id for incident in uow.incidents.all_open()]
    for name in names:
        with parts.storage.begin() as uow:
            if _chase(parts, uow, name, now):
                uow.commit()


def _chase(parts: Parts, uow: UnitOfWork, name: str, now: datetime) -> bool:
    """Whether there was anything to tell."""
    incident = uow.incidents.get(name)
    if incident is None or not incident.state.is_open:
        return False
    sent = uow.deliveries.of_incident(name)
    decisions = list(_decided(parts, uow, incident, sent, now))
    for decision in decisions:
        parts.carrier.carry_out(uow, incident, decision, now)
    return bool(decisions)


def _decided(
    parts: Parts, uow: UnitOfWork, incident: Incident, sent: list[Delivery], now: datetime
) -> Iterator[Decision]:
    told = escalation.told_changes(sent)
    climbed = escalation.climb(incident, parts.config.agency.ladder, sent, now)
    if climbed is not None:
        yield climbed
    yield from _warned(incident, uow.clocks.of_incident(incident.id), told, now)
    timeline = uow.incidents.timeline(incident.id) if incident.state is IncidentState.ON_HOLD else ()
    over = escalation.hold_over(incident, timeline, told, now)
    if over is not None:
        yield over
    plan = uow.plans.of_incident(incident.id)
    if plan is not None:
        yield from _pressed(incident, plan, told, now)


def _pressed(incident: Incident, plan: Plan, told: frozenset[str], now: datetime) -> Iterator[Decision]:
    """Steps that fall due soon, of those that can be worked on, and steps that are late."""
    ready = [step for step in plan.steps if not planner.waits_for(plan, step)]
    for decision in (
        escalation.steps_soon(incident, ready, told, now),
        escalation.steps_overdue(incident, plan.steps, told, now),
    ):
        if decision is not None:
            yield decision


def _warned(
    incident: Incident, running: Iterable[SlaClock], told: frozenset[str], now: datetime
) -> Iterator[Decision]:
    for clock in running:
        warned = clocks.warning(incident, clock, told, now)
        if warned is not None:
            yield warned
