"""Every check of statements: readable, finding what it names, and nothing in our own drafts."""

import re
from datetime import UTC, date
from functools import cache
from pathlib import Path

import pytest

from playbooks.review import Line, lines_of, review
from playbooks.statement import PUBLIC_STEPS, draft
from tests.pages_sample import incident, plan
from tests.units.test_statement import with_states
from wanglou.config.checks import BLANKS as NAMED_IN_FILES
from wanglou.config.checks import read_check
from wanglou.config.document import read_document
from wanglou.config.problem import Findings
from wanglou.config.sheet import Checked
from wanglou.domain.plan import StepState
from wanglou.domain.statement import Check, CheckKind, CheckLevel
from wanglou.domain.topic import Topic
from wanglou.wording import LANGUAGES

FILES = sorted((Path(__file__).resolve().parents[2] / "playbooks" / "checks").glob("*.yaml"))
HAN = re.compile("[\u4e00-\u9fff]")


@cache
def read(path: Path) -> Check:
    findings = Findings()
    check = read_check(Checked(read_document(path), findings))
    assert findings.problems == findings.notes == []
    assert check is not None
    return check


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_check_says_why_in_both_languages(path: Path) -> None:
    check = read(path)
    assert HAN.search(check.reason["zh"])
    assert not HAN.search(check.reason["en"])


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_pointer_names_law_article_meaning_and_the_day_it_was_checked(path: Path) -> None:
    for law in read(path).laws:
        assert law.law
        assert "条" in law.article
        assert law.means
        assert law.checked_on > date(2024, 1, 1)


@pytest.mark.parametrize("path", [p for p in FILES if read(p).kind is CheckKind.WORDS], ids=lambda p: p.stem)
def test_a_check_finds_each_of_its_words(path: Path) -> None:
    check = read(path)
    for word in check.words:
        [finding] = review([Line(f"我们说{word}。")], [check], "")
        assert finding.start <= 3 <= finding.end


def test_a_draft_without_facts_has_its_blanks_found_and_nothing_else() -> None:
    checks = [read(path) for path in FILES]
    done = with_states(*[StepState.DONE] * len(PUBLIC_STEPS))
    for topic in Topic:
        for language in LANGUAGES:
            for steps in (plan(), done):
                lines = lines_of(draft(incident(topic=topic), steps), language, UTC)
                assert {f.check.kind for f in review(lines, checks, "")} == {CheckKind.BLANK}


def test_what_the_law_forbids_stands_against_an_approval() -> None:
    refusing = {path.stem for path in FILES if read(path).level is CheckLevel.REFUSE}
    assert refusing >= {"blank_left", "personal_data", "red_lines", "blames_customers"}


def test_files_name_the_blanks_that_a_draft_has() -> None:
    found = {b for topic in Topic for s in draft(incident(topic=topic), None) for b in s.blanks}
    assert found == set(NAMED_IN_FILES)
