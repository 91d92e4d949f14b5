"""Nobody answered, or something falls due: whom to tell next.

``told`` is always the set of change names already in the outbox for the incident: what was told once is
never decided again, whatever stopped halfway.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerting.decision import DESK, TEAM, Audience, Decision, Place, Telling
from alerting.incidents import HELD, record
from wanglou.domain.delivery import Delivery, DeliveryKind
from wanglou.domain.duty import LadderRung
from wanglou.domain.incident import ChainedEntry, Incident, IncidentState, TimelineEntry
from wanglou.domain.person import Role
from wanglou.domain.plan import Step, StepState
from wanglou.domain.reason import Reason, Value

REMIND_AT_SHARE = 0.8
"""Of a step's time; the clocks call their holders at the same share."""

SHORTEST_FOR_A_REMINDER = timedelta(minutes=10)
"""Between telling and due; below it the telling is reminder enough."""


def told_changes(deliveries: Iterable[Delivery]) -> frozenset[str]:
    """The names of all that was told of an incident, or is on its way."""
    return frozenset(d.change for d in deliveries)


def ladder_start(incident: Incident, deliveries: Iterable[Delivery]) -> datetime:
    """When people were last called to this incident: at its opening or its latest rise."""
    calls = [d.created_at for d in deliveries if d.change.startswith("raised:")]
    return max(calls, default=incident.opened_at)


def climb(
    incident: Incident, ladder: Sequence[LadderRung], deliveries: Sequence[Delivery], now: datetime
) -> Decision | None:
    """The rungs that are due on an incident nobody has acknowledged; None where there is none to tell.

    A rung's change names the start it counts from, so that each rung is told once for each rise.
    """
    if incident.acknowledged_at is not None or not incident.state.is_open:
        return None
    start, told = ladder_start(incident, deliveries), told_changes(deliveries)
    due = [(rung, _rung_change(rung, start)) for rung in ladder if now - start >= rung.after]
    calls = [_call(change, rung, start, now) for rung, change in due if change not in told]
    if not calls:
        return None
    return Decision(incident, _recorded(incident, calls, now), tuple(calls))


def next_call(
    incident: Incident, ladder: Sequence[LadderRung], deliveries: Sequence[Delivery]
) -> tuple[datetime, LadderRung] | None:
    """When which rung is called if nobody acknowledges before; None where nobody is called any more."""
    if incident.acknowledged_at is not None or not incident.state.is_open:
        return None
    start, told = ladder_start(incident, deliveries), told_changes(deliveries)
    left = [rung for rung in ladder if _rung_change(rung, start) not in told]
    return min(((start + rung.after, rung) for rung in left), key=lambda call: call[0], default=None)


def hold_over(
    incident: Incident, timeline: Iterable[ChainedEntry], told: Collection[str], now: datetime
) -> Decision | None:
    """Remind the holder that the time is up for which an incident was put on hold; once for each hold."""
    if incident.state is not IncidentState.ON_HOLD:
        return None
    held = [link.entry for link in timeline if link.entry.kind == HELD]
    if not held or now < datetime.fromisoformat(str(held[-1].facts["until"])):
        return None
    why, until = held[-1].facts["why"], held[-1].facts["until"]
    change = f"hold:{until}"
    if change in told:
        return None
    saying = Reason("incident_hold_over", {"why": why, "until": until})
    holder = Audience(Place.PERSON, incident.owner, in_team=True) if incident.owner else TEAM
    call = Telling(change, DeliveryKind.REPLY, (holder,), saying)
    return Decision(incident, _recorded(incident, [call], now), (call,))


def steps_told(incident: Incident, steps: Iterable[Step], now: datetime) -> Decision:
    """Tell owners the steps that are theirs now: a reply for each step, so that it is one thing to do.

    The desk's own go to whoever is on duty; a step nobody can be asked for goes to team and desk, saying so.
    """
    ordered = sorted(steps, key=lambda step: (step.due_at, step.order))
    tellings = [_telling(step, "due", _hands_over(step)) for step in ordered]
    return Decision(incident, _recorded(incident, tellings, now), tuple(tellings))


def plan_widened(
    incident: Incident, book: str, new: Sequence[Step], changed: Sequence[Step], now: datetime
) -> Decision:
    """Say that the incident goes on after another book, named by its title.

    ``new`` steps are told to their owners when their turn comes; owners of ``changed`` ones hear of it here.
    """
    saying = Reason("incident_plan_widened", {"book": book, "new": len(new), "changed": len(changed)})
    owners = [owner for step in changed for owner in _owner(step)]
    audience = tuple(dict.fromkeys((TEAM, DESK, *owners)))
    told = Telling(f"plan:{incident.version}", DeliveryKind.REPLY, audience, saying)
    entries = _recorded(incident, [told], now)
    return Decision(replace(incident, changed_at=max(now, incident.changed_at)), entries, (told,))


def steps_soon(
    incident: Incident, steps: Iterable[Step], told: Collection[str], now: datetime
) -> Decision | None:
    """Remind owners of steps whose time is nearly used up, each once; None where there is none.

    ``steps`` are those that can be worked on. One that was told shortly before it falls due needs no
    reminder, and one that is overdue gets that sentence instead.
    """
    near = [s for s in steps if s.state is StepState.TODO and _reminded(s) <= now < s.due_at]
    return _each_once(incident, near, "soon", told, now)


def steps_overdue(
    incident: Incident, steps: Iterable[Step], told: Collection[str], now: datetime
) -> Decision | None:
    """Tell of steps past their due time that are still to do, each once; None where there is none.

    A step that was first told when it was late already is not told again at once.
    """
    late = [s for s in steps if s.state is StepState.TODO and s.told_at and s.told_at < s.due_at <= now]
    return _each_once(incident, late, "overdue", told, now)


def reminder_at(step: Step) -> datetime | None:
    """When the owner of a told step is reminded: four fifths of the time between telling and due are gone.

    None for a step that was not told, or so late that a reminder would follow on its heels.
    """
    if step.told_at is None or step.due_at - step.told_at < SHORTEST_FOR_A_REMINDER:
        return None
    return step.told_at + (step.due_at - step.told_at) * REMIND_AT_SHARE


def _rung_change(rung: LadderRung, start: datetime) -> str:
    return f"escalated:{rung.role}:{start.isoformat()}"


def _call(change: str, rung: LadderRung, start: datetime, now: datetime) -> Telling:
    minutes = int((now - start).total_seconds() // 60)
    saying = Reason("incident_escalated", {"role": rung.role, "minutes": minutes})
    called = Audience(Place.ROLE, rung.role)
    in_thread = Audience(Place.ROLE, rung.role, in_team=True)
    return Telling(change, DeliveryKind.REPLY, (in_thread, called), saying)


def _each_once(
    incident: Incident, steps: Iterable[Step], what: str, told: Collection[str], now: datetime
) -> Decision | None:
    tellings = [_telling(s, what, f"step_{what}") for s in steps if _change(s, what) not in told]
    if not tellings:
        return None
    return Decision(incident, _recorded(incident, tellings, now), tuple(tellings))


def _telling(step: Step, what: str, code: str) -> Telling:
    facts: dict[str, Value] = {"role": step.role, "step": step.title, "due": step.due_at.isoformat()}
    return Telling(
        _change(step, what), DeliveryKind.REPLY, _owner(step), Reason(code, facts), {"steps": step.id}
    )


def _hands_over(step: Step) -> str:
    found = step.person is not None or step.role == Role.DESK
    return "step_now" if found else "step_now_nobody"


def _change(step: Step, what: str) -> str:
    return f"step:{step.id}:{what}"


def _reminded(step: Step) -> datetime:
    return reminder_at(step) or step.due_at


def _owner(step: Step) -> tuple[Audience, ...]:
    if step.person is None and step.role == Role.DESK:
        return (Audience(Place.ROLE, Role.DESK, in_team=True),)
    if step.person is None:
        return (TEAM, DESK)
    return (Audience(Place.PERSON, step.person, in_team=True),)


def _recorded(incident: Incident, tellings: Iterable[Telling], now: datetime) -> tuple[TimelineEntry, ...]:
    at = max(now, incident.changed_at)
    return tuple(record(incident, at, t.saying.code, t.saying.facts) for t in tellings)
