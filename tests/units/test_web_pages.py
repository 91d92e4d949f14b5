"""What people see: the board, an incident, and words where there is nothing."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from desk.web.app import create_app
from desk.web.headers import ALWAYS
from desk.web.rendering import HOME
from tests.pages_fakes import Browser, Desk, FakeReader, form_fields, open_desk, sample_reader
from tests.pages_sample import (
    NOW,
    ZONE,
    full_view,
    health,
    incident,
    signals,
    taken,
    timeline,
    view_of,
)
from wanglou.domain.delivery import DeliveryState
from wanglou.domain.incident import chain, redaction
from wanglou.domain.person import HOUSE
from wanglou.domain.reason import Reason
from wanglou.domain.report import Report
from wanglou.domain.severity import Severity
from wanglou.domain.source import SourceState
from wanglou.ports import BoardView, QuietSignals, Storage
from wanglou.storage.engine import SqlStorage
from wanglou.storage.reader import SqlDeskReader

PAGES = ("/", "/incidents/inc-anju-12")


@pytest.fixture
def desk(sqlite_storage: Storage) -> Desk:
    return open_desk(sqlite_storage)


def in_order(text: str, *parts: str) -> bool:
    places = [text.index(p) for p in parts]
    return places == sorted(places)


def test_the_board_puts_first_what_falls_due_first(desk: Desk) -> None:
    page = desk.signed_in("he").get("/").text
    assert in_order(page, "row-inc-hemuli-4", "row-inc-anju-12", "row-inc-chengchuan-7", "row-inc-luzhan-2")


def test_a_row_says_severity_client_reason_due_and_owner(desk: Desk) -> None:
    page = desk.signed_in("he").get("/").text
    row = page[page.index('id="row-inc-anju-12"') : page.index('id="row-inc-chengchuan-7"')]
    for part in (
        "Ⅰ",
        "红",
        "安屿智能家居",
        "产品安全",
        "约为平时每日高峰的 8.4 倍",
        "接单",
        "还有 2 分钟（14:07）",
        "待认领",
    ):
        assert part in row
    assert 'title="2026年11月12日 周四 14:07:00"' in row


def test_a_severity_never_speaks_by_colour_alone(desk: Desk) -> None:
    page = desk.signed_in("he").get("/").text
    for severity, word in zip(Severity, "蓝黄橙红", strict=True):
        mark = page[page.index(f'class="mark mark-{severity.colour}') :][:600]
        assert severity.numeral in mark
        assert word in mark
        assert "<svg" in mark


def kept_quiet(*, client: str = "anju") -> QuietSignals:
    first, second = (replace(s, client=client) for s in signals()[:2])
    return QuietSignals((first, second), Reason("suppressed_no_rule"))


def test_the_board_lists_what_stood_out_and_is_no_incident(desk: Desk) -> None:
    desk.reader.kept_quiet = (kept_quiet(),)
    page = desk.signed_in("he").get("/").text
    part = page[page.index('id="quiet-part"') : page.index('id="clients-title"')]
    for words in (
        "信号：尚未构成事件",
        "安屿智能家居",
        "约为平时每日高峰的 8.4 倍",
        "没有适用的规则",
        "另有 1 个信号",
    ):
        assert words in part
    assert "incident yet" in desk.signed_in("he").get("/?lang=en").text
    desk.reader.kept_quiet = (kept_quiet(client="hemuli"),)
    assert 'id="quiet-title"' not in desk.signed_in("wang").get("/").text


def test_a_detector_that_spoke_twice_is_one_line_with_the_other_behind_it(desk: Desk) -> None:
    page = desk.signed_in("wang").get("/incidents/inc-anju-12").text
    part = page[page.index('id="part-signals"') : page.index('id="part-chart"')]
    shown, behind = part.split("同类信号另有 1 次")
    assert shown.count("约为平时每日高峰的 8.4 倍") == 1
    assert behind.count("约为平时每日高峰的 8.4 倍") == 1


def test_no_signal_is_shown_before_the_first_post_it_counts(desk: Desk) -> None:
    lone = signals()[0]
    post = lone.at + timedelta(minutes=2)
    desk.reader.show(replace(view_of(incident(happened_at=post)), signals=(lone,)))
    page = desk.signed_in("wang").get("/incidents/inc-anju-12").text
    part = page[page.index('id="part-signals"') : page.index('id="part-chart"')]
    assert post.isoformat() in part
    assert lone.at.isoformat() not in part


def test_a_signal_fills_in_the_form_that_takes_it_up(desk: Desk) -> None:
    desk.reader.kept_quiet = (kept_quiet(),)
    browser = desk.signed_in("wang")
    [address] = re.findall(r'href="(/report\?signal=[^"]+)"', browser.get("/").text)
    form = browser.get(address)
    assert form_fields(form.text, "/report")["signal"] == kept_quiet().signals[0].key
    assert '<option value="anju|安屿" selected>' in form.text
    said = {"brand": "anju|安屿", "topic": "rumour", "severity": "blue", "text": "看着不对"}
    browser.post_form("/report", said, page=form)
    [(*_, told)] = [asked for asked in desk.acts.asked if asked[0] == "report"]
    assert isinstance(told, Report)
    assert told.signal == kept_quiet().signals[0].key
    desk.reader.kept_quiet = (kept_quiet(client="hemuli"),)
    behind_the_wall = browser.get(address.replace("anju", "hemuli")).text
    assert 'name="signal"' not in behind_the_wall


def test_the_board_says_who_is_on_duty_and_who_comes_next(desk: Desk) -> None:
    page = desk.signed_in("he").get("/").text
    assert in_order(page, "值班", "林知远", "交接", "还有 5 小时 55 分钟（20:00）交给 李航")


@pytest.mark.parametrize(("blind", "word"), [(0, "平静"), (2, "未知：8 个信源中 2 个失明")])
def test_quiet_is_said_only_when_every_source_sees(sqlite_storage: Storage, blind: int, word: str) -> None:
    page = open_desk(sqlite_storage, sample_reader(blind=blind)).signed_in("he").get("/").text
    tile = page[page.index("拾禾童装") :]
    assert word in tile[:300]


BEGUN = {
    "he": ("刚开始", "已观察 3 小时，满 12 小时后判断升温；按单条内容的规则已经生效", "平静"),
    "chen": ("just begun", "3 h observed; rises are judged from 12 h on.", ">quiet<"),
}


@pytest.mark.parametrize("person", list(BEGUN))
@pytest.mark.parametrize("path", ["/", "/clients", "/clients/xinglan"])
def test_a_client_of_which_too_little_was_seen_has_just_begun(
    sqlite_storage: Storage, person: str, path: str
) -> None:
    reader = sample_reader()
    reader.tiles = tuple(replace(t, observed=tuple((b, 36) for b, _ in t.observed)) for t in reader.tiles)
    page = open_desk(sqlite_storage, reader).signed_in(person).get(path).text
    begun, how_much, quiet = BEGUN[person]
    part = page[page.index("星岚影业", page.index("<main")) :]
    assert in_order(part, begun, how_much)
    assert quiet not in page


def test_a_source_nobody_has_looked_at_for_long_is_blind_whatever_it_said_last(
    sqlite_storage: Storage,
) -> None:
    reader = sample_reader()
    stale = replace(reader.sources[0], checked_at=NOW - timedelta(hours=1))
    reader.sources = (stale, *reader.sources[1:])
    page = open_desk(sqlite_storage, reader).signed_in("he").get("/").text
    assert "8 个中 1 个失明" in page
    assert in_order(page, "锁友论坛", "采集已停")


def test_a_source_without_any_report_is_blind(sqlite_storage: Storage) -> None:
    reader = sample_reader()
    reader.sources = reader.sources[1:]
    assert "尚未看过" in open_desk(sqlite_storage, reader).signed_in("he").get("/").text


def test_a_blind_source_says_why(sqlite_storage: Storage) -> None:
    page = open_desk(sqlite_storage, sample_reader(blind=1)).signed_in("he").get("/").text
    assert "20 秒内没有读完" in page


def test_an_empty_board_explains_itself(sqlite_storage: Storage) -> None:
    page = open_desk(sqlite_storage, FakeReader(sources=health())).signed_in("he").get("/").text
    assert "现在没有待处理的事件" in page
    assert "信号触发规则后" in page


def test_an_empty_board_is_not_quiet_while_sources_are_blind(sqlite_storage: Storage) -> None:
    page = open_desk(sqlite_storage, FakeReader(sources=health(blind=3))).signed_in("he").get("/").text
    assert "但有 3 个信源看不见" in page


def test_an_empty_board_is_not_quiet_while_clients_have_just_begun(sqlite_storage: Storage) -> None:
    tiles = tuple(replace(tile, observed=()) for tile in sample_reader().tiles[:2])
    desk = open_desk(sqlite_storage, FakeReader(sources=health(), tiles=tiles))
    told = "有 2 个客户刚开始观察，还判断不了升温：没有事件不等于平静"
    assert told in desk.signed_in("he").get("/").text
    known = open_desk(sqlite_storage, FakeReader(sources=health(), tiles=sample_reader().tiles[:2]))
    assert "刚开始" not in known.signed_in("he").get("/").text


def test_filters_travel_in_the_address(desk: Desk) -> None:
    browser = desk.signed_in("he")
    assert "2 起" not in browser.get("/?client=anju").text
    assert "4 起中的 1 起" in browser.get("/?client=anju").text
    assert "4 起中的 1 起" in browser.get("/?q=食品安全 禾木里").text
    assert "没有符合筛选条件的事件" in browser.get("/?q=无此词").text


def test_the_agencys_own_incidents_are_for_those_who_watch_all_clients(desk: Desk) -> None:
    house = incident(id="inc-house-1", client=HOUSE, brand="城市晚报", number=1)
    desk.reader.show(view_of(house))
    assert "望楼自身" in desk.signed_in("lin").get("/").text
    assert "望楼自身" not in desk.signed_in("wang").get("/").text


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("source pieces", "信源「pieces」"),
        ("sources", "多个信源"),
        ("job judge", "后台任务「judge」"),
        ("playbook food_safety", "预案（食品安全）"),
        ("slack:#desk", "渠道 slack:#desk"),
    ],
)
def test_the_agencys_own_incident_says_what_does_not_work_and_promises_no_plan(
    desk: Desk, part: str, name: str
) -> None:
    desk.reader.show(
        replace(view_of(incident(id="h1", client=HOUSE, brand=part, number=1)), plan=None, signals=())
    )
    browser = desk.signed_in("lin")
    page = browser.get("/incidents/h1").text
    assert name in page
    assert "望楼查看自己时发现的" in page
    assert "由人开立" not in page
    assert "没有处置方案" in page
    assert "望楼按类别选预案" not in page
    assert "每小时提及" not in page
    assert name in browser.get("/").text
    assert "恢复后自动关闭" in browser.get("/incidents/h1/plan").text


# -- walls


def test_a_page_never_shows_another_clients_incident(desk: Desk) -> None:
    chen = desk.signed_in("chen")
    assert chen.get("/incidents/inc-anju-12").status_code == 404
    assert chen.get("/clients/anju/incidents/12").status_code == 404
    assert "安屿" not in chen.get("/").text


def test_what_may_not_be_seen_looks_like_what_does_not_exist(desk: Desk) -> None:
    chen = desk.signed_in("chen")
    hidden, missing = (chen.get(f"/incidents/{i}").text for i in ("inc-anju-12", "no-such-incident"))
    token = form_fields(hidden, "/sign-out")["form"]
    same = missing.replace(form_fields(missing, "/sign-out")["form"], token)
    assert hidden == same.replace("no-such-incident", "inc-anju-12")


def test_an_incident_has_an_address_by_client_and_number(desk: Desk) -> None:
    assert "安屿智能家居" in desk.signed_in("wang").get("/clients/anju/incidents/12").text


# -- the incident


def test_the_incident_comes_in_the_order_of_work(desk: Desk) -> None:
    page = desk.signed_in("wang").get("/incidents/inc-anju-12").text
    assert in_order(
        page, 'id="do-now"', 'id="why"', 'id="plan"', 'id="clocks"', 'id="timeline"', 'id="people"'
    )


def test_do_now_holds_the_steps_that_wait_for_me_and_no_others(desk: Desk) -> None:
    page = desk.signed_in("wang").get("/incidents/inc-anju-12").text
    do_now = page[page.index('id="do-now"') : page.index('id="why"')]
    assert "电话告知客户并取得一线事实" in do_now
    assert "先期口径送客户确认" not in do_now  # mine, but waits for the call
    assert "暂停双十一返场" not in do_now  # somebody else's


def test_someone_without_a_step_is_told_so_once_the_incident_is_taken(desk: Desk) -> None:
    desk.reader.show(full_view(taken(incident(), "wang", timedelta(minutes=1))))
    assert "没有等你处理的步骤" in desk.signed_in("he").get("/incidents/inc-anju-12").text


def test_brand_and_telling_words_are_marked(desk: Desk) -> None:
    page = desk.signed_in("wang").get("/incidents/inc-anju-12").text
    assert '<mark class="said-brand">安屿</mark>' in page
    assert '<mark class="said-word">弹开</mark>' in page


def test_copies_are_folded_under_their_original(desk: Desk) -> None:
    page = desk.signed_in("wang").get("/incidents/inc-anju-12").text
    assert page.count('<article class="post"') == 3
    assert "另有 3 处转载" in page


def test_a_chart_has_a_table_twin_and_says_when_the_alert_was(desk: Desk) -> None:
    page = desk.signed_in("wang").get("/incidents/inc-anju-12").text
    assert "报警 14:02" in page
    assert page.count('<th scope="row">') == 24


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (DeliveryState.HELD, "免打扰，周五 08:00 汇总告知"),
        (DeliveryState.BUNDLED, "已并入 周五 08:00 的免打扰汇总"),
    ],
)
def test_what_quiet_hours_hold_says_until_when(desk: Desk, state: DeliveryState, says: str) -> None:
    morning = NOW + timedelta(hours=17, minutes=55)
    view = desk.reader.incidents["inc-anju-12"]
    held = [replace(d, state=state, next_at=morning) for d in view.deliveries[:1]]
    desk.reader.show(replace(view, deliveries=(*held, *view.deliveries[1:])))
    page = desk.signed_in("wang").get("/incidents/inc-anju-12").text
    assert says in page
    assert ("1 条消息等到 周五 08:00" in page) is (state is DeliveryState.HELD)


def test_deliveries_show_their_receipts_and_troubles(desk: Desk) -> None:
    page = desk.signed_in("wang").get("/incidents/inc-anju-12").text
    people = page[page.index('id="people"') :]
    for part in (
        "客户团队频道",
        "Slack #anju-watch",
        "已送达",
        "用时 2.4 秒",
        "第 2 次尝试",
        "Slack 要求放慢",
    ):
        assert part in people
    assert "U0123" not in people


def test_a_whole_record_says_so(desk: Desk) -> None:
    assert "记录完整：4 条" in desk.signed_in("wang").get("/incidents/inc-anju-12").text


@pytest.mark.parametrize("damage", ["text", "gap"])
def test_an_altered_record_is_called_out(desk: Desk, damage: str) -> None:
    whole = timeline()
    if damage == "text":
        forged = replace(whole[1], entry=replace(whole[1].entry, actor="li"))
        altered = (whole[0], forged, *whole[2:])
    else:
        altered = (whole[0], *whole[2:])
    desk.reader.show(replace(full_view(), timeline=altered))
    page = desk.signed_in("wang").get("/incidents/inc-anju-12").text
    assert "记录被改动：第 2 条" in page


def test_a_bare_incident_explains_every_empty_part(desk: Desk) -> None:
    desk.reader.show(view_of(incident()))
    page = desk.signed_in("wang").get("/incidents/inc-anju-12").text
    for part in (
        "没有信号",
        "还没有计数",
        "还没有提及",
        "还没有处置方案",
        "没有在走的时钟",
        "还没有记录",
        "还没有推送",
    ):
        assert part in page


def test_a_reason_without_wording_shows_its_code_instead_of_failing(desk: Desk) -> None:
    desk.reader.show(view_of(incident(because=Reason("reason_from_an_older_version"))))
    page = desk.signed_in("wang").get("/incidents/inc-anju-12")
    assert page.status_code == 200
    assert "reason_from_an_older_version" in page.text


# -- language, rehearsal, config


def test_the_language_switch_is_remembered(desk: Desk) -> None:
    browser = desk.signed_in("wang")
    assert "Needs you now" in browser.get("/?lang=en").text
    assert "Needs you now" in browser.get("/").text
    assert "待处理" in browser.get("/?lang=zh").text


def test_a_person_reads_their_own_language_first(desk: Desk) -> None:
    page = desk.signed_in("chen").get("/").text
    assert '<html lang="en">' in page
    assert "Needs you now" in page


@pytest.mark.parametrize("path", PAGES)
def test_english_pages_hold_no_chinese_of_ours(desk: Desk, path: str) -> None:
    """Names, posts and the book's steps are data; everything else is one language."""
    bare = FakeReader(sources=health())
    bare.show(view_of(incident(brand="Anyu", because=Reason("act_busy"))))
    english = open_desk(desk.entrance.storage, bare).signed_in("wang").get(f"{path}?lang=en").text
    ours = english.replace("安屿智能家居", "").replace("王敏", "").replace("林知远", "").replace("李航", "")
    ours = ours.replace(">中文<", "><")  # the switch names the other language in its own words
    assert not [c for c in ours if "\u4e00" <= c <= "\u9fff"]


@pytest.mark.parametrize("path", [*PAGES, "/sign-in", "/no-such-page"])
def test_every_page_of_a_rehearsal_says_so(sqlite_storage: Storage, path: str) -> None:
    rehearsal = open_desk(sqlite_storage, rehearsal=True)
    browser = rehearsal.browser() if path == "/sign-in" else rehearsal.signed_in("wang")
    assert "演练：本页内容均为演练数据" in browser.get(path).text


def test_a_real_desk_says_nothing_of_rehearsals(desk: Desk) -> None:
    assert "演练" not in desk.signed_in("wang").get("/").text


@pytest.mark.parametrize(("digest", "warns"), [("d1gest", False), (None, False), ("another", True)])
def test_pages_warn_when_the_worker_runs_on_another_config(
    sqlite_storage: Storage, digest: str | None, *, warns: bool
) -> None:
    page = open_desk(sqlite_storage, worker_digest=digest).signed_in("wang").get("/").text
    assert ("配置不一致" in page) is warns


# -- errors, headers, weight


@pytest.mark.parametrize("number", ["99", "9" * 23, "9" * 5000, "-1", "x"])
@pytest.mark.parametrize("end", ["", "/plan"])
def test_an_incident_of_a_number_nobody_counts_to_is_missing(
    sqlite_storage: SqlStorage, number: str, end: str
) -> None:
    stored = open_desk(sqlite_storage, SqlDeskReader(sqlite_storage))  # type: ignore[arg-type]  # the real one
    answer = stored.signed_in("wang").get(f"/clients/anju/incidents/{number}{end}")
    assert answer.status_code == 404
    assert "没有这一页" in answer.text


def test_a_missing_page_is_said_in_words(desk: Desk) -> None:
    answer = desk.signed_in("wang").get("/no-such-page")
    assert answer.status_code == 404
    assert "没有这一页" in answer.text


class BrokenReader(FakeReader):
    def board(self, access: object, clients: object, now: object) -> BoardView:
        raise OSError("disk on fire")

    def newest_change(self) -> int:
        raise OSError("disk on fire")


def test_a_failure_says_what_is_safe_and_shows_no_traceback(sqlite_storage: Storage) -> None:
    answer = open_desk(sqlite_storage, BrokenReader()).signed_in("wang").get("/")
    assert answer.status_code == 500
    assert "已写入的数据没有变化" in answer.text
    assert "disk on fire" not in answer.text
    assert answer.headers["content-security-policy"] == ALWAYS["content-security-policy"]


def test_health_tells_whether_the_database_can_be_reached(sqlite_storage: Storage, desk: Desk) -> None:
    assert desk.browser().get("/healthz").json() == {"status": "ok", "newest_change": 4}
    broken = open_desk(sqlite_storage, BrokenReader()).browser().get("/healthz")
    assert broken.status_code == 503


@pytest.mark.parametrize(
    "path", [*PAGES, "/sign-in", "/healthz", "/static/desk.css", "/no-such-page", "/events"]
)
def test_every_answer_carries_the_safe_headers(desk: Desk, path: str) -> None:
    browser = desk.browser() if path == "/events" else desk.signed_in("wang")
    headers = browser.get(path).headers
    assert {k: headers.get(k) for k in ALWAYS} == ALWAYS


def test_pages_are_never_cached_and_stamped_files_for_a_year(desk: Desk) -> None:
    browser = desk.signed_in("wang")
    page = browser.get("/")
    assert page.headers["cache-control"] == "no-store"
    sheet = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "immutable" in browser.get(sheet).headers["cache-control"]
    assert browser.get("/static/desk.css").headers["cache-control"] == "no-cache"


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_inline(desk: Desk) -> None:
    for path in PAGES:
        page = desk.signed_in("wang").get(path).text
        assert " style=" not in page
        assert "<style" not in page
        assert " on" + "click=" not in page
        assert page.count("<script") == page.count('<script type="module" src="/static/')


def test_the_live_script_stays_small() -> None:
    assert len((HOME / "static" / "live.js").read_bytes()) <= 8192


def test_further_endpoints_can_be_added(desk: Desk, sqlite_storage: Storage) -> None:
    app = create_app(desk.ports, [])
    assert Browser(app).get("/healthz").status_code == 200


def test_a_late_source_still_sees(sqlite_storage: Storage) -> None:
    reader = sample_reader()
    reader.sources = tuple(replace(h, state=SourceState.LATE) for h in reader.sources)
    assert "8 个全部可见" in open_desk(sqlite_storage, reader).signed_in("he").get("/").text


def test_times_stand_in_the_agencys_zone(desk: Desk) -> None:
    assert NOW.astimezone(ZONE).hour == 14
    assert "14:02" in desk.signed_in("wang").get("/incidents/inc-anju-12").text


def test_a_person_who_was_erased_is_a_pseudonym_on_pages(desk: Desk) -> None:
    gone = replace(incident(), owner="erased-1a2b", client="left-3c4d")
    desk.reader.show(view_of(gone))
    page = desk.signed_in("he").get(f"/incidents/{gone.id}").text
    assert "已抹去的人（1a2b）" in page
    assert "已离开的客户（3c4d）" in page
    assert "erased-" not in page
    english = desk.signed_in("he").get(f"/incidents/{gone.id}?lang=en").text
    assert "Erased person (1a2b)" in english


def test_a_record_from_which_words_were_taken_is_still_shown_as_whole(desk: Desk) -> None:
    record = list(timeline())
    last = record[-1]
    left = replace(last, entry=replace(last.entry, facts={**last.entry.facts, "result": "███"}))
    told = chain(redaction("inc-anju-12", [left], NOW), last.seq + 1, last.hash)
    view = full_view()
    desk.reader.show(replace(view, timeline=(*record[:-1], left, told)))
    page, broken = desk.signed_in("he").get("/incidents/inc-anju-12").text, '<p class="refusal" role="alert">'
    assert "███" in page
    assert "应要求抹去了 1 条记录中的个人信息" in page
    assert broken not in page
    whole = desk.reader.incidents["inc-anju-12"]
    desk.reader.show(replace(whole, timeline=(*record[:-1], left)))
    assert broken in desk.signed_in("he").get("/incidents/inc-anju-12").text
