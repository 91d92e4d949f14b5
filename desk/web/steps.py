"""The steps of a plan as one reader sees them: what is theirs, and who else has what."""

from collections.abc import Iterator
from dataclasses import dataclass

from desk.web.rendering import Reader
from desk.web.told import people_in
from wanglou.domain.person import Role
from wanglou.domain.plan import Step, StepState
from wanglou.ports import IncidentView


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step, what it still waits for, by title, and who is to do it, in the reader's words."""

    step: Step
    waits_for: tuple[str, ...]
    owner: str
    is_mine: bool

    @property
    def is_open(self) -> bool:
        """Whether it can be worked on now."""
        return self.step.state == StepState.TODO and not self.waits_for


def planned_steps(view: IncidentView, reader: Reader) -> list[PlannedStep]:
    """The plan's steps in order; none where there is no plan yet."""
    return list(_planned(view, reader)) if view.plan else []


def _planned(view: IncidentView, reader: Reader) -> Iterator[PlannedStep]:
    ordered = sorted(view.plan.steps, key=lambda s: s.order) if view.plan else []
    undone = {s.id: s.title for s in ordered if s.state == StepState.TODO}
    watch = _watch(view, reader)
    for step in ordered:
        waits_for = tuple(undone[a] for a in step.after if a in undone)
        yield PlannedStep(step, waits_for, _owner(step, watch, reader), _is_mine(step, watch, reader))


def _watch(view: IncidentView, reader: Reader) -> tuple[str, ...]:
    """Who has the desk's steps now."""
    return people_in(Role.DESK, reader, reader.ports.config.clients.get(view.incident.client))


def _owner(step: Step, watch: tuple[str, ...], reader: Reader) -> str:
    if step.person:
        return reader.name_of(step.person)
    if step.role == Role.DESK and watch:
        return reader.words("page_step_on_duty", role=step.role, names=reader.listed(watch))
    return reader.words("page_step_unowned", role=step.role)


def _is_mine(step: Step, watch: tuple[str, ...], reader: Reader) -> bool:
    """Named, or of my role where nobody is; the desk's steps belong to whoever is on duty as well."""
    if step.person:
        return step.person == reader.access.person
    role = reader.visit.person.role if reader.visit else None
    return step.role == role or (step.role == Role.DESK and reader.access.person in watch)
