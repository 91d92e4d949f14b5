"""What to do, by whom, until when: the book, and its steps frozen into an incident."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wanglou.domain.confirmation import Confirmation
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic


@dataclass(frozen=True, slots=True)
class BookStep:
    """One step of a playbook. ``due`` counts from the incident's opening, or from when it took up the book.

    ``owner`` is a team role. ``needs`` names a gate (``client_consent``) or is None. ``after`` are ids of
    steps that must be done first.
    """

    id: str
    title: str
    owner: str
    due: timedelta
    done_when: str
    detail: str = ""
    needs: str | None = None
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Playbook:
    """One file of ``playbooks/library``. ``topic`` None fits any; ``from_severity`` and above.

    ``digest`` is the sha256 of the file, kept with the plan so that it is known which text was followed.
    """

    id: str
    title: str
    topic: Topic | None
    from_severity: Severity
    steps: tuple[BookStep, ...]
    digest: str


STOPS = ("pause_campaign", "stop_sale")
"""Steps of the library that stop something the public sees: whether it has stopped is asked apart."""


class Stopped(StrEnum):
    """Whether what a step is to stop has stopped."""

    YES = "yes"
    NOT_YET = "not_yet"
    NOTHING = "nothing"  # no advert runs, nothing is on sale


@dataclass(frozen=True, slots=True)
class StepWord:
    """What is said of a step that is done: the client's consent, of STOPS whether and since when.

    ``result`` says what came of it.
    """

    consent: Confirmation | None = None
    stopped: Stopped | None = None
    stopped_at: datetime | None = None
    result: str = ""


class StepState(StrEnum):
    """How far a step is."""

    TODO = "todo"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Step:
    """A book's step, dated and frozen into an incident. ``person`` is None if the team has no such role.

    ``order`` is its place in the plan, from 1. ``told_at`` is when its owner was told that it is theirs.
    """

    incident: str
    id: str
    order: int
    title: str
    detail: str
    role: str
    person: str | None
    due_at: datetime
    done_when: str
    needs: str | None
    after: tuple[str, ...]
    state: StepState = StepState.TODO
    told_at: datetime | None = None
    done_at: datetime | None = None
    done_by: str | None = None
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of one incident with the book they came from."""

    incident: str
    book: str
    book_title: str
    book_digest: str
    chosen_at: datetime
    steps: tuple[Step, ...]
