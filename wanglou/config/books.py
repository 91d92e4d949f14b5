"""``playbooks/library/<book>.yaml``: what to do in a kind of crisis, by whom, until when."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from graphlib import CycleError, TopologicalSorter
from typing import Literal

from pydantic import Field

from wanglou.config.problem import advise
from wanglou.config.sheet import Checked, Sheet
from wanglou.config.values import Delay, Name, SeverityName, TopicOrAny, Word
from wanglou.domain.plan import BookStep, Playbook
from wanglou.domain.severity import Severity


class StepSheet(Sheet):
    """One step. ``due`` counts from the opening of the incident; ``after`` names steps done before it."""

    step: Word = Field(examples=["pause_campaign"])
    title: Name = Field(examples=["暂停争议广告投放"])
    owner: Literal["desk", "account", "pr", "media", "legal", "director"] = Field(examples=["account"])
    due: Delay = Field(examples=["30m"])
    done_when: Name = Field(examples=["各平台后台截图已存入时间线"])
    detail: str = Field(default="", max_length=4000, examples=["先停投放，再谈责任。"])
    needs: Literal["client_consent"] | None = Field(default=None, examples=["client_consent"])
    after: tuple[Word, ...] = Field(default=(), examples=["[freeze_evidence]"])


class BookSheet(Sheet):
    """The whole file."""

    book: Word = Field(examples=["misleading_ad"])
    title: Name = Field(examples=["广告争议处置预案"])
    topic: TopicOrAny = Field(examples=["false_advert"])
    from_severity: SeverityName = Field(default=Severity.BLUE, examples=["yellow"])
    steps: tuple[StepSheet, ...] = Field(min_length=1, examples=["[{step: …, title: …, owner: desk, …}]"])


def read_book(checked: Checked) -> Playbook | None:
    """The book, or None where the file's own shape is wrong."""
    sheet = checked.sheet(BookSheet)
    if sheet is None:
        return None
    checked.is_named_after_its_file("book", sheet.book)
    _check_steps(checked, sheet.steps)
    return Playbook(
        id=sheet.book,
        title=sheet.title,
        topic=sheet.topic,
        from_severity=sheet.from_severity,
        steps=tuple(_step(line) for line in sheet.steps),
        digest=hashlib.sha256(checked.document.raw).hexdigest(),
    )


def check_choice(books: Mapping[str, tuple[Checked, Playbook]]) -> None:
    """Report two books that would be chosen for the same incidents: which one is followed must be clear."""
    chosen: dict[tuple[object, Severity], str] = {}
    for id_, (checked, book) in books.items():
        other = chosen.setdefault((book.topic, book.from_severity), id_)
        if other != id_:
            says = f'has the topic and severity of the book "{other}"; change one of them'
            checked.refuse(["topic"], says)


def _step(line: StepSheet) -> BookStep:
    return BookStep(
        id=line.step,
        title=line.title,
        owner=line.owner,
        due=line.due,
        done_when=line.done_when,
        detail=line.detail,
        needs=line.needs,
        after=line.after,
    )


def _check_steps(checked: Checked, steps: Sequence[StepSheet]) -> None:
    due: dict[str, timedelta] = {}
    for place, line in enumerate(steps):
        if line.step in due:
            checked.refuse(["steps", place, "step"], f'repeats the step "{line.step}"; choose another id')
        due[line.step] = line.due
    for place, line in enumerate(steps):
        _check_order(checked, place, line, due)
    if len(due) == len(steps):
        _check_for_rings(checked, steps)


def _check_for_rings(checked: Checked, steps: Sequence[StepSheet]) -> None:
    try:
        TopologicalSorter({line.step: line.after for line in steps}).prepare()
    except CycleError as error:
        ring = " → ".join(error.args[1])
        checked.refuse(["steps"], f"wait for each other in a ring: {ring}; take one after: away")


def _check_order(checked: Checked, place: int, line: StepSheet, due: Mapping[str, timedelta]) -> None:
    for number, first in enumerate(line.after):
        path = ("steps", place, "after", number)
        if first not in due:
            checked.refuse(path, f'found "{first}", no step of this book; {advise(first, due)}')
        elif due[first] > line.due:
            says = f'is due before "{first}", which must be done first; write a later due'
            checked.refuse(("steps", place, "due"), says)
