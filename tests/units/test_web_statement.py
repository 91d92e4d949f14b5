"""The statement on the plan page: blanks filled, faults marked in place, an approval bound to words."""

from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import pytest

from alerting.stating import APPROVED, FACT, VOIDED
from desk.stating import statement_of
from desk.web.app import create_app
from desk.web.statement import Part, parts_of
from tests.pages_fakes import Desk, form_fields, open_desk
from tests.pages_sample import NOW, ZONE, full_view
from wanglou.domain.confirmation import Confirmation, Medium
from wanglou.domain.incident import IncidentState, TimelineEntry, Via, chain
from wanglou.domain.reason import Reason, Value
from wanglou.domain.statement import Check, CheckKind, CheckLevel, LegalPointer, StatementFact
from wanglou.ports import Storage

PAPER = "/incidents/inc-anju-12/plan"
LAW = LegalPointer("广告法（示例）", "第一条", "不能这样写", date(2026, 11, 25))
CHECKS = MappingProxyType(
    {
        "absolute": Check(
            "absolute",
            CheckKind.WORDS,
            CheckLevel.WARN,
            {"zh": "绝对化了", "en": "too absolute"},
            words=("绝无",),
            laws=(LAW,),
        ),
        "blank": Check("blank", CheckKind.BLANK, CheckLevel.REFUSE, {"zh": "空白还没填", "en": "left blank"}),
    }
)
FILLED = {
    "date": "2026 年 11 月 12 日 14:30",
    "known": "只涉及 S3 批次",
    "doing": "核对全部批次",
    "open": "原因正在检测",
    "next": "今日 18:00",
    "contact": "400-000-0000",
}


@pytest.fixture
def desk(sqlite_storage: Storage) -> Desk:
    made = open_desk(sqlite_storage)
    made.ports = replace(made.ports, config=replace(made.ports.config, checks=CHECKS))
    made.app = create_app(made.ports)
    return made


def recorded(desk: Desk, *lines: tuple[str, dict[str, str]]) -> None:
    view = desk.reader.incidents["inc-anju-12"]
    timeline = list(view.timeline)
    for kind, facts in lines:
        told: dict[str, Value] = {"who": "王敏", **facts}
        entry = TimelineEntry(view.incident.id, NOW, "wang", Via.DESK, kind, told)
        timeline.append(chain(entry, timeline[-1].seq + 1, timeline[-1].hash))
    desk.reader.show(replace(view, timeline=tuple(timeline)))


def fact(blank: str, text: str) -> tuple[str, dict[str, str]]:
    return FACT, {"blank": blank, "text": text, "source": "质检邮件", "said_by": "陈经理"}


def all_filled(desk: Desk) -> str:
    """Every blank filled; the digest of the words."""
    recorded(desk, *(fact(blank, text) for blank, text in FILLED.items()))
    return digest(desk)


def digest(desk: Desk) -> str:
    view = desk.reader.incidents["inc-anju-12"]
    return statement_of(desk.ports.config, view.incident, view.plan, view.timeline).digest


def approval(digest_: str) -> tuple[str, dict[str, str]]:
    word = {"by": "陈经理", "medium": "chat", "at": NOW.isoformat(), "words": "同意发布"}
    return APPROVED, {**word, "statement": "当时的全文", "digest": digest_}


def page(desk: Desk, lang: str = "zh") -> str:
    return desk.signed_in("wang").get(f"{PAPER}?lang={lang}").text


def test_a_filled_blank_stands_in_the_draft_with_its_source_and_the_rest_stays_blank(desk: Desk) -> None:
    recorded(desk, fact("known", "只涉及 S3 批次。"))
    text = page(desk)
    assert "目前已核实：只涉及 S3 批次。" in text
    assert "依据：陈经理，质检邮件" in text
    assert "【待核实：几月几日几点】" in text
    assert text.count("<strong>还不知道</strong>") == 5


def test_a_fault_is_marked_where_it_stands_with_its_reason_and_a_pointer_for_a_lawyer(desk: Desk) -> None:
    recorded(desk, fact("known", "绝无质量问题"))
    text = page(desk)
    assert '<mark class="found found-warn">绝无</mark><sup><a href="#note-' in text
    assert "绝对化了" in text
    assert "法律线索：《广告法（示例）》第一条，大意：不能这样写（2026-11-25 核对）" in text
    assert "不是法律意见" in text
    assert "too absolute" in page(desk, "en")


def test_the_form_of_a_blank_reaches_the_act_with_source_and_speaker(desk: Desk) -> None:
    browser = desk.signed_in("wang")
    fields = {"blank": "known", "text": " 只涉及 S3 批次 ", "by": "陈经理", "source": "质检邮件"}
    answer = browser.post_form(f"{PAPER}/fact", fields, page=browser.get(PAPER))
    assert answer.status_code == 200
    assert answer.url.path == PAPER
    [asked] = [a for a in desk.acts.asked if a[0] == "state_fact"]
    assert asked[3] == StatementFact("known", "只涉及 S3 批次", "质检邮件", "陈经理", "wang", NOW)


def test_what_is_refused_is_said_above_the_statement_and_what_was_typed_is_kept(desk: Desk) -> None:
    desk.acts.refuse = Reason("incident_refused_no_source")
    browser = desk.signed_in("wang")
    fields = {"blank": "known", "text": "三个批次", "by": "", "source": "听说"}
    answer = browser.post_form(f"{PAPER}/fact", fields, page=browser.get(PAPER))
    assert answer.status_code == 409
    assert "事实要写明出处" in answer.text
    assert ">三个批次</textarea>" in answer.text
    assert 'value="听说"' in answer.text
    assert f'href="{PAPER}?lang=en"' in answer.text


def test_a_filled_blank_can_be_taken_back(desk: Desk) -> None:
    recorded(desk, fact("known", "只涉及 S3 批次"))
    browser = desk.signed_in("wang")
    browser.post_form(f"{PAPER}/withdraw", {"text": "检测有误"}, page=browser.get(PAPER))
    assert [a[3:] for a in desk.acts.asked if a[0] == "withdraw_fact"] == [("known", "检测有误")]


def test_while_a_blank_is_left_no_approval_can_be_recorded(desk: Desk) -> None:
    text = page(desk)
    assert "必须先改（空白也算）" in text
    assert f'action="{PAPER}/approve"' not in text


def test_the_approval_carries_the_digest_of_the_words_that_were_shown(desk: Desk) -> None:
    shown = all_filled(desk)
    browser = desk.signed_in("wang")
    fields = {"by": "陈经理", "medium": "mail", "at": "2026-11-12T14:00", "text": "可以发"}
    answer = browser.post_form(f"{PAPER}/approve", fields, page=browser.get(PAPER))
    assert answer.status_code == 200
    [asked] = [a for a in desk.acts.asked if a[0] == "approve_statement"]
    at = datetime(2026, 11, 12, 14, 0, tzinfo=ZONE)
    assert asked[3:] == (shown, Confirmation("陈经理", Medium.MAIL, at, "可以发"))


@pytest.mark.parametrize("changes", [{"medium": ""}, {"at": "下午"}])
def test_an_approval_without_medium_or_time_is_refused_in_words(desk: Desk, changes: dict[str, str]) -> None:
    all_filled(desk)
    browser = desk.signed_in("wang")
    fields = {"by": "陈经理", "medium": "mail", "at": "2026-11-12T14:00", "text": "可以发", **changes}
    answer = browser.post_form(f"{PAPER}/approve", fields, page=browser.get(PAPER))
    assert answer.status_code == 409
    assert "要选用什么方式确认" in answer.text
    assert not desk.acts.asked


def test_an_approval_of_these_words_is_shown_and_not_asked_for_again(desk: Desk) -> None:
    recorded(desk, approval(all_filled(desk)))
    text = page(desk)
    assert "客户已确认这份文本" in text
    assert f'action="{PAPER}/approve"' not in text


def test_an_approval_of_other_words_says_so_and_shows_them(desk: Desk) -> None:
    all_filled(desk)
    recorded(desk, approval("0" * 64))
    text = page(desk)
    assert "客户确认的是另一份文本" in text
    assert "当时的全文" in text
    assert f'action="{PAPER}/approve"' in text


def test_a_voided_approval_says_so(desk: Desk) -> None:
    recorded(desk, approval(all_filled(desk)), (VOIDED, {"digest": "abc"}))
    text = page(desk)
    assert "确认已作废" in text
    assert f'action="{PAPER}/approve"' in text


def test_an_ended_incident_keeps_its_statement_and_offers_no_form(desk: Desk) -> None:
    view = full_view()
    desk.reader.show(replace(view, incident=replace(view.incident, state=IncidentState.CLOSED)))
    text = page(desk)
    assert "先期口径草稿" in text
    assert f'action="{PAPER}/' not in text


@pytest.mark.parametrize("deed", ["fact", "withdraw", "approve", "explode"])
def test_a_person_of_another_client_and_an_unknown_deed_find_nothing(desk: Desk, deed: str) -> None:
    browser = desk.signed_in("wang" if deed == "explode" else "chen")
    token: dict[str, Any] = {"form": desk_token(browser)}
    assert browser.post(f"{PAPER}/{deed}", token).status_code == 404
    assert not desk.acts.asked


def test_a_form_without_its_token_does_nothing(desk: Desk) -> None:
    browser = desk.signed_in("wang")
    assert browser.post(f"{PAPER}/fact", {"blank": "known", "text": "x"}).status_code == 403
    assert not desk.acts.asked


def test_hostile_words_are_text(desk: Desk) -> None:
    recorded(desk, fact("known", "<script>alert(1)</script>绝无{brand}"))
    text = page(desk)
    assert "<script>alert(1)" not in text
    assert "{brand}" in text


def desk_token(browser: Any) -> str:
    return str(form_fields(browser.get("/").text, "/sign-out")["form"])


def test_overlapping_marks_are_cut_apart_and_the_graver_shows() -> None:
    assert parts_of("一二三四", [(0, 3, 1, "warn"), (1, 4, 2, "refuse")]) == (
        Part("一", "warn"),
        Part("二三", "refuse", (1,)),
        Part("四", "refuse", (2,)),
    )
    assert parts_of("", []) == ()


def test_a_telephone_call_is_no_medium_of_an_approval(desk: Desk) -> None:
    all_filled(desk)
    form = page(desk).partition('name="medium"')[2].partition("</select>")[0]
    assert 'value="mail"' in form
    assert "phone" not in form
