"""A client's consent to a step, and whether what the step stops has stopped: asked apart, kept on record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from alerting.confirming import as_facts, unfit
from alerting.decision import Act, Decision
from alerting.handling import ended, handled, taken
from alerting.incidents import record
from wanglou.domain.confirmation import WRITTEN
from wanglou.domain.incident import Incident, TimelineEntry
from wanglou.domain.plan import STOPS, Step, StepWord, Stopped
from wanglou.domain.reason import Reason, Value
from wanglou.domain.refusal import Refused

CONSENTED = "incident_step_consented"
"""The line of the record that holds a client's consent to a step; its ``step_id`` says to which."""

ANSWERS: Mapping[Stopped, str] = {
    Stopped.YES: "incident_step_stopped",
    Stopped.NOT_YET: "incident_step_not_stopped",
    Stopped.NOTHING: "incident_step_nothing_to_stop",
}
"""The lines that say whether it has stopped."""


def has_consent(entries: Iterable[TimelineEntry], step: str) -> bool:
    """Whether the client's consent to this step is on record."""
    return any(e.kind == CONSENTED and e.facts.get("step_id") == step for e in entries)


def stopped_on_record(entries: Iterable[TimelineEntry]) -> dict[str, datetime]:
    """Step → since when what it stops has stopped, by the latest answer; only a yes is here."""
    found: dict[str, datetime] = {}
    for entry in entries:
        if entry.kind not in ANSWERS.values():
            continue
        found.pop(str(entry.facts["step_id"]), None)
        if entry.kind == ANSWERS[Stopped.YES]:
            found[str(entry.facts["step_id"])] = datetime.fromisoformat(str(entry.facts["at"]))
    return found


def unfit_word(step: Step, word: StepWord, incident: Incident, now: datetime) -> Reason | None:
    """What is wrong with what was said of a step; None where nothing is."""
    consent, name = word.consent, {"step": step.title}
    if step.needs is not None and consent is not None:
        if lacking := unfit(consent, incident, now):
            return lacking
        if consent.medium not in WRITTEN:
            return Reason("step_refused_spoken", {**name, "medium": consent.medium})
    if step.id not in STOPS:
        return None
    if word.stopped is None or (word.stopped is Stopped.YES and word.stopped_at is None):
        return Reason("step_refused_stopped", name)
    if word.stopped is Stopped.YES and word.stopped_at is not None and word.stopped_at > now:
        return Reason("step_refused_stopped_later", {**name, "at": word.stopped_at.isoformat()})
    return None


def with_word(decision: Decision, act: Act, step: Step, word: StepWord) -> Decision:
    """A step's end on record, with the consent and the answer before it."""
    said = _entries(decision.incident, act, step, word)
    return replace(decision, entries=(*decision.entries[:-1], *said, decision.entries[-1]))


def not_yet(
    incident: Incident, act: Act, step: Step, word: StepWord, entries: Sequence[TimelineEntry]
) -> Decision | Refused:
    """The client consents and it has not stopped yet: that goes on record, the step stays to do.

    What the record says already, as when a form comes twice, is not said again.
    """
    if refused := ended(incident):
        return refused
    known = [(e.kind, dict(e.facts)) for e in entries]
    said = _entries(incident, act, step, word)
    new = tuple(e for e in said if (e.kind, dict(e.facts)) not in known)
    if not new:
        return Decision(incident)
    last = new[-1]
    told = {name: fact for name, fact in last.facts.items() if name != "who"}
    decision = handled(incident, act, taken(incident, act), last.kind, **told)
    return replace(decision, entries=(*decision.entries[:-1], *new))


def _entries(incident: Incident, act: Act, step: Step, word: StepWord) -> tuple[TimelineEntry, ...]:
    about: dict[str, Value] = {"who": act.by.name, "step": step.title, "step_id": step.id}
    said: list[Reason] = []
    if step.needs is not None and word.consent is not None:
        said.append(Reason(CONSENTED, {**about, **as_facts(word.consent)}))
    if step.id in STOPS and word.stopped is not None:
        is_timed = word.stopped is Stopped.YES and word.stopped_at is not None
        when: dict[str, Value] = {"at": word.stopped_at.isoformat()} if is_timed and word.stopped_at else {}
        said.append(Reason(ANSWERS[word.stopped], {**about, **when}))
    at = max(act.at, incident.changed_at)
    return tuple(record(incident, at, r.code, r.facts, actor=act.by.id, via=act.via) for r in said)
