"""The holding statement between record, draft and checks: facts go in, an approval binds the words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerting import stating
from alerting.confirming import unfit
from alerting.consenting import stopped_on_record
from alerting.decision import Act, Decision
from alerting.handling import STATEMENT_STEP
from alerting.incidents import known_since
from playbooks import planner
from playbooks.review import Finding, Line, lines_of, refusing, review
from playbooks.statement import BLANKS, Sentence, draft, fingerprint, spoken_of, wording
from wanglou.domain.agency import Config
from wanglou.domain.confirmation import WRITTEN, Confirmation
from wanglou.domain.incident import ChainedEntry, Incident
from wanglou.domain.plan import Plan, StepState
from wanglou.domain.reason import Reason
from wanglou.domain.refusal import Refused
from wanglou.domain.statement import StatementFact
from wanglou.ports import UnitOfWork
from wanglou.wording import LANGUAGES


@dataclass(frozen=True, slots=True)
class Statement:
    """A draft as it stands. ``digest`` is of its words in the house's language: those the client approves."""

    sentences: tuple[Sentence, ...]
    facts: Mapping[str, StatementFact]
    words: str
    digest: str
    findings: tuple[Finding, ...]


def statement_of(
    config: Config,
    incident: Incident,
    plan: Plan | None,
    timeline: list[ChainedEntry] | tuple[ChainedEntry, ...],
    language: str = LANGUAGES[0],
) -> Statement:
    """The draft from incident, plan and record, held against the checks in ``language``."""
    facts = stating.facts_on_record(timeline)
    entries = [link.entry for link in timeline]
    since, stopped = known_since(incident, entries), stopped_on_record(entries)
    sentences = draft(incident, plan, facts, since, stopped)
    zone = config.agency.zone
    words = wording(sentences, LANGUAGES[0], zone)
    lines: list[Line] = lines_of(sentences, language, zone)
    found = review(lines, config.checks.values(), _on_record(facts, plan))
    return Statement(sentences, facts, words, fingerprint(words), tuple(found))


def stated(uow: UnitOfWork, found: Incident, act: Act, fact: StatementFact) -> Decision | Refused:
    """Fill a blank, or fill it anew. The same fact twice is one; a changed one voids an approval."""
    if fact.blank not in BLANKS:
        return Refused(Reason("statement_refused_blank", {"found": fact.blank[:40]}))
    timeline = uow.incidents.timeline(found.id)
    known = stating.facts_on_record(timeline).get(fact.blank)
    if known is not None and _says(known) == _says(fact):
        return Decision(found)
    return _voiding(uow, act, stating.state(found, act, fact), timeline)


def withdrawn(uow: UnitOfWork, found: Incident, act: Act, blank: str, why: str) -> Decision | Refused:
    """Take a fact back; one that is not there is back already."""
    timeline = uow.incidents.timeline(found.id)
    if blank not in stating.facts_on_record(timeline):
        return Decision(found)
    return _voiding(uow, act, stating.withdraw(found, act, blank, why), timeline)


def approved(  # noqa: PLR0913, PLR0917 -- who approves which words of what, and on whose word
    uow: UnitOfWork, config: Config, found: Incident, act: Act, digest: str, word: Confirmation
) -> Decision | Refused:
    """Bind the client's approval to the words with this digest, and finish the step that waits for it.

    Refused where the words have changed since they were shown, where a check stands against them, where the
    client's word was only spoken or is older than the words, and where an earlier step is open.
    """
    timeline, plan = uow.incidents.timeline(found.id), uow.plans.of_incident(found.id)
    before = stating.approval_on_record(timeline)
    if before is not None and not before.is_void and before.digest == digest:
        return Decision(found)
    now = statement_of(config, found, plan, timeline)
    if refusal := _against(now, digest) or unfit(word, found, act.at) or _not_of_these(word, plan, timeline):
        return Refused(refusal)
    if plan is not None and any(step.id == STATEMENT_STEP for step in plan.steps):
        settled = planner.finish(plan, STATEMENT_STEP, act.by, word.words, act.at, consented=True)
        if isinstance(settled, Refused):
            return settled
        if settled is not None:
            uow.plans.save_step(settled)
    return stating.approve(found, act, now.words, now.digest, word)


def _against(statement: Statement, digest: str) -> Reason | None:
    if statement.digest != digest:
        return Reason("statement_refused_changed", {"digest": statement.digest[:12]})
    stopping = refusing(statement.findings)
    return Reason("statement_refused_findings", {"n": len(stopping)}) if stopping else None


def _not_of_these(word: Confirmation, plan: Plan | None, timeline: Sequence[ChainedEntry]) -> Reason | None:
    """Why a client's word cannot be about these words; None where it can.

    Forms send minutes: a word of the very minute of the last change may be about what came of it.
    """
    if word.medium not in WRITTEN:
        return Reason("statement_refused_spoken", {"medium": word.medium})
    stopped = stopped_on_record(link.entry for link in timeline)
    moments = [stating.changed_at(timeline), *(spoken_of(plan, stopped).values() if plan else ())]
    changed = max((at for at in moments if at), default=None)
    if changed is None or word.at >= changed.replace(second=0, microsecond=0):
        return None
    return Reason("statement_refused_older", {"at": word.at.isoformat(), "changed": changed.isoformat()})


def _voiding(
    uow: UnitOfWork, act: Act, decision: Decision | Refused, timeline: list[ChainedEntry]
) -> Decision | Refused:
    approval = stating.approval_on_record(timeline)
    if isinstance(decision, Refused) or approval is None or approval.is_void:
        return decision
    plan = uow.plans.of_incident(decision.incident.id)
    again = planner.reopened(plan, STATEMENT_STEP, act.at) if plan else None
    if again is not None:
        uow.plans.save_step(again)
    return stating.void(decision, act, approval)


def _says(fact: StatementFact) -> tuple[str, str, str]:
    return fact.text.strip(), fact.source.strip(), fact.said_by.strip()


def _on_record(facts: Mapping[str, StatementFact], plan: Plan | None) -> str:
    """Where a number may come from: what is known, and what came of steps that are done."""
    results = (s.result or "" for s in plan.steps if s.state is StepState.DONE) if plan else ()
    return "\n".join([*(f.text for f in facts.values() if f.blank == "known"), *results])
