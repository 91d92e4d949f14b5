"""Pages over real rows: what is pressed is stored, shown to everybody and told to open pages."""

import re
from dataclasses import replace

import pytest

from desk.acts import Acts
from desk.web.app import create_app
from tests.pages_fakes import Browser, Desk, form_fields, open_desk
from tests.pages_sample import incident
from wanglou.domain.person import Access
from wanglou.ports import DeskReader
from wanglou.storage.engine import SqlStorage
from wanglou.storage.reader import SqlDeskReader

INCIDENT = "/incidents/inc-anju-12"


@pytest.fixture
def reader(sqlite_storage: SqlStorage) -> DeskReader:
    with sqlite_storage.begin() as work:
        work.incidents.add(incident())
        work.commit()
    return SqlDeskReader(sqlite_storage)


@pytest.fixture
def desk(sqlite_storage: SqlStorage, reader: DeskReader) -> Desk:
    made = open_desk(sqlite_storage)
    acts = Acts(sqlite_storage, made.ports.config, ())
    made.ports = replace(made.ports, reader=reader, acts=acts)
    made.app = create_app(made.ports)
    return made


def fill(browser: Browser, deed: str, text: str, times: int = 1) -> str:
    page = browser.get(INCIDENT)
    answers = [browser.post_form(f"{INCIDENT}/{deed}", {"text": text}, page=page) for _ in range(times)]
    return answers[-1].text


def record(page: str) -> str:
    return re.sub(r"\s*<[^>]+>\s*", " ", page[page.index('id="timeline"') : page.index('id="people"')])


def test_an_acknowledgement_is_everybodys_and_is_told(desk: Desk, reader: DeskReader) -> None:
    before = reader.newest_change()
    fill(desk.signed_in("wang"), "acknowledge", "", times=2)
    board = desk.signed_in("lin").get("/").text
    assert "王敏" in board[board.index("row-inc-anju-12") :]
    told = reader.changes(Access("wang", frozenset({"anju"})), before)
    assert {(c.kind, c.subject) for c in told} >= {("incident", "inc-anju-12")}
    assert reader.changes(Access("chen", frozenset({"hemuli"})), before) == []


def test_a_note_sent_twice_is_recorded_once_and_the_record_stays_whole(desk: Desk) -> None:
    wang = desk.signed_in("wang")
    assert record(fill(wang, "note", "客户说批次为 2026-08", times=2)).count("批次为 2026-08") == 1
    assert record(fill(wang, "note", "客户说批次为 2026-08")).count("批次为 2026-08") == 2
    assert "记录完整：2 条" in wang.get(INCIDENT).text


def test_what_the_rules_refuse_is_said_on_the_page(desk: Desk) -> None:
    lin = desk.signed_in("lin")
    token = form_fields(
        lin.get(INCIDENT).text, f"{INCIDENT}/note"
    )  # the form itself is not offered to the desk
    page = lin.post(f"{INCIDENT}/contain", {**token, "text": "六小时无新增"})
    assert page.status_code == 409
    assert "不能做这项决定" in page.text


def test_a_dismissed_incident_leaves_the_board_and_can_be_taken_up_again(desk: Desk) -> None:
    wang = desk.signed_in("wang")
    fill(wang, "dismiss", "old_content")
    assert "现在没有待处理的事件" in wang.get("/").text
    assert "旧闻翻炒" in record(fill(wang, "reopen", "出现新的受害者", times=2))
    assert "row-inc-anju-12" in wang.get("/").text
