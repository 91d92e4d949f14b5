"""What goes on record about a statement: facts that fill it, the client's approval, and what voids it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from alerting.confirming import as_facts
from alerting.decision import DESK, TEAM, Act, Audience, Decision, Place, Telling
from alerting.handling import STATEMENT_STEP, ended, handled, taken
from alerting.incidents import TOPIC_FOUND, TOPIC_SET, record
from wanglou.domain.clock import STATEMENT
from wanglou.domain.confirmation import Confirmation, Medium
from wanglou.domain.delivery import DeliveryKind
from wanglou.domain.incident import ChainedEntry, Incident
from wanglou.domain.person import Role
from wanglou.domain.reason import Reason, Value
from wanglou.domain.refusal import Refused
from wanglou.domain.statement import StatementApproval, StatementFact

FACT, WITHDRAWN = "incident_fact", "incident_fact_withdrawn"
APPROVED, VOIDED = "incident_statement_approved", "incident_statement_voided"
"""Lines of the record from which a statement and its approval are read back."""


def state(incident: Incident, act: Act, fact: StatementFact) -> Decision | Refused:
    """Put a fact on record; without its source and who said it, it is no fact."""
    if refused := ended(incident):
        return refused
    if not fact.text.strip():
        return Refused(Reason("incident_refused_no_text"))
    if not fact.source.strip() or not fact.said_by.strip():
        return Refused(Reason("incident_refused_no_source"))
    facts: dict[str, Value] = {
        "blank": fact.blank,
        "text": fact.text.strip(),
        "source": fact.source.strip(),
        "said_by": fact.said_by.strip(),
    }
    return handled(incident, act, taken(incident, act), FACT, **facts)


def withdraw(incident: Incident, act: Act, blank: str, why: str) -> Decision | Refused:
    """Take a fact back with the reason: its blank is a blank again."""
    if refused := ended(incident):
        return refused
    if not why.strip():
        return Refused(Reason("incident_refused_no_reason"))
    facts = {"blank": blank, "reason": why.strip()}
    return handled(incident, act, taken(incident, act), WITHDRAWN, **facts)


def approve(
    incident: Incident, act: Act, words: str, digest: str, confirmation: Confirmation
) -> Decision | Refused:
    """Record that the client approved exactly these words; the statement's clock stops."""
    if refused := ended(incident):
        return refused
    facts = {**as_facts(confirmation), "statement": words, "digest": digest}
    decision = handled(incident, act, taken(incident, act), APPROVED, **facts)
    return replace(decision, stop_clocks=(*decision.stop_clocks, STATEMENT))


def void(decision: Decision, act: Act, approval: StatementApproval) -> Decision:
    """Add to a change of the statement that the approval holds no more, and tell who must ask again."""
    incident = decision.incident
    facts: dict[str, Value] = {"who": act.by.name, "digest": approval.digest[:12]}
    entry = record(incident, incident.changed_at, VOIDED, facts, actor=act.by.id, via=act.via)
    account = Audience(Place.ROLE, Role.ACCOUNT, in_team=True)
    telling = Telling(
        f"statement_void:{incident.version}",
        DeliveryKind.REPLY,
        (TEAM, DESK, account),
        Reason(VOIDED, facts),
        {"steps": STATEMENT_STEP},
    )
    return replace(decision, entries=(*decision.entries, entry), tellings=(*decision.tellings, telling))


def facts_on_record(timeline: Iterable[ChainedEntry]) -> dict[str, StatementFact]:
    """Blank → the fact that fills it now: the latest word on each, unless it was taken back."""
    known: dict[str, StatementFact] = {}
    for entry in (link.entry for link in timeline):
        if entry.kind == FACT:
            f = {name: str(value) for name, value in entry.facts.items()}
            fact = StatementFact(f["blank"], f["text"], f["source"], f["said_by"], entry.actor, entry.at)
            known[fact.blank] = fact
        elif entry.kind == WITHDRAWN:
            known.pop(str(entry.facts["blank"]), None)
    return known


def changed_at(timeline: Iterable[ChainedEntry]) -> datetime | None:
    """When a fact or the topic last changed what a statement says; None if nothing did."""
    kinds = {FACT, WITHDRAWN, TOPIC_FOUND, TOPIC_SET}
    return max((link.entry.at for link in timeline if link.entry.kind in kinds), default=None)


def approval_on_record(timeline: Iterable[ChainedEntry]) -> StatementApproval | None:
    """The latest approval, void or not; None where the client approved nothing yet."""
    found: StatementApproval | None = None
    for entry in (link.entry for link in timeline):
        if entry.kind == APPROVED:
            f = {name: str(value) for name, value in entry.facts.items()}
            word = Confirmation(f["by"], Medium(f["medium"]), datetime.fromisoformat(f["at"]), f["words"])
            found = StatementApproval(f["statement"], f["digest"], word, entry.actor, entry.at)
        elif entry.kind == VOIDED and found is not None:
            found = replace(found, is_void=True)
    return found
