"""A book becomes a plan: steps dated, given to people, told when their turn comes, done or let go."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from wanglou.domain.client import Client
from wanglou.domain.incident import Incident
from wanglou.domain.person import Person, Role
from wanglou.domain.plan import BookStep, Plan, Playbook, Step, StepState
from wanglou.domain.reason import Reason
from wanglou.domain.refusal import Refused


def plan(book: Playbook, incident: Incident, client: Client | None, now: datetime) -> Plan:
    """Freeze the book's steps into the incident: a later edit of the book changes nothing here.

    A role the team does not have falls to its account manager; the desk's steps without a named person
    are whoever's is on duty when they are told. ``client`` is None for the agency's own incidents.
    """
    team = client.team if client else {}
    since = incident.opened_at
    steps = tuple(_dated(line, place, incident.id, team, since) for place, line in enumerate(book.steps, 1))
    return Plan(incident.id, book.id, book.title, book.digest, now, steps)


def widened(plan: Plan, book: Playbook, incident: Incident, client: Client | None, now: datetime) -> Plan:
    """The plan gone on with after another book: its steps first, in its order, then what is left.

    What is done stays done. A step of both books that is to do takes the new book's words and is never given
    more time; one that was let go is to do again, as what let it go may hold no longer. New steps are due
    counted from ``now``.
    """
    team = client.team if client else {}
    known = {step.id: step for step in plan.steps}
    dated = [_dated(line, 0, incident.id, team, now) for line in book.steps]
    taken = [_taken_over(known.get(step.id), step, now) for step in dated]
    left = [step for step in plan.steps if step.id not in {s.id for s in taken}]
    steps = tuple(replace(step, order=place) for place, step in enumerate([*taken, *left], 1))
    return Plan(incident.id, book.id, book.title, book.digest, now, steps)


def new_and_changed(before: Plan, after: Plan) -> tuple[list[Step], list[Step]]:
    """Steps to do that ``before`` had not, and those that it had but not as they are in ``after``.

    Another place in the order changes nothing.
    """
    known = {step.id: step for step in before.steps}
    to_do = [step for step in after.steps if step.state is StepState.TODO]
    new = [step for step in to_do if step.id not in known]
    kept = [step for step in to_do if step.id in known]
    return new, [step for step in kept if replace(step, order=known[step.id].order) != known[step.id]]


def due_to_tell(plan: Plan, now: datetime) -> list[Step]:
    """Steps whose owners must hear of them now: what they wait for is settled, or their time has come.

    A step with a gate is told like any other, so that its owner goes and asks; its telling says the gate.
    """
    return [
        step
        for step in plan.steps
        if step.state is StepState.TODO
        and step.told_at is None
        and (not waits_for(plan, step) or now >= step.due_at)
    ]


def told(step: Step, now: datetime) -> Step:
    """The step with its owner told."""
    return replace(step, told_at=now)


def finish(  # noqa: PLR0913 -- which step of what, who finishes it when, with what
    plan: Plan, step_id: str, by: Person, result: str, now: datetime, *, consented: bool = False
) -> Step | Refused | None:
    """The step done; None if it was done before. ``result`` says what came of it.

    Refused while an earlier step is open, and at a gate where the client has not ``consented``: a result in
    words is no consent.
    """
    step = _find(plan, step_id)
    if not isinstance(step, Step):
        return step
    if step.state is StepState.DONE:
        return None
    if step.state is StepState.SKIPPED:
        return Refused(Reason("step_refused_ended", {"step": step.title}))
    if waiting := waits_for(plan, step):
        return Refused(Reason("step_refused_after", {"step": step.title, "before": waiting[0].title}))
    if step.needs is not None and not consented:
        return Refused(Reason("step_refused_consent", {"step": step.title}))
    return _settled(step, StepState.DONE, by, result, now)


def skip(plan: Plan, step_id: str, by: Person, reason: str, now: datetime) -> Step | Refused | None:
    """The step let go for a reason, so that what waits for it may go on; None if it was skipped before."""
    step = _find(plan, step_id)
    if not isinstance(step, Step):
        return step
    if step.state is StepState.SKIPPED:
        return None
    if step.state is StepState.DONE:
        return Refused(Reason("step_refused_ended", {"step": step.title}))
    if not reason.strip():
        return Refused(Reason("step_refused_no_reason", {"step": step.title}))
    return _settled(step, StepState.SKIPPED, by, reason, now)


def reopened(plan: Plan, step_id: str, now: datetime) -> Step | None:
    """A step that was done, to be done again because what it settled has changed; None if it was not done.

    Whoever changed it tells the owner, so it counts as told.
    """
    step = _find(plan, step_id)
    if not isinstance(step, Step) or step.state is not StepState.DONE:
        return None
    return replace(step, state=StepState.TODO, told_at=now, done_at=None, done_by=None, result=None)


def waits_for(plan: Plan, step: Step) -> list[Step]:
    """The steps that must be settled before this one, in the plan's order."""
    return [s for s in plan.steps if s.id in step.after and s.state is StepState.TODO]


def _taken_over(before: Step | None, step: Step, now: datetime) -> Step:
    """A step of the new book in place of the one that was in the plan; who changes the plan tells of it."""
    if before is None:
        return step
    if before.state is StepState.DONE:
        return before
    if before.state is StepState.SKIPPED:
        return replace(step, told_at=now)
    return replace(step, due_at=min(before.due_at, step.due_at), told_at=before.told_at)


def _dated(line: BookStep, place: int, incident: str, team: Mapping[str, str], since: datetime) -> Step:
    stand_in = None if line.owner == Role.DESK else team.get(Role.ACCOUNT)
    return Step(
        incident=incident,
        id=line.id,
        order=place,
        title=line.title,
        detail=line.detail,
        role=line.owner,
        person=team.get(line.owner, stand_in),
        due_at=since + line.due,
        done_when=line.done_when,
        needs=line.needs,
        after=line.after,
    )


def _find(plan: Plan, step_id: str) -> Step | Refused:
    found = next((step for step in plan.steps if step.id == step_id), None)
    return found or Refused(Reason("step_refused_unknown", {"step": step_id}))


def _settled(step: Step, state: StepState, by: Person, result: str, now: datetime) -> Step:
    return replace(step, state=state, done_at=now, done_by=by.id, result=result.strip() or None)
