"""Two incidents turn out to be one happening: the story goes on in one of them, both records stay."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from alerting.decision import Act, Decision
from alerting.handling import ALL_CLOCKS, may_judge, raise_severity
from alerting.incidents import record, tell, update
from wanglou.domain.clock import DESK_ACKNOWLEDGE, SlaClock
from wanglou.domain.incident import Incident, IncidentState, TimelineEntry
from wanglou.domain.person import HOUSE
from wanglou.domain.reason import Reason, Value
from wanglou.domain.refusal import Refused

INTO = "incident_merged_into"
"""The last line of the record of what was merged; its ``number`` is where the story goes on."""

FROM = "incident_merged_from"
"""The line of the record that takes another incident in; its ``number`` is that one's."""


@dataclass(frozen=True, slots=True)
class Merge:
    """What becomes of the incident that goes up in the other, and of the one that goes on."""

    gone: Decision
    going_on: Decision


def merge(incident: Incident, into: Incident, act: Act, why: str) -> Merge | Refused:
    """Let ``incident`` go up in ``into``, another open one of the same client.

    Team and desk hear of it once, below the card that goes on; the other card is only brought up to date.
    Where the one that ends is the graver, the one that goes on rises, so that nothing grave is filed away.
    """
    if refused := _refused(incident, into, act, why):
        return refused
    gone = replace(
        incident,
        state=IncidentState.MERGED,
        open_key=None,
        changed_at=max(act.at, incident.changed_at),
        ended_at=max(act.at, incident.changed_at),
    )
    entry = _entry(incident, act, INTO, into.number, why)
    ended = Decision(gone, (entry,), (update(incident, Reason(entry.kind, entry.facts)),), ALL_CLOCKS)
    return Merge(ended, _taking_in(into, incident, act, why))


def owed(gone: Iterable[SlaClock], going_on: Sequence[SlaClock], into: Incident) -> list[SlaClock]:
    """The running promises of the incident that ends which the one that goes on must keep.

    A merge never gives more time: the earlier due time stands. What ``into`` has kept already is not asked
    for again.
    """
    has = {clock.name: clock for clock in going_on}
    taken = {DESK_ACKNOWLEDGE} if into.acknowledged_at is not None else set()
    return [
        replace(clock, incident=into.id)
        for clock in gone
        if clock.stopped_at is None and clock.name not in taken and _is_stricter(clock, has.get(clock.name))
    ]


def _is_stricter(clock: SlaClock, other: SlaClock | None) -> bool:
    return other is None or (other.stopped_at is None and clock.due_at < other.due_at)


def _refused(incident: Incident, into: Incident, act: Act, why: str) -> Refused | None:
    if incident.client != into.client or incident.client == HOUSE:
        return Refused(Reason("incident_refused_merge_client"))
    if incident.id == into.id:
        return Refused(Reason("incident_refused_merge_self"))
    for one in (incident, into):
        if not one.state.is_open:
            return Refused(Reason("incident_refused_merge_ended", {"number": one.number, "state": one.state}))
    if not may_judge(act.by):
        return Refused(Reason("incident_refused_role", {"role": act.by.role}))
    return None if why.strip() else Refused(Reason("incident_refused_no_reason"))


def _taking_in(into: Incident, gone: Incident, act: Act, why: str) -> Decision:
    happened = min(into.happened_at, gone.happened_at)
    wider = replace(into, changed_at=max(act.at, into.changed_at), happened_at=happened)
    entry = _entry(into, act, FROM, gone.number, why)
    if gone.severity > into.severity:
        risen = raise_severity(wider, act, gone.severity, why)
        if isinstance(risen, Decision):
            return replace(risen, entries=(entry, *risen.entries))
    return Decision(wider, (entry,), tell(into, f"merged:{gone.id}", Reason(entry.kind, entry.facts)))


def _entry(incident: Incident, act: Act, kind: str, number: int, why: str) -> TimelineEntry:
    facts: dict[str, Value] = {"who": act.by.name, "number": number, "text": why.strip()}
    at = max(act.at, incident.changed_at)
    return record(incident, at, kind, facts, actor=act.by.id, via=act.via)
