"""The plan as a document: complete, for those who may see the incident, with the drafted statement."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from alerting.confirming import RESOLVED, RESOLVED_BEFORE, WAIVED
from tests.pages_fakes import Desk, open_desk
from tests.pages_sample import MINUTE, NOW, full_view, incident, plan, timeline, view_of
from wanglou.domain.incident import TimelineEntry, Via, chain
from wanglou.domain.plan import StepState
from wanglou.domain.reason import Value
from wanglou.ports import Storage

PAPERS = ("/incidents/inc-anju-12/plan", "/clients/anju/incidents/12/plan")


@pytest.fixture
def desk(sqlite_storage: Storage) -> Desk:
    return open_desk(sqlite_storage)


@pytest.mark.parametrize("address", PAPERS)
def test_every_step_has_owner_due_gate_and_result(desk: Desk, address: str) -> None:
    page = desk.signed_in("wang").get(address).text
    assert page.count('<li class="paper-step">') == len(plan().steps)
    for step in plan().steps:
        assert step.title in page
        assert step.done_when in page
    assert "客户同意" in page
    assert "首发帖与城市晚报报道已截图" in page
    assert page.index("先期口径草稿") < page.index("签名与日期")


def test_the_draft_shows_blanks_and_changes_when_a_step_is_done(desk: Desk) -> None:
    browser = desk.signed_in("wang")
    before = browser.get(PAPERS[0]).text
    assert "【待核实：正在采取的措施】" in before
    done = [replace(s, state=StepState.DONE, done_at=NOW) for s in plan().steps if s.id == "pause_campaign"]
    desk.reader.show(replace(full_view(), plan=replace(plan(), steps=tuple(done))))
    silent = browser.get(PAPERS[0]).text
    assert "【待核实：正在采取的措施】" in silent
    told = [replace(s, result="三个平台已下线，截图存档") for s in done]
    desk.reader.show(replace(full_view(), plan=replace(plan(), steps=tuple(told))))
    assert "【待核实：正在采取的措施】" in browser.get(PAPERS[0]).text, "consent alone stops no advert"
    stopped = TimelineEntry(
        "inc-anju-12",
        NOW,
        "wang",
        Via.DESK,
        "incident_step_stopped",
        {"who": "王芳", "step": "暂停投放", "step_id": "pause_campaign", "at": (NOW - MINUTE).isoformat()},
    )
    paused = replace(full_view(), plan=replace(plan(), steps=tuple(told)), timeline=timeline(stopped))
    desk.reader.show(paused)
    after = browser.get(PAPERS[0]).text
    assert "已暂停相关广告投放" in after
    assert "依据：已完成的步骤「暂停双十一返场的门锁广告投放」" in after
    assert "【待核实：正在采取的措施】" not in after


def test_the_paper_is_there_in_english_too(desk: Desk) -> None:
    page = desk.signed_in("wang").get(f"{PAPERS[0]}?lang=en").text
    assert "Draft of the holding statement" in page
    assert "【to be confirmed: telephone or address】" in page


def test_an_incident_without_a_plan_says_so_and_still_drafts(desk: Desk) -> None:
    desk.reader.show(view_of(incident()))
    page = desk.signed_in("wang").get(PAPERS[0]).text
    assert "还没有处置方案" in page
    assert "先期口径草稿" in page


@pytest.mark.parametrize("address", PAPERS)
def test_a_person_of_another_client_finds_no_paper(desk: Desk, address: str) -> None:
    answer = desk.signed_in("chen").get(address)
    assert answer.status_code == 404
    assert "安屿" not in answer.text


@pytest.mark.parametrize("address", [PAPERS[0].replace("12", "99"), PAPERS[1].replace("12", "99")])
def test_an_unknown_incident_has_no_paper(desk: Desk, address: str) -> None:
    assert desk.signed_in("wang").get(address).status_code == 404


def test_what_people_typed_is_text_on_paper(desk: Desk) -> None:
    hostile = replace(plan().steps[0], result="<script>alert(1)</script>")
    desk.reader.show(replace(full_view(), plan=replace(plan(), steps=(hostile,))))
    page = desk.signed_in("wang").get(PAPERS[0]).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_incident_page_leads_to_the_paper(desk: Desk) -> None:
    assert 'href="/incidents/inc-anju-12/plan"' in desk.signed_in("wang").get("/incidents/inc-anju-12").text


def test_the_paper_tells_on_whose_word_it_was_resolved(desk: Desk) -> None:
    facts = {
        "who": "王敏",
        "by": "陈经理",
        "medium": "letter",
        "at": (NOW - MINUTE).isoformat(),
        "words": "<b>同意结案</b>",
    }
    page = paper_after(desk, RESOLVED, facts)
    end = page[page.index("平息确认") : page.index("签名与日期")]
    for part in ("陈经理", "书面函件", "2026年11月12日 周四 14:04:00", "&lt;b&gt;同意结案", "王敏"):
        assert part in end


def test_the_paper_says_why_there_was_no_word(desk: Desk) -> None:
    page = paper_after(desk, WAIVED, {"who": "王敏", "reason": "联系人失联"})
    assert "未取得客户确认，原因" in page
    assert "联系人失联" in page


def test_a_word_recorded_before_its_fields_were_asked_for_is_still_shown(desk: Desk) -> None:
    page = paper_after(desk, RESOLVED_BEFORE, {"who": "王敏", "confirmation": "客户邮件：可以了"})
    assert "客户邮件：可以了" in page


def paper_after(desk: Desk, kind: str, facts: Mapping[str, Value]) -> str:
    view = full_view()
    last = view.timeline[-1]
    entry = TimelineEntry(view.incident.id, NOW, "wang", Via.DESK, kind, facts)
    link = chain(entry, last.seq + 1, last.hash)
    desk.reader.show(replace(view, timeline=(*view.timeline, link)))
    return desk.signed_in("wang").get(PAPERS[0]).text
