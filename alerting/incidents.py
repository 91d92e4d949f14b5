"""Signals become incidents: which story they belong to, how an incident opens, grows and rises.

Nouns and ``now`` go in, a Decision comes out. What people do to an incident is in ``handling``.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from alerting.decision import DESK, TEAM, Act, Decision, Telling
from alerting.rules import Verdict, strongest
from wanglou.domain.delivery import DeliveryKind
from wanglou.domain.house import ALL_SOURCES
from wanglou.domain.incident import Incident, IncidentState, TimelineEntry, Via
from wanglou.domain.person import HOUSE, SYSTEM
from wanglou.domain.reason import Reason, Value
from wanglou.domain.report import Report
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Signal
from wanglou.domain.topic import Topic

YOUNG = timedelta(hours=24)
"""How long an unclear topic still belongs to what the brand is in already."""

HISTORY = timedelta(hours=24)
"""What happened longer ago than this never wakes anyone."""

LATE = timedelta(minutes=30)
"""Seen this long after it happened, an incident says so."""

LOWERED = "incident_lowered"
"""The reason of an incident whose latest change of severity was a person's lowering."""

HELD = "incident_on_hold"
"""The line of the record that puts an incident on hold; its ``until`` is when we look again."""

HELD_FROM = "was"
"""The fact of that line that names the state it was put on hold in."""

FIRST = "first"
"""The fact of a record's first line that names when the first mention it stands on was published."""

BY_HAND = frozenset({"incident_by_hand", "incident_by_hand_from"})
"""Why an incident is one that a person reported, while nothing graver has come."""

OPENINGS = BY_HAND | {"incident_opened"}
"""First lines of a client's record."""

TOPIC_FOUND, TOPIC_SET = "incident_topic_found", "incident_topic_set"
RISEN = frozenset({"incident_raised", "incident_raised_on", "incident_raised_by", "incident_raised_because"})

RETHOUGHT = RISEN | {TOPIC_FOUND, TOPIC_SET}
"""Lines of the record after which another book may be the one to follow."""

_QUIET = frozenset({IncidentState.CONTAINED, IncidentState.WATCHING})


@dataclass(frozen=True, slots=True)
class Subject:
    """What an incident is about. ``client`` is HOUSE for the agency's own, ``brand`` then names the part."""

    client: str
    brand: str
    topic: Topic


def open_key(subject: Subject) -> str:
    """The name of a story: one incident with this key may be open."""
    return f"{subject.client}|{subject.brand}|{subject.topic}"


def home(open_of_brand: Sequence[Incident], topic: Topic, now: datetime) -> Incident | None:
    """The open incident of this brand that news about ``topic`` belongs to, or None for a new one.

    ``open_of_brand``: newest first. News of unclear topic joins any incident younger than 24 hours; news
    of a clear topic joins a younger one whose own topic is still unclear.
    """
    same = [i for i in open_of_brand if i.topic == topic]
    young = [i for i in open_of_brand if now - i.opened_at < YOUNG]
    near = young if topic == Topic.OTHER else [i for i in young if i.topic == Topic.OTHER]
    return next(iter(same + near), None)


def history(happened_at: datetime, now: datetime) -> Reason | None:
    """Why news this old opens nothing; None where it is fresh enough."""
    if now - happened_at <= HISTORY:
        return None
    return Reason("suppressed_history", {"happened": happened_at.isoformat()})


def is_late(incident: Incident) -> bool:
    """Whether it was seen so long after it happened that people must be told."""
    return incident.opened_at - incident.happened_at >= LATE


def open_incident(
    verdict: Verdict,
    signals: Sequence[Signal],
    number: int,
    now: datetime,
    published: Mapping[str, datetime] = MappingProxyType({}),
) -> Decision:
    """Open an incident from signals of one brand, at least one; its card goes to team and desk.

    ``published``: key of a signal → when the first mention it stands on was: when it happened. Of a signal
    that is not among them the moment that stood out has to do.
    """
    first, because = min(signals, key=lambda s: s.at), verdict.because or strongest(signals).because
    subject = Subject(first.client, first.brand, verdict.topic)
    happened = _happened(signals, published, now)
    incident = _new(subject, verdict.severity, because, happened_at=happened, number=number, now=now)
    facts = {
        "severity": verdict.severity.colour,
        "topic": verdict.topic,
        **verdict.told,
        **_known_since(published),
    }
    opened = record(incident, now, "incident_opened", facts, via=Via.DETECTOR)
    late = {"happened": incident.happened_at.isoformat(), "seen": now.isoformat()}
    seen_late = [record(incident, now, "incident_seen_late", late, via=Via.DETECTOR)]
    entries = (opened, *(seen_late if is_late(incident) else []), *_heard(incident, signals, now))
    return Decision(incident, entries, (_card(incident),))


def open_by_hand(
    report: Report,
    act: Act,
    number: int,
    signals: Sequence[Signal] = (),
    published: Mapping[str, datetime] = MappingProxyType({}),
) -> Decision:
    """Open an incident that a person saw or heard of first, or made of ``signals`` that met no rule.

    ``published``: key of a signal → when the first mention it stands on was, as far as that is known.
    """
    told = {"who": act.by.name, "text": report.text.strip()}
    because = Reason("incident_by_hand", told)
    if report.heard_from.strip():
        because = Reason("incident_by_hand_from", {**told, "from": report.heard_from.strip()})
    subject = Subject(report.client, report.brand, report.topic)
    happened_at = _happened(signals, published, act.at)
    incident = _new(subject, report.severity, because, happened_at=happened_at, number=number, now=act.at)
    known = {**because.facts, **_known_since(published)}
    entry = record(incident, act.at, because.code, known, actor=act.by.id, via=act.via)
    return Decision(incident, (entry, *_heard(incident, signals, act.at)), (_card(incident),))


def known_since(incident: Incident, entries: Iterable[TimelineEntry]) -> datetime | None:
    """When the first mention it stands on was published; None where its record does not know.

    A report by hand says when it came in, not when it happened; what was merged in may have begun earlier.
    """
    stated = (e.facts[FIRST] for e in entries if FIRST in e.facts and e.kind in OPENINGS)
    first = next((datetime.fromisoformat(str(at)) for at in stated), None)
    return first if first == incident.happened_at else None


def open_house(part: str, severity: Severity, because: Reason, number: int, now: datetime) -> Decision:
    """Open an incident of the agency's own: ``part`` (a source, a channel, a job) does not work."""
    incident = _new(
        Subject(HOUSE, part, Topic.OUTAGE), severity, because, happened_at=now, number=number, now=now
    )
    entry = record(incident, now, because.code, because.facts, via=Via.CLOCK)
    return Decision(incident, (entry,), (_card(incident),))


def recover(incident: Incident, name: str, now: datetime) -> Decision:
    """Close an incident of the agency's own by itself: the part, called ``name``, works again."""
    saying = Reason("incident_recovered", {"part": name})
    if incident.brand == ALL_SOURCES:
        saying = Reason("incident_sources_recovered")
    return _closed(incident, "recovered", saying, now)


def join_house(incident: Incident, name: str, number: int, now: datetime) -> Decision:
    """Close an incident of the agency's own by itself: #``number`` tells of many parts, of this one too."""
    saying = Reason("incident_joined_house", {"part": name, "number": number})
    return _closed(incident, "joined", saying, now)


def _closed(incident: Incident, what: str, saying: Reason, now: datetime) -> Decision:
    at = max(now, incident.changed_at)
    closed = replace(incident, state=IncidentState.CLOSED, open_key=None, ended_at=at, changed_at=at)
    entry = record(incident, at, saying.code, saying.facts)
    return Decision(closed, (entry,), tell(incident, what, saying))


def join(incident: Incident, verdict: Verdict, signals: Sequence[Signal], now: datetime) -> Decision:
    """Let news join its story. Severity may rise by itself and never falls by itself.

    ``signals`` are the new ones; none means that the story only grew. A join that changes nothing people
    see tells nobody. Signals on an incident that was thought contained make it active again, and it says so.
    Growth alone undoes no person's word: neither "contained" nor a severity that was lowered.
    """
    before = replace(incident, changed_at=max(now, incident.changed_at))
    joined = Decision(before, tuple(_heard(incident, signals, before.changed_at)))
    grown = _rise(_wake(_clear(joined, verdict.topic), verdict, signals), verdict, signals)
    return grown if signals or grown.incident != before else Decision(incident)


def set_aside(incident: Incident) -> Severity:
    """The gravest level a person has judged too grave for this incident since it last rose, else its own."""
    if incident.because.code != LOWERED:
        return incident.severity
    return Severity.named(str(incident.because.facts["aside"]))


def lift(incident: Incident, severity: Severity) -> Incident:
    """Raise the severity: who acknowledged the lesser level has not acknowledged this one."""
    return replace(incident, severity=severity, acknowledged_at=None, acknowledged_by=None)


def tell(incident: Incident, what: str, saying: Reason) -> tuple[Telling, Telling]:
    """A reply below the card for people, and the card brought up to date.

    The version makes the change's name unique: the same thing may happen to an incident twice.
    """
    reply = Telling(f"{what}:{incident.version}", DeliveryKind.REPLY, (TEAM, DESK), saying)
    return reply, update(incident, saying)


def update(incident: Incident, saying: Reason) -> Telling:
    """The card brought up to date, which notifies nobody."""
    return Telling(f"updated:{incident.version}", DeliveryKind.CARD_UPDATE, (TEAM, DESK), saying)


def record(  # noqa: PLR0913 -- one line of the record has this many columns
    incident: Incident,
    at: datetime,
    kind: str,
    facts: Mapping[str, Value],
    *,
    actor: str = SYSTEM,
    via: Via = Via.CLOCK,
) -> TimelineEntry:
    """One line of the incident's record."""
    return TimelineEntry(incident.id, at, actor, via, kind, facts)


def _clear(decision: Decision, topic: Topic) -> Decision:
    incident = decision.incident
    if incident.topic != Topic.OTHER or topic == Topic.OTHER:
        return decision
    key = open_key(Subject(incident.client, incident.brand, topic))
    saying = Reason(TOPIC_FOUND, {"topic": topic})
    entry = record(incident, incident.changed_at, saying.code, saying.facts, via=Via.DETECTOR)
    return replace(
        decision,
        incident=replace(incident, topic=topic, open_key=key),
        entries=(*decision.entries, entry),
        tellings=(update(incident, saying),),
    )


def _wake(decision: Decision, verdict: Verdict, signals: Sequence[Signal]) -> Decision:
    incident = decision.incident
    if incident.state not in _QUIET or not signals:
        return decision
    saying = Reason("incident_active_again", {"was": incident.state, **verdict.told})
    entry = record(incident, incident.changed_at, saying.code, saying.facts, via=Via.DETECTOR)
    return replace(
        decision,
        incident=replace(incident, state=IncidentState.ACTIVE),
        entries=(*decision.entries, entry),
        tellings=tell(incident, "active_again", saying),
    )


def _rise(decision: Decision, verdict: Verdict, signals: Sequence[Signal]) -> Decision:
    incident = decision.incident
    known = incident.severity if signals else max(incident.severity, set_aside(incident))
    if verdict.severity <= known:
        return decision
    was, colour = incident.severity.colour, verdict.severity.colour
    kind = "incident_raised_on" if verdict.numbers else "incident_raised"
    saying = Reason(kind, {"was": was, "severity": colour, **verdict.told, **verdict.numbers})
    entry = record(incident, incident.changed_at, saying.code, saying.facts, via=Via.DETECTOR)
    return Decision(
        replace(lift(incident, verdict.severity), because=_why(incident, saying, verdict, signals)),
        (*decision.entries, entry),
        tell(incident, f"raised:{colour}", saying),
        rose=True,
    )


def _new(  # noqa: PLR0913 -- everything a new incident is born with
    subject: Subject,
    severity: Severity,
    because: Reason,
    *,
    happened_at: datetime,
    number: int,
    now: datetime,
) -> Incident:
    key = open_key(subject)
    return Incident(
        id=hashlib.sha256(f"{key}|{number}|{now.isoformat()}".encode()).hexdigest()[:20],
        number=number,
        client=subject.client,
        brand=subject.brand,
        topic=subject.topic,
        severity=severity,
        state=IncidentState.TRIAGE,
        open_key=key,
        because=because,
        happened_at=happened_at,
        opened_at=now,
        changed_at=now,
    )


def _happened(signals: Sequence[Signal], published: Mapping[str, datetime], now: datetime) -> datetime:
    return min((now, *(published.get(s.key, s.at) for s in signals)))


def _known_since(published: Mapping[str, datetime]) -> Mapping[str, Value]:
    return {FIRST: min(published.values()).isoformat()} if published else {}


def _card(incident: Incident) -> Telling:
    return Telling("opened", DeliveryKind.CARD, (TEAM, DESK), incident.because)


def _why(incident: Incident, rose: Reason, verdict: Verdict, signals: Sequence[Signal]) -> Reason:
    """Why it is as grave as it is: what speaks for the rule now.

    Growth alone does not bring back the sentence of a level that a person set aside: the rise itself is said.
    """
    if not signals and incident.because.code == LOWERED:
        return rose
    if verdict.because is not None:
        return verdict.because
    return strongest(signals).because if signals else incident.because


def _heard(incident: Incident, signals: Sequence[Signal], at: datetime) -> list[TimelineEntry]:
    """The sentence of the strongest signal of each kind, in the order of what happened.

    One story stands out in several classes of places at once, and again as it grows; the record needs to
    hear of it once a look, the incident's page lists every signal.
    """
    strongest: dict[str, Signal] = {}
    for signal in sorted(signals, key=lambda s: (s.strength, s.key)):
        strongest[signal.kind] = signal
    ordered = sorted(strongest.values(), key=lambda s: (s.at, s.key))
    return [record(incident, at, s.because.code, s.because.facts, via=Via.DETECTOR) for s in ordered]
