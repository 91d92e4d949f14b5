"""What people do to an incident, each act answered by a Decision or by the reason it is refused.

Any act that shows someone at work acknowledges the incident: nobody is woken for what is in hand. An act
that changes nothing (a button pressed twice) answers with the incident as it was. An act never gets an
earlier time than what came before it, however the machines' clocks differ.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from alerting.confirming import RESOLVED, WAIVED, as_facts, unfit
from alerting.decision import Act, Audience, Decision, Place, Telling
from alerting.incidents import (
    HELD,
    HELD_FROM,
    LOWERED,
    RETHOUGHT,
    TOPIC_SET,
    Subject,
    lift,
    open_key,
    record,
    set_aside,
    tell,
    update,
)
from alerting.stories import ANOTHER_OPENED, free_key, others_on_record
from wanglou.domain.clock import ACCOUNT_RESPONSE, DESK_ACKNOWLEDGE, STATEMENT
from wanglou.domain.confirmation import Confirmation
from wanglou.domain.delivery import DeliveryKind
from wanglou.domain.incident import Incident, IncidentState, TimelineEntry, Via
from wanglou.domain.person import HOUSE, Person, Role
from wanglou.domain.plan import Step
from wanglou.domain.reason import Reason, Value
from wanglou.domain.refusal import Refused
from wanglou.domain.report import Report
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic

STATEMENT_STEP = "approve_statement"
"""The step whose end is the approved statement: it stops that clock. Every book names it so."""

DECIDERS = frozenset({Role.ACCOUNT, Role.DIRECTOR})
"""Who answers to the client: only they lower a severity and end an incident."""

ALL_CLOCKS = (DESK_ACKNOWLEDGE, ACCOUNT_RESPONSE, STATEMENT)

_ENDED = frozenset(
    {
        IncidentState.RESOLVED,
        IncidentState.REVIEWED,
        IncidentState.CLOSED,
        IncidentState.DISMISSED,
    }
)


class Dismissal(StrEnum):
    """Why something that looked like an incident is none."""

    FALSE_POSITIVE = "false_positive"
    DUPLICATE = "duplicate"
    IRRELEVANT_BRAND = "irrelevant_brand"
    KNOWN_CAMPAIGN = "known_campaign"
    OLD_CONTENT = "old_content"


class Wait(StrEnum):
    """Whom or what an incident on hold waits for."""

    CLIENT = "awaiting_client"
    REGULATOR = "awaiting_regulator"
    PLATFORM = "awaiting_platform"
    FACTS = "awaiting_facts"
    LEGAL = "awaiting_legal"


LONGEST_HOLD = timedelta(days=14)
"""Whoever waits longer has forgotten it: look at it again by then, and hold it anew."""


def acknowledge(incident: Incident, act: Act) -> Decision | Refused:
    """Take an incident in hand. The first one counts; another person's is recorded beside it."""
    if refused := ended(incident):
        return refused
    if incident.acknowledged_by == act.by.id:
        return Decision(incident)
    if incident.acknowledged_by is None:
        return handled(incident, act, taken(incident, act))
    again = _entry(incident, act, "incident_acknowledged_again")
    return Decision(_touched(incident, act), (again,), stop_clocks=_answered(act))


def take_ownership(incident: Incident, act: Act) -> Decision | Refused:
    """Become the one who answers for it; whoever did before is told, and in the record."""
    if refused := ended(incident):
        return refused
    if incident.owner == act.by.id and incident.acknowledged_by is not None:
        return Decision(incident)
    decision = handled(incident, act, replace(taken(incident, act), owner=act.by.id), "incident_owner")
    if incident.owner in {None, act.by.id}:
        return decision
    before = Audience(Place.PERSON, str(incident.owner), in_team=True)
    saying = Reason("incident_owner", decision.entries[-1].facts)
    told = Telling(f"owner:{act.by.id}:{incident.version}", DeliveryKind.REPLY, (before,), saying)
    return replace(decision, tellings=(*decision.tellings, told))


def set_topic(
    incident: Incident, act: Act, topic: Topic, reason: str, open_of_brand: Sequence[Incident]
) -> Decision | Refused:
    """Say what it is about, with the reason: the desk, an account manager or a director.

    News of that topic joins it from then on, so it is refused while another open incident has the topic.
    """
    if refused := ended(incident):
        return refused
    if topic == incident.topic:
        return Decision(incident)
    if not may_judge(act.by) or incident.client == HOUSE:
        return Refused(Reason("incident_refused_role", {"role": act.by.role}))
    if not reason.strip():
        return Refused(Reason("incident_refused_no_reason"))
    key = open_key(Subject(incident.client, incident.brand, topic))
    if twin := next((i for i in open_of_brand if i.open_key == key), None):
        return Refused(Reason("incident_refused_topic_twin", {"number": twin.number}))
    about = replace(taken(incident, act), topic=topic, open_key=key)
    facts = {"was": incident.topic, "topic": topic, "reason": reason.strip()}
    decision = handled(incident, act, about, TOPIC_SET, **facts)
    saying = Reason(TOPIC_SET, decision.entries[-1].facts)
    return replace(decision, tellings=tell(incident, f"topic:{topic}", saying))


def note(incident: Incident, act: Act, text: str) -> Decision | Refused:
    """Write into the record. Allowed at any time; it takes nothing in hand and tells nobody."""
    if not text.strip():
        return Refused(Reason("incident_refused_no_text"))
    answered = tuple(name for name in _answered(act) if name == ACCOUNT_RESPONSE)
    entry = _entry(incident, act, "incident_note", text=text.strip())
    return Decision(_touched(incident, act), (entry,), stop_clocks=answered)


def raise_severity(incident: Incident, act: Act, severity: Severity, reason: str = "") -> Decision | Refused:
    """Make it graver: anyone may. The ladder starts again, unless those who must act are the ones raising.

    Who holds the incident, and who answers to the client, knows of the rise; everyone else must be told.
    """
    if refused := ended(incident):
        return refused
    if severity == incident.severity:
        return Decision(incident)
    if severity < incident.severity:
        return Refused(Reason("incident_refused_not_graver", {"severity": incident.severity.colour}))
    knows = act.by.id == incident.acknowledged_by or act.by.role in DECIDERS
    risen = replace(taken(incident, act), severity=severity) if knows else lift(incident, severity)
    facts = {"was": incident.severity.colour, "severity": severity.colour, "reason": reason.strip()}
    kind = "incident_raised_because" if reason.strip() else "incident_raised_by"
    because = Reason(kind, {"who": act.by.name, **facts})
    entry = _entry(incident, act, because.code, **facts)
    return Decision(
        replace(_touched(risen, act), because=because),
        (*_took(incident, risen, act), entry),
        tell(incident, f"raised:{severity.colour}", because),
        _answered(act) if knows else (),
        rose=True,
    )


def lower_severity(incident: Incident, act: Act, severity: Severity, reason: str) -> Decision | Refused:
    """Make it less grave: an account manager or a director, with a reason. Clocks that run keep running.

    The level set aside is kept in the incident's reason, so that growth of the same story does not bring it
    back a minute later; a new signal may.
    """
    if refused := ended(incident) or _not_decider(incident, act):
        return refused
    if severity == incident.severity:
        return Decision(incident)
    if severity > incident.severity:
        return Refused(Reason("incident_refused_not_lesser", {"severity": incident.severity.colour}))
    if not reason.strip():
        return Refused(Reason("incident_refused_no_reason"))
    facts = {
        "was": incident.severity.colour,
        "severity": severity.colour,
        "reason": reason.strip(),
        "aside": max(incident.severity, set_aside(incident)).colour,
    }
    because = Reason(LOWERED, {"who": act.by.name, **facts})
    lower = replace(taken(incident, act), severity=severity, because=because)
    return handled(incident, act, lower, because.code, **facts)


def step_done(incident: Incident, act: Act, step: Step) -> Decision | Refused:
    """Record a step that the planner found done."""
    if refused := ended(incident):
        return refused
    kind = "incident_step_done_with" if step.result else "incident_step_done"
    facts = {"step": step.title, "result": step.result or ""}
    return handled(incident, act, taken(incident, act), kind, **facts)


def step_skipped(incident: Incident, act: Act, step: Step) -> Decision | Refused:
    """Record a step that the planner let go, with its reason."""
    if refused := ended(incident):
        return refused
    facts = {"step": step.title, "reason": step.result or ""}
    return handled(incident, act, taken(incident, act), "incident_step_skipped", **facts)


def contain(incident: Incident, act: Act, reason: str) -> Decision | Refused:
    """Say that it no longer spreads, and what shows it. News of the same story undoes this by itself."""
    if incident.state is IncidentState.CONTAINED:
        return Decision(incident)
    if refused := ended(incident) or _not_decider(incident, act):
        return refused
    if not reason.strip():
        return Refused(Reason("incident_refused_no_reason"))
    calm = replace(taken(incident, act), state=IncidentState.CONTAINED)
    return handled(incident, act, calm, "incident_contained", reason=reason.strip())


def hold(incident: Incident, act: Act, wait: Wait, until: datetime, text: str) -> Decision | Refused:
    """Put it aside until someone answers: an account manager or a director, saying whom we wait for.

    No clock pauses: what was promised to the client is owed whether or not others are slow. The holder is
    reminded when ``until`` has come (``escalation.hold_over``).
    """
    if refused := ended(incident) or _not_decider(incident, act):
        return refused
    if not act.at < until <= act.at + LONGEST_HOLD:
        return Refused(Reason("incident_refused_hold_span", {"days": LONGEST_HOLD.days}))
    if not text.strip():
        return Refused(Reason("incident_refused_no_reason"))
    in_hand = taken(incident, act)
    held = replace(in_hand, state=IncidentState.ON_HOLD)
    facts = {"why": wait, "until": until.isoformat(), "text": text.strip(), HELD_FROM: in_hand.state}
    return handled(incident, act, held, HELD, **facts)


def resume(incident: Incident, act: Act, text: str, entries: Sequence[TimelineEntry]) -> Decision | Refused:
    """Go on with what was on hold, where it stood before: an account manager or a director.

    ``text`` says what has come; ``entries`` is the record, which knows the state it was held in.
    """
    if refused := ended(incident):
        return refused
    if incident.state is not IncidentState.ON_HOLD:
        return Decision(incident)
    if refused := _not_decider(incident, act):
        return refused
    if not text.strip():
        return Refused(Reason("incident_refused_no_reason"))
    state = before_hold(entries)
    kind = "incident_resumed" if state is IncidentState.ACTIVE else "incident_resumed_as"
    return handled(incident, act, replace(incident, state=state), kind, text=text.strip(), state=state)


def before_hold(entries: Sequence[TimelineEntry]) -> IncidentState:
    """The state an incident on hold goes back to, by its record.

    Active where signals came meanwhile, as they undo "contained" at any other time, and where the record
    does not say it: earlier versions did not write it down.
    """
    for entry in reversed(entries):
        if entry.via is Via.DETECTOR and entry.kind not in {*RETHOUGHT, ANOTHER_OPENED}:
            break
        was = entry.facts.get(HELD_FROM) if entry.kind == HELD else IncidentState.ON_HOLD
        if was != IncidentState.ON_HOLD:  # an earlier hold is what a longer one goes back behind
            return IncidentState(str(was or IncidentState.ACTIVE))
    return IncidentState.ACTIVE


def reported(incident: Incident, act: Act, report: Report) -> Decision:
    """Somebody tells by hand what is open already: it joins its story, and everyone hears of it once.

    A graver word raises the severity; a lesser one never lowers it.
    """
    facts: dict[str, Value] = {"text": report.text, "from": report.heard_from or act.by.name}
    entry = _entry(incident, act, "incident_reported_again", **facts)
    saying = Reason(entry.kind, entry.facts)
    told = Decision(_touched(incident, act), (entry,), tell(incident, f"reported:{report.once}", saying))
    if report.severity <= incident.severity:
        return told
    risen = raise_severity(told.incident, act, report.severity, report.text)
    if isinstance(risen, Refused):  # it ended in between: what was said is on the record all the same
        return told
    entries, tellings = (*told.entries, *risen.entries), (*told.tellings, *risen.tellings)
    return replace(risen, entries=entries, tellings=tellings)


def resend(incident: Incident, act: Act, channel: str) -> Decision:
    """Record that a message which was given up is tried again; it takes nothing in hand."""
    entry = _entry(incident, act, "incident_resent", channel=channel)
    return Decision(_touched(incident, act), (entry,))


def resolve(
    incident: Incident, act: Act, *, confirmation: Confirmation | None = None, waiver: str = ""
) -> Decision | Refused:
    """End it: on the client's word, with who gave it, how and when, or on a waiver that gives its reason."""
    if incident.state is IncidentState.RESOLVED:
        return Decision(incident)
    if refused := ended(incident) or _not_decider(incident, act):
        return refused
    if confirmation is not None:
        if lacking := unfit(confirmation, incident, act.at):
            return Refused(lacking)
        saying = Reason(RESOLVED, as_facts(confirmation))
    elif waiver.strip():
        saying = Reason(WAIVED, {"reason": waiver.strip()})
    else:
        return Refused(Reason("incident_refused_unconfirmed"))
    return _finished(incident, act, IncidentState.RESOLVED, saying)


def dismiss(incident: Incident, act: Act, why: Dismissal, text: str = "") -> Decision | Refused:
    """Say that it is no incident: the desk, an account manager or a director. Rules learn from the reason."""
    if incident.state is IncidentState.DISMISSED:
        return Decision(incident)
    if refused := ended(incident):
        return refused
    if not may_judge(act.by):
        return Refused(Reason("incident_refused_role", {"role": act.by.role}))
    kind = "incident_dismissed_with" if text.strip() else "incident_dismissed"
    saying = Reason(kind, {"why": why, "text": text.strip()})
    return _finished(incident, act, IncidentState.DISMISSED, saying)


def close(incident: Incident, act: Act, learnt: str) -> Decision | Refused:
    """Put a resolved incident away; ``learnt`` is what stays of it, if only "nothing new"."""
    if incident.state is IncidentState.CLOSED:
        return Decision(incident)
    if incident.state not in {IncidentState.RESOLVED, IncidentState.REVIEWED}:
        return Refused(Reason("incident_refused_not_resolved", {"state": incident.state}))
    if refused := _not_decider(incident, act):
        return refused
    if not learnt.strip():
        return Refused(Reason("incident_refused_no_text"))
    closed = replace(_touched(incident, act), state=IncidentState.CLOSED)
    entry = _entry(incident, act, "incident_closed", learnt=learnt.strip())
    return Decision(closed, (entry,), (update(incident, Reason(entry.kind, entry.facts)),))


def reopen(
    incident: Incident,
    act: Act,
    reason: str,
    open_of_brand: Sequence[Incident],
    entries: Iterable[TimelineEntry],
) -> Decision | Refused:
    """Take up an ended incident again under its number; the one who reopens it has it in hand.

    Refused while another incident of the same story is open: its news belongs there. ``entries`` is the
    record, which knows the incidents of its topic that are other stories.
    """
    if incident.state not in _ENDED:
        return Refused(Reason("incident_refused_not_ended", {"state": incident.state}))
    if not reason.strip():
        return Refused(Reason("incident_refused_no_reason"))
    key = open_key(Subject(incident.client, incident.brand, incident.topic))
    twin = next((i for i in open_of_brand if i.open_key == key), None)
    if twin is not None and twin.number not in others_on_record(entries):
        return Refused(Reason("incident_refused_twin", {"number": twin.number}))
    again = replace(
        _touched(incident, act),
        state=IncidentState.ACTIVE,
        open_key=free_key(incident, open_of_brand),
        ended_at=None,
        owner=incident.owner or act.by.id,
        acknowledged_at=_at(incident, act),
        acknowledged_by=act.by.id,
    )
    entry = _entry(incident, act, "incident_reopened", reason=reason.strip())
    return Decision(again, (entry,), tell(incident, "reopened", Reason(entry.kind, entry.facts)))


def _at(incident: Incident, act: Act) -> datetime:
    return max(act.at, incident.changed_at)


def _touched(incident: Incident, act: Act) -> Incident:
    return replace(incident, changed_at=_at(incident, act))


def _entry(incident: Incident, act: Act, kind: str, **facts: Value) -> TimelineEntry:
    told: dict[str, Value] = {"who": act.by.name, **facts}
    return record(incident, _at(incident, act), kind, told, actor=act.by.id, via=act.via)


def taken(incident: Incident, act: Act) -> Incident:
    """In the hands of someone, if it was not: acknowledged, owned, active."""
    if incident.acknowledged_by is not None:
        return incident
    waiting = incident.state is IncidentState.TRIAGE
    return replace(
        incident,
        acknowledged_at=_at(incident, act),
        acknowledged_by=act.by.id,
        owner=incident.owner or act.by.id,
        state=IncidentState.ACTIVE if waiting else incident.state,
    )


def _took(before: Incident, after: Incident, act: Act) -> tuple[TimelineEntry, ...]:
    took = before.acknowledged_by is None and after.acknowledged_by is not None
    return (_entry(before, act, "incident_acknowledged"),) if took else ()


def _answered(act: Act) -> tuple[str, ...]:
    """The clocks that end because this person is at work; a director stands in for the account manager."""
    answers = act.by.role in DECIDERS
    return (DESK_ACKNOWLEDGE, ACCOUNT_RESPONSE) if answers else (DESK_ACKNOWLEDGE,)


def handled(before: Incident, act: Act, after: Incident, kind: str = "", **facts: Value) -> Decision:
    """Someone did something that shows them at work: record it and bring the card up to date."""
    did = (_entry(before, act, kind, **facts),) if kind else ()
    entries = (*_took(before, after, act), *did)
    saying = Reason(entries[-1].kind, entries[-1].facts)
    return Decision(_touched(after, act), entries, (update(before, saying),), _answered(act))


def _finished(incident: Incident, act: Act, state: IncidentState, because: Reason) -> Decision:
    """End it and let everyone know that they may stop."""
    ended = replace(taken(incident, act), state=state, open_key=None, ended_at=_at(incident, act))
    decision = handled(incident, act, ended, because.code, **because.facts)
    saying = Reason(decision.entries[-1].kind, decision.entries[-1].facts)
    return replace(decision, tellings=tell(incident, state, saying), stop_clocks=ALL_CLOCKS)


def ended(incident: Incident) -> Refused | None:
    """Why nothing can be done to an incident that is over; None while it is open."""
    if incident.state.is_open:
        return None
    return Refused(Reason("incident_refused_ended", {"state": incident.state}))


def may_decide(incident: Incident, person: Person) -> bool:
    """Whether this person lowers, holds and ends it: who answers to the client does.

    The house's own incidents have no client to answer to: anyone may decide on them.
    """
    return person.role in DECIDERS or incident.client == HOUSE


def may_judge(person: Person) -> bool:
    """Whether this person says what it is: none, the same as another, or about something else."""
    return person.role in DECIDERS | {Role.DESK}


def _not_decider(incident: Incident, act: Act) -> Refused | None:
    if may_decide(incident, act.by):
        return None
    return Refused(Reason("incident_refused_role", {"role": act.by.role}))
