"""Plans and their steps."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, insert, select, true, update

from wanglou.domain.incident import Incident
from wanglou.domain.plan import Plan, Step, StepState
from wanglou.storage import tables
from wanglou.storage.incidents import ALL_OPEN, incident_of
from wanglou.storage.upserts import keep_first, keep_last

_plan, _step, _incident = tables.plan.c, tables.step.c, tables.incident.c

INSERT = keep_first(tables.plan, ["incident"])
INSERT_STEPS = insert(tables.step)
REPLACE, REPLACE_STEPS = keep_last(tables.plan), keep_last(tables.step)
PLAN = select(tables.plan).where(_plan.incident == bindparam("incident"))
STEPS = select(tables.step).where(_step.incident == bindparam("incident")).order_by(_step.place, _step.id)
SAVE_STEP = update(tables.step).where(
    _step.incident == bindparam("of_incident"), _step.id == bindparam("of_id")
)
UNTOLD = (
    select(tables.step)
    .join(tables.incident, _incident.id == _step.incident)
    .where(_step.told_at.is_(None), _step.state == StepState.TODO.value, _incident.is_open == true())
    .order_by(_step.due_at, _step.incident, _step.place)
)
FOLLOWED = ALL_OPEN.join(tables.plan, _plan.incident == _incident.id).add_columns(_plan.book.label("book"))
UNPLANNED = ALL_OPEN.where(~exists().where(_plan.incident == _incident.id))


@dataclass(frozen=True, slots=True)
class SqlPlans:
    """The ``Plans`` port over one connection."""

    connection: Connection

    def add(self, plan: Plan) -> bool:
        """Freeze a plan into its incident; False if it has one."""
        if self.connection.execute(INSERT.on(self.connection), plan_row(plan)).one_or_none() is None:
            return False
        if plan.steps:
            self.connection.execute(INSERT_STEPS, [step_row(step) for step in plan.steps])
        return True

    def of_incident(self, incident: str) -> Plan | None:
        """The incident's plan, its steps in order."""
        row = self.connection.execute(PLAN, {"incident": incident}).one_or_none()
        if row is None:
            return None
        steps = tuple(step_of(step) for step in self.connection.execute(STEPS, {"incident": incident}))
        return Plan(row.incident, row.book, row.book_title, row.book_digest, row.chosen_at, steps)

    def followed(self) -> list[tuple[Incident, str]]:
        """Open incidents that have a plan, oldest first, each with the id of the book it follows."""
        return [(incident_of(row), str(row.book)) for row in self.connection.execute(FOLLOWED)]

    def go_on(self, plan: Plan) -> None:
        """Store the plan in place of the incident's present one, all of whose steps it holds."""
        self.connection.execute(REPLACE.on(self.connection), plan_row(plan))
        self.connection.execute(REPLACE_STEPS.on(self.connection), [step_row(step) for step in plan.steps])

    def save_step(self, step: Step) -> None:
        """Store a changed step."""
        self.connection.execute(
            SAVE_STEP.values(**step_row(step)), {"of_incident": step.incident, "of_id": step.id}
        )

    def unplanned(self) -> list[Incident]:
        """Open incidents that have no plan yet, oldest first."""
        return [incident_of(row) for row in self.connection.execute(UNPLANNED)]

    def untold(self) -> list[Step]:
        """Steps to do of open incidents whose owners were not told, by due time."""
        return [step_of(row) for row in self.connection.execute(UNTOLD)]


def plan_row(plan: Plan) -> dict[str, Any]:
    """All columns of a plan but its steps."""
    return {
        "incident": plan.incident,
        "book": plan.book,
        "book_title": plan.book_title,
        "book_digest": plan.book_digest,
        "chosen_at": plan.chosen_at,
    }


def step_row(step: Step) -> dict[str, Any]:
    """All columns of a step."""
    return {
        "incident": step.incident,
        "id": step.id,
        "place": step.order,
        "title": step.title,
        "detail": step.detail,
        "role": step.role,
        "person": step.person,
        "due_at": step.due_at,
        "done_when": step.done_when,
        "needs": step.needs,
        "after": step.after,
        "state": step.state.value,
        "told_at": step.told_at,
        "done_at": step.done_at,
        "done_by": step.done_by,
        "result": step.result,
    }


def step_of(row: Row[Any]) -> Step:
    """A book's step, dated and frozen into an incident."""
    return Step(
        incident=row.incident,
        id=row.id,
        order=row.place,
        title=row.title,
        detail=row.detail,
        role=row.role,
        person=row.person,
        due_at=row.due_at,
        done_when=row.done_when,
        needs=row.needs,
        after=tuple(row.after),
        state=StepState(row.state),
        told_at=row.told_at,
        done_at=row.done_at,
        done_by=row.done_by,
        result=row.result,
    )
