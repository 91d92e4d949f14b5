"""What is done on the pages, in a real browser: by pointer and keys, live, on paper, without script."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import cycle
from socket import create_server, socket
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from desk.web.serving import DeskServer
from tests.mentions_sample import post, seed
from tests.pages_fakes import Desk, open_desk, sample_reader
from tests.pages_sample import HOUR, MINUTE, NOW, PASSWORD, full_view, incident, signals, taken
from tests.requiring import do_without
from tests.stories.processes import PATIENCE, eventually
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.ports import IncidentView, QuietSignals
from wanglou.storage.engine import SqlStorage

pytestmark = pytest.mark.chromium

FLAGS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LIMIT = 1000 * PATIENCE
"""Milliseconds that the browser waits for anything; its own five seconds are few on a busy machine."""

INCIDENT = "/incidents/inc-anju-12"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}


@dataclass
class Site:
    """A desk that answers on this machine, and the browser that looks at it."""

    desk: Desk
    address: str
    browser: Browser
    storage: SqlStorage

    @contextmanager
    def page(
        self, person: str = "wang", size: str = "desk", *, may_fail: bool = False, **options: Any
    ) -> Iterator[Page]:
        """A window in which ``person`` came in by a link; fails on any script error or outside request."""
        width, height = SIZES[size]
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, has_touch=size == "phone", **options
        )
        errors: list[str] = []
        try:
            page = context.new_page()
            page.set_default_timeout(LIMIT)
            page.on("request", lambda r: errors.append(r.url) if self._is_outside(r) else None)
            page.on("pageerror", lambda e: errors.append(str(e)))
            page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
            page.goto(self.address + self.desk.entrance.make_link(person, self.desk.clock.now()))
            page.get_by_role("button").last.click()
            page.wait_for_url(f"{self.address}/")
            yield page
        finally:
            context.close()
        wrong = [e for e in errors if "409" not in e]  # a refusal is an answer, not a failure
        assert may_fail or wrong == []

    def _is_outside(self, request: Request) -> bool:
        return not request.url.startswith(self.address)


@pytest.fixture(scope="module")  # its event loop runs in this thread: other modules need their own
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        do_without("chromium", "NO CHROMIUM: the pages were not looked at in a browser; install chromium")
    expect.set_options(timeout=LIMIT)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def site(browser: Browser, sqlite_storage: SqlStorage) -> Iterator[Site]:
    desk = open_desk(sqlite_storage, sample_reader(blind=1), rehearsal=True)
    with serving(desk) as address:
        yield Site(desk, address, browser, sqlite_storage)


@contextmanager
def serving(desk: Desk, port: int = 0) -> Iterator[str]:
    """The desk's address while it answers; port 0 is any that is free."""
    listener = create_server(("127.0.0.1", port))
    server = DeskServer(desk.app, *listener.getsockname())
    thread = threading.Thread(target=server.run, args=([listener],))
    ready = threading.Event()
    inside = server.startup

    async def startup(sockets: list[socket] | None = None) -> None:
        await inside(sockets)
        ready.set()

    server.startup = startup  # type: ignore[method-assign]  # the one moment the server can be waited for
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
    assert not thread.is_alive(), "open event streams held the server up"


def change(site: Site, alter: Callable[[IncidentView], IncidentView]) -> None:
    site.desk.reader.show(alter(site.desk.reader.incidents["inc-anju-12"]))


def new_red() -> IncidentView:
    red = incident(id="inc-chengchuan-8", number=8, client="chengchuan", brand="澄川", severity=Severity.RED)
    return replace(full_view(red), evidence=())


# -- looks


def test_the_first_stop_of_the_tab_key_skips_to_the_content(site: Site) -> None:
    with site.page() as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"


def test_on_paper_there_is_the_record_and_nothing_to_press(site: Site) -> None:
    with site.page() as page:
        page.goto(site.address + INCIDENT)
        page.emulate_media(media="print")
        for gone in (".tools", "form >> nth=0", ".top-end"):
            expect(page.locator(gone)).to_be_hidden()
        expect(page.locator("#timeline")).to_be_visible()
        expect(page.locator(".copies li").first).to_be_visible()


def test_on_paper_a_clients_chart_has_its_whole_table(site: Site) -> None:
    with site.page() as page:
        page.goto(f"{site.address}/clients/anju")
        page.emulate_media(media="print")
        expect(page.locator(".periods")).to_be_hidden()
        cut = page.evaluate(
            "() => [...document.querySelectorAll('.client .scroll')]"
            ".filter((e) => e.scrollHeight > e.clientHeight + 1).length"
        )
        assert cut == 0


# -- acts


def test_everything_works_without_script(site: Site) -> None:
    with site.page(java_script_enabled=False) as page:
        page.goto(site.address)
        page.locator("#row-inc-anju-12").get_by_role("button", name="认领").click()
        expect(page.locator("#row-inc-anju-12 .row-owner")).to_contain_text("王敏")
        page.get_by_role("link", name="安屿智能家居 安屿").click()
        page.get_by_label("记录").fill("客户确认为同一批次")
        page.get_by_role("button", name="写入时间线").click()
        expect(page.locator("#part-timeline")).to_contain_text("客户确认为同一批次")
        page.get_by_label("结果").first.fill("已与客户通话")
        page.get_by_role("button", name="完成", exact=True).first.click()
        expect(page.locator("#part-do")).to_contain_text("先期口径送客户确认")
        expect(page.locator(".tools")).to_be_hidden()


def test_a_refusal_is_shown_where_the_text_still_stands(site: Site) -> None:
    site.desk.acts.refuse = Reason("incident_refused_role", {"role": "account"})
    with site.page() as page:
        page.goto(site.address + INCIDENT)
        page.get_by_text("判断已控制").first.click()
        page.get_by_label("依据").fill("六小时无新增")
        page.get_by_role("button", name="判断已控制").click()
        expect(page.get_by_role("alert").first).to_contain_text("不能做这项决定")
        expect(page.get_by_label("依据")).to_have_value("六小时无新增")


def test_the_queue_is_worked_by_keys_alone(site: Site) -> None:
    with site.page("he") as page:
        page.goto(site.address)
        page.keyboard.press("j")
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.closest('.row').id") == "row-inc-anju-12"
        page.keyboard.press("a")
        expect(page.locator("#row-inc-anju-12 .row-owner")).to_contain_text("何静")
        page.wait_for_load_state()  # the page is loaded anew, and deaf to keys till then
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/incidents/*")
        page.go_back()
        page.keyboard.press("/")
        page.keyboard.type("澄川?jka")
        assert page.locator("#filter").input_value() == "澄川?jka"
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_hidden()


def test_an_incident_is_worked_by_keys_alone(site: Site) -> None:
    with site.page() as page:
        page.goto(site.address + INCIDENT)
        page.keyboard.press("n")
        assert page.evaluate("document.activeElement.id") == "note"
        page.keyboard.press("Escape")
        page.keyboard.press("a")
        expect(page.locator("#part-title")).to_contain_text("处置中")


def on_mentions(site: Site, page: Page) -> None:
    """The page of mentions with two stories about 安屿, the focus on the first."""
    seed(site.storage, post(1, "安屿的灯一直闪"), post(2, "安屿客服没人接", NOW - 2 * HOUR))
    page.goto(f"{site.address}/mentions?client=anju")
    page.keyboard.press("j")


def test_a_mention_is_moved_to_another_brand_by_two_keys(site: Site) -> None:
    with site.page() as page:
        on_mentions(site, page)
        page.keyboard.press("b")
        expect(page.get_by_role("button", name="说的是屿光").first).to_be_focused()
        page.keyboard.press("1")
        expect(page.locator("article.post").first).to_contain_text("安屿智能家居 · 屿光")
        expect(page.locator(".corrections").first).to_contain_text("更正品牌：安屿 → 屿光")
        page.goto(f"{site.address}/mentions?client=anju&brand=屿光")
        expect(page.locator("article.post")).to_contain_text("灯一直闪")
        page.keyboard.press("j")
        page.keyboard.press("u")
        expect(page.locator("article.post")).to_have_count(0)


def test_in_the_choice_of_brands_nought_is_none_of_them(site: Site) -> None:
    with site.page() as page:
        on_mentions(site, page)
        page.keyboard.press("b")
        page.keyboard.press("0")
        expect(page.locator("article.post")).to_have_count(1)
        expect(page.locator("article.post")).to_contain_text("没人接")


def test_outside_the_choice_of_brands_digits_correct_the_sentiment(site: Site) -> None:
    with site.page() as page:
        on_mentions(site, page)
        page.keyboard.press("b")
        page.keyboard.press("Escape")
        expect(page.locator(".row-link").first).to_be_focused()
        expect(page.get_by_role("button", name="说的是屿光").first).to_be_hidden()
        page.keyboard.press("1")
        expect(page.locator(".corrections").first).to_contain_text("更正情感")
        expect(page.locator(".row-link").first).to_be_focused()


def test_a_queue_of_unsure_mentions_is_worked_by_keys_without_losing_the_place(site: Site) -> None:
    for number in range(1, 13):
        item, mention = post(number, f"安屿第{number}条", NOW - number * MINUTE)
        seed(site.storage, (item, replace(mention, reading=replace(mention.reading, unsure=True))))
    with site.page() as page:
        page.goto(f"{site.address}/mentions?unsure=1&days=1")
        for _ in range(6):
            page.keyboard.press("j")
        page.keyboard.press("1")
        told = page.get_by_role("status").filter(has_text="已更正")
        expect(told.locator(".row-link")).to_be_focused()
        expect(told).to_be_in_viewport()
        page.keyboard.press("j")
        assert "安屿第7条" in page.evaluate("document.activeElement.closest('.row').innerText")
        page.keyboard.press("k")
        page.keyboard.press("u")
        expect(page.locator("article.post")).to_have_count(12)
        expect(page.locator("article.post").nth(5).locator(".row-link")).to_be_focused()


def test_a_bar_opens_its_mentions(site: Site) -> None:
    with site.page() as page:
        page.goto(site.address + INCIDENT)
        page.locator(".bar-link").last.click()
        expect(page.locator(".post:target")).to_have_count(1)


def test_a_password_is_set_on_a_phone(site: Site) -> None:
    with site.page("lin", "phone") as page:
        page.get_by_role("link", name="设置密码").click()
        page.get_by_label("新密码").fill(PASSWORD)
        page.get_by_role("button", name="设置密码").click()
        page.get_by_role("link", name="重新登录").click()
        page.get_by_label("登录名").fill("lin")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_text("你还没有密码")).to_have_count(0)
        page.get_by_role("link", name="林知远").click()
        expect(page.get_by_role("heading", name="设置密码")).to_be_visible()


# -- live


def test_two_people_see_each_others_acknowledgement(site: Site) -> None:
    with site.page("he") as board, site.page("wang") as other:
        board.goto(site.address)
        expect(board.locator("#pulse")).to_be_visible()
        other.goto(site.address + INCIDENT)
        other.get_by_role("button", name="认领这起事件").click()
        expect(board.locator("#row-inc-anju-12 .row-owner")).to_contain_text("王敏")


def test_what_stood_out_and_met_no_rule_comes_onto_an_open_board(site: Site) -> None:
    with site.page("he") as page:
        page.goto(site.address)
        expect(page.locator("#pulse")).to_be_visible()
        expect(page.locator("#quiet-part li")).to_have_count(0)
        site.desk.reader.kept_quiet = (QuietSignals(signals()[:1], Reason("suppressed_no_rule")),)
        site.desk.reader.note("anju", "signal", "anju")
        expect(page.locator("#quiet-part li")).to_have_count(1)


def test_live_updates_keep_what_is_being_typed(site: Site) -> None:
    with site.page() as page:
        page.goto(site.address + INCIDENT)
        page.get_by_label("记录").fill("写到一半")
        page.get_by_label("结果").first.click()
        page.keyboard.type("正在输入")
        change(site, lambda v: replace(v, incident=taken(v.incident, "he", timedelta(0))))
        expect(page.locator("#part-title")).to_contain_text("何静")
        expect(page.get_by_label("结果").first).to_be_focused()
        expect(page.locator("#pending")).to_be_visible()
        page.locator("h1").click()
        expect(page.locator("#pending")).to_be_hidden()
        expect(page.get_by_role("button", name="认领这起事件")).to_have_count(0)
        expect(page.get_by_label("记录")).to_have_value("写到一半")
        expect(page.get_by_label("结果").first).to_have_value("正在输入")


def test_nothing_moves_under_the_pointer(site: Site) -> None:
    with site.page("he") as page:
        page.goto(site.address)
        expect(page.locator("#pulse")).to_be_visible()
        row = page.locator("#row-inc-chengchuan-7")
        row.hover()
        before = row.bounding_box()
        site.desk.reader.show(new_red())
        assert before
        steps = cycle((60, 61))  # a pointer that rests is not about to press: this one never does

        def waits() -> bool:
            page.mouse.move(before["x"] + next(steps), before["y"] + 20)
            return page.locator("#pending").is_visible()

        eventually(waits)
        assert row.bounding_box() == before
        page.mouse.move(1300, 20)
        expect(page.locator("#row-inc-chengchuan-8")).to_be_visible()


def test_new_red_is_marked_in_list_and_title_until_it_is_seen(site: Site) -> None:
    with site.page("he") as page:
        page.goto(site.address)
        page.locator("#row-inc-anju-12 .row-link").focus()  # seen
        expect(page).to_have_title("值班台 · 望楼")
        site.desk.reader.show(new_red())
        expect(page.locator("#new-red")).to_contain_text("新的红色事件 澄川净水")
        expect(page).to_have_title("(1) ● 值班台 · 望楼")
        expect(page.locator("#row-inc-chengchuan-8.is-new")).to_be_visible()
        page.locator("#row-inc-chengchuan-8 .row-link").focus()
        expect(page).to_have_title("值班台 · 望楼")
        expect(page.locator("#new-red")).to_be_hidden()


def test_new_red_is_noticed_on_another_incidents_page_too(site: Site) -> None:
    with site.page("he") as page:
        page.goto(f"{site.address}/incidents/inc-luzhan-2")
        expect(page).to_have_title("(1) ● Ⅳ 鹿栈出行 · 鹿栈 · 服务中断 #2 · 望楼")
        site.desk.reader.show(new_red())
        expect(page.locator("#new-red a")).to_have_attribute("href", "/incidents/inc-chengchuan-8")


def test_a_lost_connection_says_so_and_comes_back(
    browser: Browser, sqlite_storage: SqlStorage, port: int
) -> None:
    reader = sample_reader()
    with serving(open_desk(sqlite_storage, reader), port) as address:
        first = Site(open_desk(sqlite_storage, reader), address, browser, sqlite_storage)
        visit = first.page("he", may_fail=True)
        page = visit.__enter__()
        expect(page.locator("#pulse")).to_be_visible()
    expect(page.locator("#lost")).to_contain_text("连接已断，正在重连")
    reader.show(new_red())
    with serving(open_desk(sqlite_storage, reader), port):
        expect(page.locator("#row-inc-chengchuan-8")).to_be_visible()
        expect(page.locator("#lost")).to_be_hidden()
        visit.__exit__(None, None, None)
