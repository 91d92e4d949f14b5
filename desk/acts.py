"""What people do to an incident: the same from page and chat, each act one transaction."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerting import handling, incidents
from alerting.decision import Act, Decision
from alerting.handling import Dismissal, Wait
from alerting.incidents import Subject
from desk.carrying import Carrier
from desk.consenting import step_finished
from desk.evidence import first_published, link_evidence
from desk.merging import home_of, merged
from desk.stating import approved, stated, withdrawn
from playbooks import planner
from wanglou.domain.agency import Config
from wanglou.domain.confirmation import Confirmation
from wanglou.domain.incident import ChainedEntry, Incident, Via
from wanglou.domain.person import HOUSE, Access, Person
from wanglou.domain.plan import Plan, Step, StepWord
from wanglou.domain.reason import Reason
from wanglou.domain.refusal import Refused
from wanglou.domain.report import Report
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.statement import StatementFact
from wanglou.domain.topic import Topic
from wanglou.ports import StaleIncidentError, Storage, UnitOfWork

TRIES = 5
"""How often an act is decided anew when somebody else saved the incident in between."""

ONE_PRESS = timedelta(minutes=1)
"""The same words from the same person within this time are one form that was sent twice."""

GONE = Reason("act_gone")

Decide = Callable[[UnitOfWork, Incident, Act], Decision | Refused]
Settle = Callable[[Plan, str, Person, str, datetime], Step | Refused | None]
Record = Callable[[Incident, Act, Step], Decision | Refused]


@dataclass(frozen=True, slots=True)
class Acts:
    """Acts over storage. None means done, or done already; a Reason refuses and changed nothing.

    ``kinds`` are the kinds of channel there is a notifier for.
    """

    storage: Storage
    config: Config
    kinds: Collection[str]

    def acknowledge(self, access: Access, incident: str, via: Via, now: datetime) -> Reason | None:
        """Take the incident."""
        return self._do(access, incident, via, now, lambda _, i, act: handling.acknowledge(i, act))

    def own(self, access: Access, incident: str, via: Via, now: datetime) -> Reason | None:
        """Become the one who answers for it."""
        return self._do(access, incident, via, now, lambda _, i, act: handling.take_ownership(i, act))

    def set_topic(  # noqa: PLR0913, PLR0917 -- who, where, what and when of an act
        self, access: Access, incident: str, topic: str, why: str, via: Via, now: datetime
    ) -> Reason | None:
        """Say what it is about; ``topic`` is a Topic's value."""
        try:
            about = Topic(topic)
        except ValueError:
            return Reason("act_unknown_topic", {"found": topic[:40]})

        def decide(uow: UnitOfWork, found: Incident, act: Act) -> Decision | Refused:
            others = uow.incidents.open_of_brand(found.client, found.brand)
            return handling.set_topic(found, act, about, why, others)

        return self._do(access, incident, via, now, decide)

    def step_done(  # noqa: PLR0913, PLR0917 -- who, where, what and when of an act
        self, access: Access, incident: str, step: str, word: StepWord, via: Via, now: datetime
    ) -> Reason | None:
        """Finish a step; ``word`` says what came of it, who consented and what has stopped.

        The step that waits for the client's approval of the statement is not finished by words about it: that
        is ``approve_statement``, which binds the approval to the very words.
        """

        def decide(uow: UnitOfWork, found: Incident, act: Act) -> Decision | Refused:
            plan = uow.plans.of_incident(found.id)
            return step_finished(uow, found, act, plan, step, word) if plan else Refused(GONE)

        return self._do(access, incident, via, now, decide)

    def step_skipped(  # noqa: PLR0913, PLR0917 -- who, where, what and when of an act
        self, access: Access, incident: str, step: str, why: str, via: Via, now: datetime
    ) -> Reason | None:
        """Leave a step undone, with the reason."""
        settled = _settled(step, why, planner.skip, handling.step_skipped)
        return self._do(access, incident, via, now, settled)

    def note(  # noqa: PLR0913, PLR0917 -- who, where, what and when of an act
        self, access: Access, incident: str, text: str, once: str, via: Via, now: datetime
    ) -> Reason | None:
        """Write into the record. ``once`` names the form that was filled in: one form leaves one note."""

        def decide(uow: UnitOfWork, found: Incident, act: Act) -> Decision | Refused:
            key = f"note:{once}"
            if uow.meta.get(key):
                return Decision(found)
            uow.meta.set(key, found.id)
            return handling.note(found, act, text)

        return self._do(access, incident, via, now, decide)

    def raise_severity(  # noqa: PLR0913, PLR0917 -- who, where, what and when of an act
        self, access: Access, incident: str, to: Severity, why: str, via: Via, now: datetime
    ) -> Reason | None:
        """Make it graver; anyone may, ``why`` may be empty."""
        return self._do(
            access, incident, via, now, lambda _, i, act: handling.raise_severity(i, act, to, why)
        )

    def lower_severity(  # noqa: PLR0913, PLR0917 -- who, where, what and when of an act
        self, access: Access, incident: str, to: Severity, why: str, via: Via, now: datetime
    ) -> Reason | None:
        """Make it less grave, with the reason."""
        return self._do(
            access, incident, via, now, lambda _, i, act: handling.lower_severity(i, act, to, why)
        )

    def hold(  # noqa: PLR0913, PLR0917 -- who, where, what and when of an act
        self, access: Access, incident: str, wait: str, until: datetime, why: str, via: Via, now: datetime
    ) -> Reason | None:
        """Put it aside until ``until``; ``wait`` is a Wait's value, ``why`` says more."""
        try:
            reason = Wait(wait)
        except ValueError:
            return Reason("act_unknown_wait", {"found": wait[:40]})

        def decide(uow: UnitOfWork, found: Incident, act: Act) -> Decision | Refused:
            decided = handling.hold(found, act, reason, until, why)
            if isinstance(decided, Decision) and _came_twice(uow.incidents.timeline(found.id), decided):
                return Decision(found)
            return decided

        return self._do(access, incident, via, now, decide)

    def resume(self, access: Access, incident: str, why: str, via: Via, now: datetime) -> Reason | None:
        """Go on with what was on hold; ``why`` says what has come."""

        def decide(uow: UnitOfWork, found: Incident, act: Act) -> Decision | Refused:
            entries = [link.entry for link in uow.incidents.timeline(found.id)]
            return handling.resume(found, act, why, entries)

        return self._do(access, incident, via, now, decide)

    def resend(self, access: Access, incident: str, delivery: str, via: Via, now: datetime) -> Reason | None:
        """Try a message again that was given up."""

        def decide(uow: UnitOfWork, found: Incident, act: Act) -> Decision | Refused:
            again = uow.deliveries.revive(found.id, delivery, now)
            return handling.resend(found, act, again.channel) if again else Decision(found)

        return self._do(access, incident, via, now, decide)

    def report(self, access: Access, report: Report, via: Via, now: datetime) -> str | Reason:
        """Open an incident by hand, or join the one its story has; return its id, or why not."""
        for _ in range(TRIES):
            try:
                found = self._report(access, report, via, now)
            except StaleIncidentError:
                continue
            if found is not None:
                return found
        return Reason("act_busy")

    def _report(self, access: Access, report: Report, via: Via, now: datetime) -> str | Reason | None:
        person, client = self.config.agency.people.get(access.person), self.config.clients.get(report.client)
        if person is None or client is None or not access.may_see(report.client):
            return GONE
        if report.brand not in {brand.name for brand in client.brands}:
            return Reason("act_unknown_brand", {"found": report.brand[:40]})
        if not report.text.strip():
            return Reason("incident_refused_no_text")
        key = f"report:{report.once}"
        with self.storage.begin() as uow:
            if opened := uow.meta.get(key):
                return opened
            incident = self._reported(uow, report, Act(person, via, now))
            if incident is not None:
                uow.meta.set(key, incident)
                uow.commit()
        return incident

    def _reported(self, uow: UnitOfWork, report: Report, act: Act) -> str | None:
        """The incident it became or joined; None if another one of the story was opened this very moment."""
        carrier, waiting = Carrier(self.config, self.kinds), _taken_up(uow, report, act.at)
        home = home_of(uow, Subject(report.client, report.brand, report.topic), act.at)
        if home is not None:
            carrier.carry_out(uow, home, handling.reported(home, act, report), act.at)
            _take_up(uow, waiting, home, act)
            return home.id
        number = uow.incidents.next_number(report.client)
        published = first_published(uow, waiting)
        opened = incidents.open_by_hand(report, act, number, waiting, published)
        if not carrier.open_new(uow, opened, act.at):
            return None
        _take_up(uow, waiting, opened.incident, act)
        taken = handling.acknowledge(opened.incident, act)
        if isinstance(taken, Decision):  # who reports it has it in hand; nobody is woken for that
            carrier.carry_out(uow, opened.incident, taken, act.at)
        return opened.incident.id

    def contain(self, access: Access, incident: str, why: str, via: Via, now: datetime) -> Reason | None:
        """Say that it no longer spreads."""
        return self._do(access, incident, via, now, lambda _, i, act: handling.contain(i, act, why))

    def resolve(
        self, access: Access, incident: str, confirmation: Confirmation, via: Via, now: datetime
    ) -> Reason | None:
        """End it on the client's word."""
        return self._do(
            access, incident, via, now, lambda _, i, act: handling.resolve(i, act, confirmation=confirmation)
        )

    def waive(self, access: Access, incident: str, why: str, via: Via, now: datetime) -> Reason | None:
        """End it without the client's written word; ``why`` there is none stays on the record."""
        return self._do(access, incident, via, now, lambda _, i, act: handling.resolve(i, act, waiver=why))

    def state_fact(
        self, access: Access, incident: str, fact: StatementFact, via: Via, now: datetime
    ) -> Reason | None:
        """Fill a blank of the statement; an approval of the words before it is void then."""
        return self._do(access, incident, via, now, lambda uow, i, act: stated(uow, i, act, fact))

    def withdraw_fact(  # noqa: PLR0913, PLR0917 -- who, where, what and when of an act
        self, access: Access, incident: str, blank: str, why: str, via: Via, now: datetime
    ) -> Reason | None:
        """Make a filled blank a blank again, with the reason."""
        return self._do(access, incident, via, now, lambda uow, i, act: withdrawn(uow, i, act, blank, why))

    def approve_statement(  # noqa: PLR0913, PLR0917 -- who, where, what and when of an act
        self, access: Access, incident: str, digest: str, word: Confirmation, via: Via, now: datetime
    ) -> Reason | None:
        """Record the client's approval of the words with this digest."""

        def decide(uow: UnitOfWork, found: Incident, act: Act) -> Decision | Refused:
            return approved(uow, self.config, found, act, digest, word)

        return self._do(access, incident, via, now, decide)

    def close(self, access: Access, incident: str, learnt: str, via: Via, now: datetime) -> Reason | None:
        """Put it away after the review; ``learnt`` is what stays."""

        def decide(_: UnitOfWork, found: Incident, act: Act) -> Decision | Refused:
            return handling.close(found, act, learnt)

        return self._do(access, incident, via, now, decide)

    def reopen(self, access: Access, incident: str, why: str, via: Via, now: datetime) -> Reason | None:
        """Take up an ended incident again, with the reason."""

        def decide(uow: UnitOfWork, found: Incident, act: Act) -> Decision | Refused:
            if found.state.is_open:  # reopened before: the act came twice
                return Decision(found)
            others = uow.incidents.open_of_brand(found.client, found.brand)
            entries = [link.entry for link in uow.incidents.timeline(found.id)]
            return handling.reopen(found, act, why, others, entries)

        return self._do(access, incident, via, now, decide)

    def dismiss(self, access: Access, incident: str, why: str, via: Via, now: datetime) -> Reason | None:
        """Say that it is none; ``why`` is a Dismissal's value."""
        try:
            reason = Dismissal(why)
        except ValueError:
            return Reason("act_unknown_dismissal", {"found": why[:40]})
        return self._do(access, incident, via, now, lambda _, i, act: handling.dismiss(i, act, reason))

    def merge(  # noqa: PLR0913, PLR0917 -- who, where, what and when of an act
        self, access: Access, incident: str, into: str, why: str, via: Via, now: datetime
    ) -> Reason | None:
        """Let it go up in another open incident of the same client."""

        def decide(uow: UnitOfWork, found: Incident, act: Act) -> Decision | Refused:
            return merged(uow, Carrier(self.config, self.kinds), found, into, act, why)

        return self._do(access, incident, via, now, decide)

    def _do(self, access: Access, incident: str, via: Via, now: datetime, decide: Decide) -> Reason | None:
        for _ in range(TRIES):
            try:
                return self._once(access, incident, via, now, decide)
            except StaleIncidentError:
                continue  # the other one's change is in the row now; decide on that
        return Reason("act_busy")

    def _once(self, access: Access, incident: str, via: Via, now: datetime, decide: Decide) -> Reason | None:
        person = self.config.agency.people.get(access.person)
        with self.storage.begin() as uow:
            found = uow.incidents.get(incident)
            if person is None or found is None or not self._may_see(access, found):
                return GONE
            decided = decide(uow, found, Act(person, via, now))
            if isinstance(decided, Refused):
                return decided.reason
            Carrier(self.config, self.kinds).carry_out(uow, found, decided, now)
            uow.commit()
        return None

    def _may_see(self, access: Access, incident: Incident) -> bool:
        """The agency's own troubles are for those who watch over all clients."""
        return access.clients is None if incident.client == HOUSE else access.may_see(incident.client)


def _taken_up(uow: UnitOfWork, report: Report, now: datetime) -> list[Signal]:
    """The signals a report takes up: with the one it names all of its brand that nobody was told of.

    None where that one has joined an incident meanwhile: it stays there.
    """
    if not report.signal:
        return []
    waiting = [
        signal
        for signal, _ in uow.signals.kept_quiet(now - incidents.HISTORY)
        if (signal.client, signal.brand) == (report.client, report.brand)
        and signal.polarity is not Polarity.POS
    ]
    return waiting if report.signal in {signal.key for signal in waiting} else []


def _take_up(uow: UnitOfWork, signals: Sequence[Signal], incident: Incident, act: Act) -> None:
    """Put them into the incident. Those held for a rule stay so: another event of the brand must still alert.

    Raises StaleIncidentError if one of them joined an incident since it was read.
    """
    if not signals:
        return
    keys = {signal.key for signal in signals}
    if uow.signals.take_up(keys, incident.id) != keys:
        raise StaleIncidentError(f"signals for incident {incident.id} joined another; read them again")
    link_evidence(uow, Access(act.by.id, frozenset({signals[0].client})), incident, signals, act.at)


def _came_twice(record: Sequence[ChainedEntry], decided: Decision) -> bool:
    """Whether the record ends with this very hold of a moment ago; another span, or later, is an act."""
    last, new = record[-1].entry, decided.entries[-1]
    if (last.kind, last.actor, last.via) != (new.kind, new.actor, new.via):
        return False
    until, before = (datetime.fromisoformat(str(entry.facts["until"])) for entry in (new, last))
    moved = {"until": "", incidents.HELD_FROM: ""}  # the second press finds it on hold already
    return (
        {**last.facts, **moved} == {**new.facts, **moved}
        and new.at - last.at < ONE_PRESS
        and abs(until - before) < ONE_PRESS
    )


def _settled(step: str, text: str, settle: Settle, record: Record) -> Decide:
    """Settle a step of the plan (done or let go) and write it into the incident's record."""

    def decide(uow: UnitOfWork, found: Incident, act: Act) -> Decision | Refused:
        plan = uow.plans.of_incident(found.id)
        settled = settle(plan, step, act.by, text, act.at) if plan else Refused(GONE)
        if settled is None:  # settled before: the act came twice
            return Decision(found)
        if isinstance(settled, Refused):
            return settled
        decided = record(found, act, settled)
        if not isinstance(decided, Refused):
            uow.plans.save_step(settled)
        return decided

    return decide
