"""A statement held against the checks: what is marked, where, and what is let pass."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.sample import CHECKS
from playbooks.review import Finding, Line, refusing, review
from wanglou.config.checks import read_check
from wanglou.config.document import read_document
from wanglou.config.problem import Findings
from wanglou.config.sheet import Checked
from wanglou.domain.statement import Check


@cache
def checks() -> tuple[Check, ...]:
    found = [read_check(Checked(read_document(p), Findings())) for p in sorted(CHECKS.glob("*.yaml"))]
    return tuple(check for check in found if check is not None)


def found(text: str, *of: str, known: str = "") -> list[tuple[str, str]]:
    return [(f.check.id, text[f.start : f.end]) for f in review([Line(text, of)], checks(), known)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我们的产品绝无质量问题。", ("absolute_words", "绝无")),
        ("检测合格率 100 %。", ("absolute_words", "100 %")),
        ("There is absolutely no danger.", ("absolute_words", "absolutely")),
        ("这是全国第一的门锁。", ("superlatives", "全国第一")),
        ("是用户使用不当造成的。", ("blames_customers", "使用不当")),
        ("个别用户反馈门锁打不开。", ("belittling", "个别")),
        ("如有不便，请谅解。", ("evasive", "如有不便")),
        ("我们已请平台删帖。", ("red_lines", "删帖")),
        ("我们将追究法律责任。", ("threats", "追究法律责任")),
        ("当事人电话 13812345678。", ("personal_data", "13812345678")),
        ("证件号 11010519491231002X。", ("personal_data", "11010519491231002X")),
        ("车牌沪A12345。", ("personal_data", "沪A12345")),
        ("王女士已就医。", ("personal_data", "王女士")),
        ("李某某先生已就医。", ("personal_data", "李某某先生")),
        ("我们会尽快公布结果。", ("undated_promise", "尽快")),
        ("We will publish the result soon.", ("undated_promise", "soon")),
        ("目前已核实：【待核实：哪些事实】。", ("blank_left", "【待核实：哪些事实】")),
    ],
)
def test_what_would_hurt_is_marked_where_it_stands(text: str, expected: tuple[str, str]) -> None:
    assert expected in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "11 月 12 日 18:00 前，我们会公布检测结果。",
        "我们将于 24 小时内再次说明。",
        "各位用户、各位先生女士：",
        "受影响的批次已停售，检测报告编号 A-77。",
        "身体不适的，请先就医，并留好产品和凭证。",
        "We will publish the result by 18:00 on Friday.",
    ],
)
def test_what_is_fit_to_say_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_a_promise_is_judged_in_its_own_sentence() -> None:
    text = "检测在 18:00 前完成。我们会尽快公布。"
    assert [w for c, w in found(text) if c == "undated_promise"] == ["我们会", "尽快"]


def test_a_number_must_be_among_the_known_facts() -> None:
    said = "我们正在做：已召回 300 台，送检 12 台。"
    assert [w for c, w in found(said, "doing", known="已召回 300 台")] == ["12"]
    assert found("目前已核实：涉及 300 台。", "known") == []
    assert found("我们正在做：18:30 前送检。", "doing") == []


def test_a_companys_own_contact_is_no_personal_data() -> None:
    assert found("联系我们：service@anyu.example，13812345678。", "contact") == []
    assert [c for c, _ in found("联系我们：13812345678。", "known")] == ["personal_data"]


def test_of_overlapping_finds_of_a_check_the_longer_is_told() -> None:
    assert [w for c, w in found("极个别门店。") if c == "belittling"] == ["极个别"]


def test_only_what_must_change_stands_against_an_approval() -> None:
    lines = [Line("绝无问题，是用户使用不当。")]
    assert {f.check.id for f in refusing(review(lines, checks(), ""))} == {"blames_customers"}


texts = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
    ["绝无", "尽快", "13812345678", "【空】", "王女士", "100%", "12 台"]
)


@given(st.lists(st.lists(texts, max_size=5).map("".join), max_size=4), st.text(max_size=20))
def test_whatever_stands_there_every_finding_points_at_words_of_it(said: list[str], known: str) -> None:
    lines = [Line(text, ("doing",)) for text in said]
    findings = review(lines, checks(), known)
    assert all(0 <= f.start < f.end <= len(lines[f.line].text) for f in findings)
    assert findings == sorted(findings, key=_place)
    assert review(lines, reversed(checks()), known) == findings


def _place(finding: Finding) -> tuple[int, int, str]:
    return finding.line, finding.start, finding.check.id
