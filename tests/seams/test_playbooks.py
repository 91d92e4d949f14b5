"""Every book in the library: readable, lawful in its order, with an end to the statement's clock."""

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
from wanglou.domain.plan import Playbook
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
