"""Every file of sentences: both languages, the same blanks, words for every value people see."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path

import pytest

from wanglou.domain.incident import IncidentState
from wanglou.domain.person import Role
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic
from wanglou.kinds import known_kinds
from wanglou.wording import LANGUAGES, UnknownWordingError, blanks, catalogue, moment, say

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("alerting", "analysis", "crawlers", "desk", "playbooks", "wanglou")
DETECTORS = ("analysis.detectors", "analysis.mention_detectors", "analysis.growth_detectors")
SHANGHAI = timezone(timedelta(hours=8))


def reasons_named_in(path: Path) -> Iterator[tuple[str, str]]:
    """Where a Reason with a code written out is made, and that code."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reason":
            codes = [a.value for a in node.args[:1] if isinstance(a, ast.Constant)]
            yield from ((f"{path.relative_to(ROOT)}:{node.lineno}", str(code)) for code in codes)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_reason_the_code_gives_has_a_sentence(package: str) -> None:
    found = [place for path in (ROOT / package).rglob("*.py") for place in reasons_named_in(path)]
    assert [place for place in found if place[1] not in catalogue()] == []


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_a_code_has_both_languages_with_the_same_blanks(code: str) -> None:
    sentences = catalogue()[code]
    assert set(sentences) == set(LANGUAGES)
    assert all(text.strip() for text in sentences.values())
    assert blanks(sentences["zh"]) == blanks(sentences["en"])


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_what_a_playbook_says_is_quoted_in_english(code: str) -> None:
    """Books are written in one language: their words in an English sentence are somebody else's."""
    sentence = catalogue()[code]["en"]
    for blank in blanks(sentence) & {"step", "steps", "done_when"}:
        assert f"“{{{blank}}}”" in sentence


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("word", "values"), [("state", IncidentState), ("role", Role), ("topic", Topic)], ids=str
)
def test_every_value_has_words(word: str, values: type[StrEnum], language: str) -> None:
    assert all(say(Reason(f"{word}_{value}"), language) for value in values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_signal_has_a_word(language: str) -> None:
    kinds = {k for p in DETECTORS for k in known_kinds(p)}
    assert len(kinds) > 5
    assert all(say(Reason(f"kind_{kind}"), language) for kind in kinds)


@pytest.mark.parametrize("severity", Severity)
def test_a_severity_is_said_with_its_numeral(severity: Severity) -> None:
    assert all(
        say(Reason(f"severity_{severity.colour}"), one).startswith(severity.numeral) for one in LANGUAGES
    )


def test_a_blank_may_ask_for_words_and_for_the_readers_time() -> None:
    reason = Reason("clock_overdue", {"clock": "statement", "due": "2026-07-25T06:05:00+00:00"})
    assert say(reason, "zh", SHANGHAI) == "首次回应时钟已超时：应于周六 07-25 14:05 前完成"


def test_a_moment_is_said_by_the_clock_of_the_reader() -> None:
    assert moment(datetime(2026, 7, 25, 17, 0, tzinfo=UTC), "en", SHANGHAI) == "Sun 07-26 01:00"


@pytest.mark.parametrize(
    "reason",
    [
        Reason("no_such_sentence"),
        Reason("clock_overdue", {"clock": "statement"}),
        Reason("clock_overdue", {"clock": "no_such_clock", "due": "2026-07-25T06:05:00+00:00"}),
        Reason("clock_overdue", {"clock": "statement", "due": "soon"}),
    ],
)
def test_a_sentence_that_cannot_be_said_is_an_error_not_a_guess(reason: Reason) -> None:
    with pytest.raises(UnknownWordingError):
        say(reason)
