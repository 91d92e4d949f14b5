"""Forms: who may send them, what happens when they come twice, how a refusal is said."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from httpx import Response

from desk.entrance import FRESH
from tests.pages_fakes import Browser, Desk, form_fields, open_desk
from tests.pages_sample import MINUTE, NOW, PASSWORD, ZONE, incident, view_of
from wanglou.domain.confirmation import Confirmation, Medium
from wanglou.domain.incident import IncidentState
from wanglou.domain.plan import StepWord, Stopped
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.ports import Storage

INCIDENT = "/incidents/inc-anju-12"

WORD = {"by": " 陈经理 ", "medium": "mail", "at": "2026-11-12T13:50", "text": "同意结束"}


@pytest.fixture
def desk(sqlite_storage: Storage) -> Desk:
    made = open_desk(sqlite_storage)
    assert made.entrance.set_password("wang", PASSWORD, NOW) is None
    return made


def sign_in(browser: Browser, name: str = "wang", password: str = PASSWORD, **more: str) -> str:
    page = browser.get("/sign-in")
    answer = browser.post_form("/sign-in", {"name": name, "password": password, **more}, page=page)
    return answer.text


def deeds(desk: Desk, kind: str) -> list[tuple[object, ...]]:
    return [a for a in desk.acts.asked if a[0] == kind]


# -- coming in


def test_a_stranger_is_shown_the_door_and_brought_back_where_they_were_going(desk: Desk) -> None:
    browser = desk.browser()
    door = browser.get(f"{INCIDENT}?lang=en")
    assert door.url.path == "/sign-in"
    page = browser.post_form("/sign-in", {"name": "wang", "password": PASSWORD}, page=door)
    assert page.url.path == INCIDENT


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\tx"]
)
def test_signing_in_never_leads_to_another_site(desk: Desk, elsewhere: str) -> None:
    browser = desk.browser()
    page = browser.get("/sign-in")
    form = form_fields(page.text, "/sign-in")["form"]
    sent = {"form": form, "name": "wang", "password": PASSWORD, "next": elsewhere}
    answer = browser.post("/sign-in", sent)
    assert (answer.url.host, answer.url.path) == ("desk.example", "/")


def test_a_wrong_password_is_refused_in_words_and_keeps_the_name(desk: Desk) -> None:
    page = sign_in(desk.browser(), "wang", "wrong")
    assert "登录名或密码不对" in page
    assert 'value="wang"' in page


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(desk: Desk) -> None:
    browser = desk.browser()
    sign_in(browser)
    cookie = next(c for a in browser.last for c in a.headers.get_list("set-cookie") if "wanglou=" in c)
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_never_travels_without(sqlite_storage: Storage) -> None:
    safe = open_desk(sqlite_storage, desk_url="https://desk.example")
    nonce = safe.entrance.make_link("wang", NOW)
    browser = Browser(safe.app, "https://desk.example")
    browser.post_form(nonce, page=browser.get(nonce))
    cookie = next(c for a in browser.last for c in a.headers.get_list("set-cookie") if "wanglou=" in c)
    assert cookie.startswith("__Host-wanglou=")
    assert "Secure" in cookie
    assert "max-age" in browser.last[-1].headers["strict-transport-security"]


def test_a_planted_session_is_worth_nothing_after_signing_in(desk: Desk) -> None:
    browser = desk.browser()
    browser.hold("planted-by-somebody-else")
    sign_in(browser)
    assert browser.cookies["wanglou"] != "planted-by-somebody-else"
    other = desk.browser()
    other.hold("planted-by-somebody-else")
    assert other.get("/").url.path == "/sign-in"


def test_signing_in_again_rotates_the_session(desk: Desk) -> None:
    browser = desk.signed_in("wang")
    before = browser.cookies["wanglou"]
    path = desk.entrance.make_link("wang", NOW)
    browser.post_form(path, page=browser.get(path))
    assert browser.cookies["wanglou"] != before


def test_looking_at_a_link_does_not_use_it_up(desk: Desk) -> None:
    path = desk.entrance.make_link("lin", NOW)
    scanner, browser = desk.browser(), desk.browser()
    assert "林知远，欢迎回来" in scanner.get(path).text
    page = browser.get(path)
    assert browser.post_form(path, page=page).url.path == "/"
    assert "已用过或已过期" in scanner.get(path).text


def test_signing_out_ends_the_session_on_the_server_too(desk: Desk) -> None:
    browser = desk.signed_in("wang")
    stolen = browser.cookies["wanglou"]
    page = browser.get("/")
    assert browser.post_form("/sign-out", page=page).url.path == "/sign-in"
    thief = desk.browser()
    thief.hold(stolen)
    assert thief.get("/").url.path == "/sign-in"


def test_a_password_is_set_soon_after_coming_in_by_link(desk: Desk) -> None:
    browser = desk.signed_in("lin")
    page = browser.post_form("/password", {"password": "短"}, page=browser.get("/password"))
    assert "密码须为 10 到 256 个字符" in page.text
    page = browser.post_form("/password", {"password": PASSWORD}, page=page)
    assert "密码已设置" in page.text
    assert browser.get("/").url.path == "/sign-in"
    assert "待处理" in sign_in(desk.browser(), "lin")


def test_a_session_left_open_cannot_change_the_password(desk: Desk) -> None:
    browser = desk.signed_in("lin")
    desk.clock.advance(FRESH + timedelta(seconds=1))
    page = browser.post_form("/password", {"password": PASSWORD}, page=browser.get("/password"))
    assert page.status_code == 409
    assert "密码没有改动" in page.text
    assert browser.get("/").url.path == "/"


def test_who_comes_by_link_and_has_no_password_is_offered_one(desk: Desk) -> None:
    browser = desk.signed_in("lin")
    assert "你还没有密码" in browser.get("/").text
    assert "You have no password yet" in browser.get("/?lang=en").text
    desk.clock.advance(FRESH + timedelta(seconds=1))
    assert "password yet" not in browser.get("/").text, "it would be refused by now"


def test_who_has_a_password_is_offered_none(desk: Desk) -> None:
    assert "你还没有密码" not in desk.signed_in("wang").get("/").text


# -- where forms come from


def test_a_form_without_its_token_is_refused_and_does_nothing(desk: Desk) -> None:
    answer = desk.signed_in("wang").post(f"{INCIDENT}/acknowledge", {})
    assert answer.status_code == 403
    assert "没有通过校验" in answer.text
    assert not desk.acts.asked


def test_a_token_of_another_session_is_refused(desk: Desk) -> None:
    mine, theirs = desk.signed_in("wang"), desk.signed_in("he")
    token = form_fields(theirs.get(INCIDENT).text, f"{INCIDENT}/acknowledge")["form"]
    assert mine.post(f"{INCIDENT}/acknowledge", {"form": token}).status_code == 403
    assert not desk.acts.asked


def test_a_form_sent_from_another_site_is_refused_even_with_its_token(desk: Desk) -> None:
    browser = desk.signed_in("wang")
    token = form_fields(browser.get(INCIDENT).text, f"{INCIDENT}/acknowledge")["form"]
    for origin in ("https://evil.example", "null", "http://desk.example.evil.example"):
        answer = browser.post(f"{INCIDENT}/acknowledge", {"form": token}, origin=origin)
        assert answer.status_code == 403
    assert not desk.acts.asked


def test_signing_in_needs_the_token_of_this_browser(desk: Desk) -> None:
    attacker, victim = desk.browser(), desk.browser()
    token = form_fields(attacker.get("/sign-in").text, "/sign-in")["form"]
    answer = victim.post("/sign-in", {"form": token, "name": "wang", "password": PASSWORD})
    assert answer.status_code == 403
    assert "wanglou" not in victim.cookies


def test_tokens_differ_on_each_page_so_that_compression_leaks_nothing(desk: Desk) -> None:
    page = desk.signed_in("wang").get(INCIDENT).text
    tokens = re.findall(r'name="form" value="([^"]+)"', page)
    assert len(tokens) > 5
    assert len(set(tokens)) == len(tokens)


def test_acts_are_never_done_by_looking(desk: Desk) -> None:
    assert desk.signed_in("wang").get(f"{INCIDENT}/acknowledge").status_code in {404, 405}
    assert not desk.acts.asked


def test_a_session_that_ended_meanwhile_is_said_in_words(desk: Desk) -> None:
    browser = desk.signed_in("wang")
    page = browser.get(INCIDENT)
    desk.entrance.revoke("wang", NOW)
    answer = browser.post_form(f"{INCIDENT}/acknowledge", page=page)
    assert answer.status_code == 401
    assert "登录已过期" in answer.text
    assert not desk.acts.asked


def test_nobody_acts_on_another_clients_incident(desk: Desk) -> None:
    chen = desk.signed_in("chen")
    token = form_fields(chen.get("/").text, "/sign-out")["form"]
    assert chen.post(f"{INCIDENT}/note", {"form": token, "text": "hello"}).status_code == 404
    assert not desk.acts.asked


# -- acting


def test_acknowledging_shows_at_once_who_has_it(desk: Desk) -> None:
    browser = desk.signed_in("wang")
    page = browser.post_form(f"{INCIDENT}/acknowledge", page=browser.get(INCIDENT))
    assert [a.status_code for a in browser.last] == [303, 200]
    assert "认领这起事件" not in page.text
    assert "处置中" in page.text


def test_acknowledging_on_the_board_comes_back_to_the_board(desk: Desk) -> None:
    browser = desk.signed_in("wang")
    page = browser.post_form(f"{INCIDENT}/acknowledge", page=browser.get("/"))
    assert page.url.path == "/"


@pytest.mark.parametrize(
    ("deed", "fields"),
    [
        ("acknowledge", {}),
        ("done", {"text": "客户已接通，张经理"}),
        ("note", {"text": "客户说批次为 2026-08"}),
    ],
)
def test_a_form_that_comes_twice_is_harmless(desk: Desk, deed: str, fields: dict[str, str]) -> None:
    browser = desk.signed_in("wang")
    page = browser.get(INCIDENT)
    first = browser.post_form(f"{INCIDENT}/{deed}", fields, page=page)
    again = browser.post_form(f"{INCIDENT}/{deed}", fields, page=page)
    assert first.status_code == again.status_code == 200
    record = re.sub(r"\s*<[^>]+>\s*", " ", again.text[again.text.index('id="timeline"') :])
    assert record.count("批次为 2026-08") == (1 if deed == "note" else 0)


def test_a_step_is_done_with_its_result(desk: Desk) -> None:
    browser = desk.signed_in("wang")
    page = browser.post_form(f"{INCIDENT}/done", {"text": " 已接通 "}, page=browser.get(INCIDENT))
    assert deeds(desk, "step_done") == [
        ("step_done", "wang", "inc-anju-12", "call_client", StepWord(result="已接通"))
    ]
    do_now = page.text[page.text.index('id="do-now"') : page.text.index('id="why"')]
    assert "先期口径送客户确认" in do_now  # what waited for the call is next


CONSENT = {"by": "陈经理", "medium": "mail", "at": "2026-11-12T13:50", "words": "同意暂停"}
PAUSE = {"step": "pause_campaign", "text": "截图已存", "form": ""}


def paused(desk: Desk, fields: Mapping[str, str]) -> Response:
    """The form of the step that stops the adverts, sent with these fields, as without any script."""
    browser = desk.signed_in("wang")
    page = browser.get(INCIDENT)
    token = form_fields(page.text, f"{INCIDENT}/done")["form"]
    return browser.post(f"{INCIDENT}/done", {**PAUSE, **fields, "form": token})


def test_a_gated_step_asks_who_consented_how_and_whether_it_has_stopped(desk: Desk) -> None:
    said = {**CONSENT, "stopped": "yes", "since": "2026-11-12T13:55"}
    assert paused(desk, said).status_code == 200
    [(*_, step, word)] = deeds(desk, "step_done")
    assert step == "pause_campaign"
    at = datetime(2026, 11, 12, 5, 50, tzinfo=UTC)
    consent = Confirmation("陈经理", Medium.MAIL, at, "同意暂停")
    assert word == StepWord(consent, Stopped.YES, at + 5 * MINUTE, "截图已存")


@pytest.mark.parametrize("left_out", ["by", "medium", "at", "words"])
def test_a_consent_written_in_part_is_kept_in_the_form_or_refused_by_the_act(
    desk: Desk, left_out: str
) -> None:
    answer = paused(desk, {**CONSENT, left_out: "", "stopped": "not_yet"})
    if left_out in {"medium", "at"}:
        assert answer.status_code == 409
        assert "客户的同意要写全" in answer.text
        assert deeds(desk, "step_done") == []
    else:  # the act says which of them
        [(*_, word)] = deeds(desk, "step_done")
        assert isinstance(word, StepWord)
        assert getattr(word.consent, left_out) == ""


def test_the_form_of_a_gated_step_has_all_that_is_asked(desk: Desk) -> None:
    view = desk.reader.incidents["inc-anju-12"]
    assert view.plan
    mine = tuple(replace(s, after=(), person="wang") for s in view.plan.steps)
    desk.reader.show(replace(view, plan=replace(view.plan, steps=mine)))
    page = desk.signed_in("wang").get(INCIDENT).text
    form = page[page.index('value="pause_campaign"') :]
    form = form[: form.index("</form>")]
    for part in ('name="by"', 'name="medium"', 'name="at"', 'name="words"', 'name="stopped"', 'name="since"'):
        assert part in form
    assert 'value="phone"' not in form  # what was only spoken is no consent in writing
    assert "争议广告暂停了吗" in form


@pytest.mark.parametrize(
    ("deed", "fields", "kind"),
    [
        ("skip", {"text": "客户已自行处理"}, "step_skipped"),
        ("lower", {"to": "yellow", "text": "只有一个批次"}, "lower_severity"),
        ("contain", {"text": "六小时无新增"}, "contain"),
        ("resolve", WORD, "resolve"),
        ("waive", {"text": "客户联系人失联"}, "waive"),
        ("dismiss", {"text": "old_content"}, "dismiss"),
    ],
)
def test_every_button_reaches_its_act(desk: Desk, deed: str, fields: dict[str, str], kind: str) -> None:
    browser = desk.signed_in("wang")
    browser.post_form(f"{INCIDENT}/{deed}", fields, page=browser.get(INCIDENT))
    assert len(deeds(desk, kind)) == 1


def test_the_clients_word_reaches_the_act_with_its_fields_by_the_agencys_clock(desk: Desk) -> None:
    browser = desk.signed_in("wang")
    browser.post_form(f"{INCIDENT}/resolve", WORD, page=browser.get(INCIDENT))
    at = datetime(2026, 11, 12, 13, 50, tzinfo=ZONE)
    expected = Confirmation("陈经理", Medium.MAIL, at, "同意结束")
    assert deeds(desk, "resolve") == [("resolve", "wang", "inc-anju-12", expected)]


def test_a_refused_word_keeps_what_was_typed(desk: Desk) -> None:
    desk.acts.refuse = Reason("incident_refused_no_words")
    browser = desk.signed_in("wang")
    answer = browser.post_form(f"{INCIDENT}/resolve", WORD, page=browser.get(INCIDENT))
    assert answer.status_code == 409
    assert "没有写客户确认的原话" in answer.text
    for part in ('value="陈经理"', 'value="2026-11-12T13:50"', '<option value="mail" selected>', "同意结束"):
        assert part in answer.text


def test_raising_and_closing_reach_their_acts(desk: Desk) -> None:
    browser = desk.signed_in("he")
    token = form_fields(browser.get("/").text, "/sign-out")["form"]
    browser.post("/incidents/inc-luzhan-2/raise", {"form": token, "to": "red", "text": ""})
    browser.post("/incidents/inc-luzhan-2/close", {"form": token, "text": "无"})
    browser.post("/incidents/inc-luzhan-2/reopen", {"form": token, "text": "又有新投诉"})
    assert [len(deeds(desk, kind)) for kind in ("raise_severity", "close", "reopen")] == [1, 1, 1]


ALWAYS = {"raise", "lower", "topic", "merge", "resolve", "waive"}
"""What an account manager may do to every open incident."""


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (IncidentState.ACTIVE, {*ALWAYS, "hold", "contain", "dismiss"}),
        (IncidentState.ON_HOLD, {*ALWAYS, "resume"}),
        (IncidentState.WATCHING, ALWAYS),
        (IncidentState.RESOLVED, {"close", "reopen"}),
        (IncidentState.DISMISSED, {"reopen"}),
        (IncidentState.MERGED, set[str]()),
    ],
)
def test_the_page_offers_what_the_state_allows(desk: Desk, state: IncidentState, offered: set[str]) -> None:
    yellow = incident(severity=Severity.YELLOW, state=state, acknowledged_at=NOW, acknowledged_by="wang")
    desk.reader.show(view_of(yellow))
    page = desk.signed_in("wang").get(INCIDENT).text
    deeds_on_page = set(re.findall(rf'action="{INCIDENT}/(\w+)"', page))
    assert deeds_on_page - {"note"} == offered


def test_who_may_not_end_a_hold_is_not_offered_to(desk: Desk) -> None:
    desk.reader.show(
        view_of(incident(state=IncidentState.ON_HOLD, acknowledged_at=NOW, acknowledged_by="wang"))
    )
    assert f'action="{INCIDENT}/resume"' not in desk.signed_in("lin").get(INCIDENT).text


@pytest.mark.parametrize(
    ("deed", "fields", "sentence"),
    [
        ("skip", {"text": "  "}, "跳过一步要写明原因"),
        ("note", {"text": ""}, "记录是空的"),
        ("lower", {"to": "yellow", "text": ""}, "调低等级要写明原因"),
        ("lower", {"to": "purple", "text": "x"}, "请选择要调到的等级"),
        ("dismiss", {"text": "because"}, "请选一个原因"),
        ("resolve", {**WORD, "medium": ""}, "要选客户用什么方式确认"),
        ("resolve", {**WORD, "medium": "pigeon"}, "要选客户用什么方式确认"),
        ("resolve", {**WORD, "at": "昨天"}, "要选客户用什么方式确认"),
        ("resolve", {**WORD, "at": "0001-01-01T00:00"}, "要选客户用什么方式确认"),
        ("note", {"text": "长" * 4001}, "文字超过 4,000 字"),
    ],
)
def test_what_lacks_a_reason_is_refused_in_words_and_changes_nothing(
    desk: Desk, deed: str, fields: dict[str, str], sentence: str
) -> None:
    browser = desk.signed_in("wang")
    answer = browser.post_form(f"{INCIDENT}/{deed}", fields, page=browser.get(INCIDENT))
    assert answer.status_code == 409
    assert sentence in answer.text
    assert not desk.acts.asked


def test_a_refusal_is_a_sentence_and_what_was_typed_is_kept(desk: Desk) -> None:
    desk.acts.refuse = Reason("incident_refused_role", {"role": "desk"})
    browser = desk.signed_in("wang")
    page = browser.get(INCIDENT)
    answer = browser.post_form(f"{INCIDENT}/lower", {"to": "yellow", "text": "影响面有限"}, page=page)
    assert answer.status_code == 409
    assert "不能做这项决定" in answer.text
    assert 'value="影响面有限"' in answer.text
    assert '<option value="yellow" selected>' in answer.text


def test_a_page_that_refuses_knows_its_own_address(desk: Desk) -> None:
    browser = desk.signed_in("wang")
    answer = browser.post_form(f"{INCIDENT}/note", {"text": ""}, page=browser.get(INCIDENT))
    assert f'data-path="{INCIDENT}"' in answer.text
    assert f'href="{INCIDENT}?lang=en"' in answer.text


def test_an_unknown_deed_is_no_page(desk: Desk) -> None:
    browser = desk.signed_in("wang")
    token = form_fields(browser.get("/").text, "/sign-out")["form"]
    assert browser.post(f"{INCIDENT}/explode", {"form": token}).status_code == 404


def test_a_huge_body_is_refused(desk: Desk) -> None:
    browser = desk.signed_in("wang")
    token = form_fields(browser.get("/").text, "/sign-out")["form"]
    answer = browser.post(f"{INCIDENT}/note", {"form": token, "text": "x" * 400_000})
    assert answer.status_code == 413
    assert not desk.acts.asked
