"""Facts of a statement and the client's approval, on record and read back."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from alerting import stating
from alerting.decision import Decision, Place
from tests.units.alerting.cast import MINUTE, NOW, act, done, opened, refusal
from wanglou.domain.clock import STATEMENT
from wanglou.domain.confirmation import Confirmation, Medium
from wanglou.domain.incident import ChainedEntry, IncidentState, TimelineEntry, chain
from wanglou.domain.reason import Reason
from wanglou.domain.statement import StatementFact
from wanglou.wording import LANGUAGES, say

FACT = StatementFact("known", " 只涉及 S3 批次 ", "质检邮件 11-12", "陈经理", "wang", NOW)
WORD = Confirmation("陈经理", Medium.CHAT, NOW, "同意发布")


def recorded(*decisions: Decision) -> list[ChainedEntry]:
    entries = [entry for decision in decisions for entry in decision.entries]
    return [chain(entry, seq, "") for seq, entry in enumerate(entries, start=1)]


def stated(**changes: Any) -> Decision:
    return done(stating.state(opened(), act(), replace(FACT, **changes)))


def test_a_fact_is_read_back_with_its_source_and_who_said_and_recorded_it() -> None:
    [fact] = stating.facts_on_record(recorded(stated())).values()
    assert fact == replace(FACT, text="只涉及 S3 批次", at=NOW + MINUTE)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": " "}, "incident_refused_no_text"),
        ({"source": ""}, "incident_refused_no_source"),
        ({"said_by": "  "}, "incident_refused_no_source"),
    ],
)
def test_what_has_no_source_is_no_fact(changes: dict[str, Any], code: str) -> None:
    assert refusal(stating.state(opened(), act(), replace(FACT, **changes))) == code


def test_the_latest_word_counts_and_what_is_taken_back_is_a_blank_again() -> None:
    later = stated(text="涉及两个批次")
    assert stating.facts_on_record(recorded(stated(), later))["known"].text == "涉及两个批次"
    back = done(stating.withdraw(opened(), act(), "known", "检测结果有误"))
    assert stating.facts_on_record(recorded(stated(), later, back)) == {}


def test_taking_back_needs_a_reason() -> None:
    assert refusal(stating.withdraw(opened(), act(), "known", " ")) == "incident_refused_no_reason"


def test_an_approval_holds_its_words_and_stops_the_statements_clock() -> None:
    decision = done(stating.approve(opened(), act(), "全文", "abc", WORD))
    assert STATEMENT in decision.stop_clocks
    found = stating.approval_on_record(recorded(decision))
    assert found is not None
    assert (found.words, found.digest, found.confirmation, found.is_void) == ("全文", "abc", WORD, False)


def test_a_change_afterwards_voids_it_and_calls_who_must_ask_again() -> None:
    approval = stating.approval_on_record(
        recorded(done(stating.approve(opened(), act(), "全文", "abc", WORD)))
    )
    assert approval is not None
    changed = stating.void(stated(), act(), approval)
    found = stating.approval_on_record(
        recorded(done(stating.approve(opened(), act(), "全文", "abc", WORD)), changed)
    )
    assert found is not None
    assert found.is_void
    telling = changed.tellings[-1]
    assert [(a.place, a.who) for a in telling.audience] == [
        (Place.TEAM, ""),
        (Place.DESK, ""),
        (Place.ROLE, "account"),
    ]
    assert telling.facts["steps"] == "approve_statement"
    assert "作废" in say(telling.saying)


def test_an_approval_after_that_holds_again() -> None:
    first = done(stating.approve(opened(), act(), "全文", "abc", WORD))
    approval = stating.approval_on_record(recorded(first))
    assert approval is not None
    second = done(stating.approve(opened(), act(), "新全文", "def", WORD))
    found = stating.approval_on_record(recorded(first, stating.void(stated(), act(), approval), second))
    assert found is not None
    assert (found.digest, found.is_void) == ("def", False)


def test_nothing_goes_on_record_of_what_is_over() -> None:
    over = replace(opened(), state=IncidentState.RESOLVED)
    answers: Sequence[object] = (
        stating.state(over, act(), FACT),
        stating.withdraw(over, act(), "known", "x"),
        stating.approve(over, act(), "x", "y", WORD),
    )
    assert {refusal(answer) for answer in answers} == {"incident_refused_ended"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_can_be_said(language: str) -> None:
    approved = done(stating.approve(opened(), act(), "全文", "abc", WORD))
    approval = stating.approval_on_record(recorded(approved))
    assert approval is not None
    lines: list[TimelineEntry] = [
        *stating.void(stated(), act(), approval).entries,
        *done(stating.withdraw(opened(), act(), "known", "有误")).entries,
        *approved.entries,
    ]
    assert all(say(Reason(line.kind, line.facts), language) for line in lines)
