"""Every book in the library: readable, lawful in its order, with an end to the statement's clock."""

import re
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from alerting.handling import STATEMENT_STEP
from playbooks.playbook import choose
from wanglou.config.books import read_book
from wanglou.config.document import read_document
from wanglou.config.problem import Findings
from wanglou.config.sheet import Checked
from wanglou.domain.plan import BookStep, Playbook
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic
from wanglou.wording import LANGUAGES, say

FILES = sorted((Path(__file__).resolve().parents[2] / "playbooks" / "library").glob("*.yaml"))
NEVER = ("水军", "马甲", "控评服务", "删除差评", "付费删帖", "买好评")


@cache
def read(path: Path) -> Playbook:
    findings = Findings()
    book = read_book(Checked(read_document(path), findings))
    assert findings.problems == []
    assert book is not None
    return book


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_book_is_readable(path: Path) -> None:
    assert read(path).id == path.stem


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_evidence_comes_first_and_within_the_first_half_hour(path: Path) -> None:
    first = read(path).steps[0]
    assert (first.id, first.owner) == ("freeze_evidence", "desk")
    assert first.due <= timedelta(minutes=30)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_the_client_approves_the_words_in_writing(path: Path) -> None:
    approval = {step.id: step for step in read(path).steps}[STATEMENT_STEP]
    assert approval.needs == "client_consent"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_no_book_asks_for_what_the_law_forbids(path: Path) -> None:
    steps = "".join(step.title + step.detail + step.done_when for step in read(path).steps)
    assert not [word for word in NEVER if word in steps]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_taking_posts_down_is_only_ever_spoken_of_as_what_is_not_asked(path: Path) -> None:
    clauses = [
        c for s in read(path).steps for c in re.split("[，。；：、]", s.detail + s.done_when) if "删帖" in c
    ]
    assert all(re.search("不.*删帖", clause) for clause in clauses)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_law_is_named_as_a_pointer_to_be_checked(path: Path) -> None:
    named = [s.detail for s in read(path).steps if "《" in s.detail]
    assert all("线索" in detail and "以现行文本为准" in detail for detail in named)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_nothing_is_published_before_the_client_has_approved_it(path: Path) -> None:
    steps = {step.id: step for step in read(path).steps}
    if "publish_statement" in steps:
        assert STATEMENT_STEP in steps["publish_statement"].after


@pytest.mark.parametrize("severity", [s for s in Severity if s > Severity.BLUE])
@pytest.mark.parametrize(
    ("topic", "book"),
    [
        (Topic.FALSE_ADVERT, "misleading_ad"),
        (Topic.PRODUCT_SAFETY, "product_safety"),
        (Topic.SERVICE_COMPLAINT, "service_complaint"),
        (Topic.FOOD_SAFETY, "any_topic"),
        (Topic.OTHER, "any_topic"),
    ],
)
def test_a_crisis_of_a_kind_follows_its_own_book(topic: Topic, book: str, severity: Severity) -> None:
    assert choose([read(path) for path in FILES], topic, severity).id == book


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_gate_and_owner_has_words(path: Path) -> None:
    codes = {f"role_{step.owner}" for step in read(path).steps}
    codes |= {f"step_gate_{step.needs}" for step in read(path).steps if step.needs}
    assert all(say(Reason(code), language) for code in codes for language in LANGUAGES)


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("topic", Topic)
def test_every_kind_of_crisis_has_a_book(topic: Topic, severity: Severity) -> None:
    book = choose([read(path) for path in FILES], topic, severity)
    assert book.topic in {topic, None}
    assert book.from_severity <= severity


def test_a_misleading_advert_is_paused_everywhere_within_half_an_hour() -> None:
    book = next(read(path) for path in FILES if path.stem == "misleading_ad")
    steps = {step.id: step for step in book.steps}
    assert steps["pause_campaign"].needs == "client_consent"
    assert {steps[s].due for s in ("pause_campaign", "pause_partners")} == {timedelta(minutes=30)}


def test_after_harm_people_are_called_before_anything_is_said() -> None:
    steps = _steps("product_safety")
    assert steps["care_for_people"].due <= timedelta(minutes=30)
    assert steps["care_for_people"].due < steps["draft_statement"].due
    assert steps["stop_sale"].needs == "client_consent"


def test_who_complains_is_called_within_the_hour_by_someone_who_may_decide() -> None:
    steps = _steps("service_complaint")
    assert steps["contact_person"].due <= timedelta(hours=1)
    assert not steps["contact_person"].after
    assert steps["contact_person"].due < steps["publish_statement"].due


def _steps(book: str) -> dict[str, BookStep]:
    return {step.id: step for step in next(read(path) for path in FILES if path.stem == book).steps}
