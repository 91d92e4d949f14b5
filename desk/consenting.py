"""A step finished with what was said of it: the client's consent, and whether it has stopped."""

from alerting import consenting, handling
from alerting.decision import Act, Decision
from playbooks import planner
from wanglou.domain.incident import Incident
from wanglou.domain.plan import STOPS, Plan, Step, StepWord, Stopped
from wanglou.domain.reason import Reason
from wanglou.domain.refusal import Refused
from wanglou.ports import UnitOfWork


def step_finished(  # noqa: PLR0913, PLR0917 -- which step of what, who finishes it with which words
    uow: UnitOfWork, found: Incident, act: Act, plan: Plan, step: str, word: StepWord
) -> Decision | Refused:
    """Finish a step of the plan, or record that the client consents and it has not stopped yet.

    A consent once on record is not asked for again. The step that waits for the client's approval of the
    statement is not finished by words about it: that is ``approve_statement``.
    """
    entries = [link.entry for link in uow.incidents.timeline(found.id)]
    is_approval = step == handling.STATEMENT_STEP  # refused below, by where it is done
    consented = is_approval or word.consent is not None or consenting.has_consent(entries, step)
    settled = planner.finish(plan, step, act.by, word.result, act.at, consented=consented)
    if settled is None:  # finished before: the act came twice
        return Decision(found)
    if isinstance(settled, Refused):
        return settled
    if is_approval:
        return Refused(Reason("step_refused_statement", {"step": settled.title}))
    if wrong := consenting.unfit_word(settled, word, found, act.at):
        return Refused(wrong)
    if word.stopped is Stopped.NOT_YET and settled.id in STOPS:
        return consenting.not_yet(found, act, settled, word, entries)
    return _done(uow, found, act, settled, word)


def _done(uow: UnitOfWork, found: Incident, act: Act, settled: Step, word: StepWord) -> Decision | Refused:
    decided = handling.step_done(found, act, settled)
    if isinstance(decided, Refused):
        return decided
    uow.plans.save_step(settled)
    return consenting.with_word(decided, act, settled, word)
