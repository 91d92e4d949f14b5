"""Where a story goes on after a merge, and the merge itself: rows of two incidents in one transaction."""

from datetime import datetime

from alerting import incidents
from alerting.decision import Act, Decision
from alerting.incidents import Subject, open_key
from alerting.merging import merge, owed
from desk.carrying import Carrier
from wanglou.domain.incident import Incident, IncidentState
from wanglou.domain.reason import Reason
from wanglou.domain.refusal import Refused
from wanglou.ports import UnitOfWork


def home_of(uow: UnitOfWork, subject: Subject, now: datetime) -> Incident | None:
    """The open incident that news of ``subject`` belongs to, followed through merges; None for a new one."""
    key = open_key(subject)
    goes_on = uow.incidents.open_with_key(key) or _followed(uow, uow.meta.get(_story(key)))
    if goes_on is not None:
        return goes_on
    return incidents.home(uow.incidents.open_of_brand(subject.client, subject.brand), subject.topic, now)


def merged(  # noqa: PLR0913, PLR0917 -- two incidents, who and why, and where it is stored
    uow: UnitOfWork, carrier: Carrier, incident: Incident, into: str, act: Act, why: str
) -> Decision | Refused:
    """Merge ``incident`` into another: records, evidence, signals, promises and news to come go there.

    Returns what is left to carry out for ``incident``; the other one is saved here.
    """
    if incident.state is IncidentState.MERGED:  # merged before: the act came twice
        return Decision(incident)
    target = uow.incidents.get(into)
    if target is None:
        return Refused(Reason("act_gone"))
    decided = merge(incident, target, act, why)
    if isinstance(decided, Refused):
        return decided
    carrier.carry_out(uow, target, decided.going_on, act.at)
    _move(uow, incident, target)
    return decided.gone


def _move(uow: UnitOfWork, gone: Incident, target: Incident) -> None:
    due = owed(uow.clocks.of_incident(gone.id), uow.clocks.of_incident(target.id), target)
    uow.clocks.restart(due)
    uow.signals.move(gone.id, target.id)
    uow.incidents.share_evidence(gone.id, target.id)
    uow.meta.set(_incident(gone.id), target.id)
    if gone.open_key:
        uow.meta.set(_story(gone.open_key), target.id)


def _followed(uow: UnitOfWork, incident: str | None) -> Incident | None:
    """The end of a row of merges, if it is open. Only open incidents are merged into, so no row is a ring."""
    found = uow.incidents.get(incident) if incident else None
    if found is not None and found.state is IncidentState.MERGED:
        return _followed(uow, uow.meta.get(_incident(found.id)))
    return found if found is not None and found.state.is_open else None


def _story(key: str) -> str:
    return f"merged_story:{key}"


def _incident(id_: str) -> str:
    return f"merged_incident:{id_}"
