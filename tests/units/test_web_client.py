"""The pages of clients: what is said of each, beside whom, who looks after it, and to whom it is shown."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.web.charts import draw
from desk.web.client import promises
from desk.web.shares import compare
from tests.pages_fakes import Desk, open_desk, sample_reader
from tests.pages_sample import CALM, HOUR, MINUTE, NOW, ZONE, incident, view_of, week
from wanglou.domain.client import Brand, Client, Limit
from wanglou.domain.person import HOUSE
from wanglou.domain.severity import Severity
from wanglou.ports import Storage, Voices

LOCK = Client("lock", "安屿", (Brand("安屿", ()), Brand("屿光", ())), (Brand("陌川", ()), Brand("栖钥", ())))
SECOND = timedelta(seconds=1)
MONDAY = NOW - timedelta(days=3)


@pytest.fixture
def desk(sqlite_storage: Storage) -> Desk:
    return open_desk(sqlite_storage, sample_reader(blind=1))


def section(page: str, name: str) -> str:
    """One part of a page, by the id of its heading, without markup."""
    part = next(p for p in page.split("<section ")[1:] if f'id="{name}"' in p)
    return " ".join(re.sub(r"<[^>]+>", " ", part).split())


class TestTheClientPage:
    def test_is_marked_in_the_navigation_as_one_of_the_clients(self, desk: Desk) -> None:
        browser = desk.signed_in("wang")
        assert (
            '<a class="quiet-link" href="/clients" aria-current="true">' in browser.get("/clients/anju").text
        )
        assert '<a class="quiet-link" href="/clients" aria-current="page">' in browser.get("/clients").text
        assert browser.get("/clients/anju").text.count('href="/" aria-current') == 0

    def test_shows_brands_with_names_and_what_must_hold(self, desk: Desk) -> None:
        page = desk.signed_in("wang").get("/clients/anju").text
        brand = section(page, "brand-1")
        assert "安屿锁、AnyuLock" in brand
        assert "安屿湾" in brand
        assert "安屿 AND (门锁 OR 智能锁) AND NOT 租房" in brand
        assert "别名 无" in section(page, "brand-2")

    def test_compares_own_brands_with_competitors_over_one_base(self, desk: Desk) -> None:
        share = section(desk.signed_in("wang").get("/clients/anju").text, "share")
        assert "自己的品牌合计 40%（1,000 个声音中 400 个）" in share
        assert "35%（1,000 中 350）" in share
        assert "25%（1,000 中 250）" in share
        assert "周二 14:05 起才有计数" in share
        assert "旧牌" not in share

    def test_says_the_negative_share_with_its_base(self, desk: Desk) -> None:
        page = desk.signed_in("wang").get("/clients/anju?lang=en").text
        assert "Negative 30% (120 of 400)" in section(page, "brand-1")

    def test_draws_each_brand_with_the_usual_band_and_as_a_table(self, desk: Desk) -> None:
        page = desk.signed_in("wang").get("/clients/anju").text
        brand = page[page.index('id="brand-1"') : page.index('id="brand-2"')]
        assert brand.count('<g class="bar') == 27
        assert 'class="band" d="M' in brand
        assert brand.count("<tr><th") == 28
        assert "没有提及" in section(page, "brand-2")

    def test_every_number_leads_to_the_mentions_behind_it(self, desk: Desk) -> None:
        page = unescape(desk.signed_in("wang").get("/clients/anju").text)
        bar = {"client": "anju", "brand": "安屿", "since": "2026-11-06T06:00", "until": "2026-11-06T12:00"}
        assert f'<a href="/mentions?{urlencode(bar)}" class="bar-link">' in page
        week_long = {"client": "anju", "brand": "安屿", "since": "2026-11-06T00:00"}
        assert f'<a href="/mentions?{urlencode(week_long)}">610</a>' in page
        assert "sentiment=neg&since=2026-11-06" in page
        assert '<a href="/mentions?client=anju&source=s3&since=2026-11-11T14%3A05">196' in page
        assert "陌川" not in "".join(re.findall(r'href="/mentions[^"]*"', page))

    def test_says_who_looks_after_it_and_who_is_on_duty(self, desk: Desk) -> None:
        people = section(desk.signed_in("wang").get("/clients/anju").text, "team")
        assert "客户经理 王敏" in people
        assert "值班 林知远" in people
        assert "20:00 李航" in people

    def test_says_what_was_promised_by_severity_and_hour(self, desk: Desk) -> None:
        told = section(desk.signed_in("wang").get("/clients/anju").text, "promises")
        assert "首响 工作时段 30 分钟 30 分钟 30 分钟 30 分钟" in told
        assert "首响 其余时间 2 小时" in told
        assert "首次回应 任何时候 1 小时 2 小时 – –" in told

    def test_says_where_it_is_told_and_how_long_mentions_stay(self, desk: Desk) -> None:
        told = section(desk.signed_in("wang").get("/clients/anju").text, "channels")
        assert "Slack #anju-watch" in told
        assert "群里听谁的 王敏" in told
        assert "180 天" in told

    def test_names_blind_sources_first_and_counts_what_the_others_brought(self, desk: Desk) -> None:
        feeds = section(desk.signed_in("wang").get("/clients/anju").text, "feeds")
        assert "8 个中 1 个失明" in feeds
        assert feeds.index("锁友论坛") < feeds.index("科技前线 196 条") < feeds.index("城市晚报 12 条")
        assert "另有 5 个信源看得见" in feeds

    def test_says_who_is_told_where_and_when_nobody_is_woken(self, desk: Desk) -> None:
        channels = section(desk.signed_in("wang").get("/clients/anju").text, "channels")
        assert "分派 Ⅰ 红、产品安全 → Slack #crisis、何静" in channels
        assert "分派 Ⅳ 蓝 → Email 不发项目群" in channels
        assert "22:00–08:00 Ⅰ 红、Ⅱ 橙除外" in channels
        assert "现在免打扰" not in channels
        assert "10 分钟后叫客户经理 王敏" in channels
        assert "30 分钟后叫总监 何静" in channels
        assert "low@anju.example" not in channels  # an address of people's is nobody's to read here
        desk.clock.advance(9 * HOUR)
        assert "现在免打扰，到 周五 08:00" in section(
            desk.signed_in("wang").get("/clients/anju").text, "channels"
        )

    def test_names_whom_the_ladder_calls_next_until_somebody_takes_it(self, desk: Desk) -> None:
        browser = desk.signed_in("wang")
        told = "没人认领就叫客户经理 王敏"
        assert told in section(browser.get("/clients/anju").text, "open")
        assert told in section(browser.get("/incidents/inc-anju-12").text, "do-now")
        desk.reader.show(view_of(incident(acknowledged_at=NOW, acknowledged_by="wang")))
        assert told not in browser.get("/clients/anju").text
        assert told not in browser.get("/incidents/inc-anju-12").text

    @pytest.mark.parametrize(
        ("late", "told", "never"),
        [
            (-SECOND, "没人认领就叫客户经理 王敏", "正在叫"),
            (SECOND, "没人认领，正在叫客户经理 王敏", "已超"),
            (3 * MINUTE, "没人认领就叫客户经理 王敏", "正在叫"),
        ],
    )
    def test_says_who_is_being_called_until_the_chase_has_come_round(
        self, desk: Desk, late: timedelta, told: str, never: str
    ) -> None:
        rung = desk.ports.config.agency.ladder[0]
        desk.reader.show(view_of(incident(opened_at=NOW - rung.after - late)))
        part = section(desk.signed_in("wang").get("/clients/anju").text, "open")
        assert told in part
        assert never not in part

    def test_leads_to_open_incidents_and_to_past_ones(self, desk: Desk) -> None:
        browser = desk.signed_in("wang")
        page = browser.get("/clients/anju").text
        assert 'href="/incidents/inc-anju-12"' in page
        past = page[page.index('id="past"') :]
        assert re.findall(r'href="/incidents/inc-anju-(\d+)"', past) == [str(n) for n in range(11, 1, -1)]
        assert "全部 11 起" in past
        everything = browser.get("/clients/anju?all=1").text
        assert 'href="/incidents/inc-anju-1"' in everything
        assert browser.get("/incidents/inc-anju-1").status_code == 200

    def test_an_incident_leads_back_to_its_client(self, desk: Desk) -> None:
        browser = desk.signed_in("he")
        assert 'href="/clients/anju">安屿智能家居</a>' in browser.get("/incidents/inc-anju-12").text
        desk.reader.show(view_of(incident(id="inc-house-1", client=HOUSE, brand="城市晚报", number=1)))
        assert "/clients/house" not in browser.get("/incidents/inc-house-1").text

    @pytest.mark.parametrize(
        ("asked", "shown"), [("?days=30", 30), ("", 7), ("?days=-1", 7), ("?days=七", 7)]
    )
    def test_the_period_stands_in_the_address(self, desk: Desk, asked: str, shown: int) -> None:
        page = desk.signed_in("wang").get(f"/clients/anju{asked}").text
        assert re.findall(r'href="\?days=(\d+)" aria-current', page) == [str(shown)]
        assert f"声量占比（近 {shown} 天）" in page

    def test_a_client_one_may_not_see_is_like_one_that_does_not_exist(self, desk: Desk) -> None:
        browser = desk.signed_in("chen")
        walled, unknown = browser.get("/clients/anju"), browser.get("/clients/nobody")
        assert (walled.status_code, unknown.status_code) == (404, 404)
        assert _without_tokens(walled.text, "anju") == _without_tokens(unknown.text, "nobody")
        assert browser.get("/clients/house").status_code == 404
        assert browser.get("/clients/hemuli").status_code == 200

    def test_a_client_without_competitors_or_history_says_what_would_be_here(self, desk: Desk) -> None:
        page = desk.signed_in("he").get("/clients/xinglan").text
        assert "没有设竞品" in page
        assert "自己的品牌合计" not in page
        assert "share-bar" not in page
        assert "还没有结束的事件" in page
        assert "没有，发到值班频道" in page

    def test_needs_no_script_and_stays_light(self, desk: Desk) -> None:
        desk.reader.volume = {name: week(CALM) for name in ("安屿", "屿光")}
        answer = desk.signed_in("wang").get("/clients/anju")
        assert "<script" not in answer.text
        assert len(answer.content) < 75_000

    def test_names_of_the_file_are_text_never_markup(self, sqlite_storage: Storage) -> None:
        desk = open_desk(sqlite_storage, sample_reader())
        evil = "<img src=x onerror=alert(1)>"
        clients = dict(desk.ports.config.clients)
        clients["anju"] = replace(
            clients["anju"],
            name=evil,
            brands=(Brand(evil, (), (evil,)),),
            competitors=(Brand(f"{evil}2", ()),),
        )
        object.__setattr__(desk.ports.config, "clients", clients)
        browser = desk.signed_in("wang")
        for path in ("/clients/anju", "/clients"):
            assert "<img" not in browser.get(path).text


class TestTheListOfClients:
    def test_trouble_stands_first_and_each_leads_to_its_page(self, desk: Desk) -> None:
        page = desk.signed_in("he").get("/clients").text
        order = re.findall(r'<th scope="row"><a href="/clients/(\w+)">', page)
        assert order == ["anju", "hemuli", "chengchuan", "luzhan", "shihe", "xinglan"]
        row = _row(page, "anju")
        assert "有事件" in row
        assert "40%（1,000 中 400）" in row
        assert "1 · 最重 Ⅰ 红" in row
        assert "王敏" in row

    def test_quiet_is_unknown_while_a_source_is_blind(self, desk: Desk) -> None:
        assert "未知：8 个信源中 1 个失明" in _row(desk.signed_in("he").get("/clients").text, "shihe")

    def test_lists_nobody_elses_clients(self, desk: Desk) -> None:
        page = desk.signed_in("chen").get("/clients").text
        assert re.findall(r'<th scope="row"><a href="/clients/(\w+)">', page) == [
            "hemuli",
            "luzhan",
            "xinglan",
        ]
        assert "安屿" not in page

    def test_a_client_without_competitors_is_not_said_to_have_all_of_the_voice(self, desk: Desk) -> None:
        assert "没有设竞品" in _row(desk.signed_in("he").get("/clients").text, "hemuli")


class TestShares:
    def test_what_the_file_does_not_name_is_in_neither_side(self) -> None:
        shares = compare(
            LOCK, [_voices("安屿", 30), _voices("旧牌", 50), _voices("陌川", 10, rival=True)], NOW
        )
        assert [(b.name, b.voices, b.share) for b in shares.bars] == [
            ("安屿", 30, 0.75),
            ("屿光", 0, 0.0),
            ("陌川", 10, 0.25),
            ("栖钥", 0, 0.0),
        ]
        assert (shares.own_voices, shares.voices, shares.own) == (30, 40, 0.75)

    def test_nobody_spoke_is_no_share_at_all(self) -> None:
        shares = compare(LOCK, [], NOW)
        assert (shares.voices, shares.own, sum(b.share for b in shares.bars)) == (0, 0.0, 0.0)

    def test_a_competitor_counted_later_than_the_period_began_says_so(self) -> None:
        late = replace(_voices("陌川", 3, rival=True), since=MONDAY + HOUR)
        early = replace(_voices("栖钥", 2, rival=True), since=MONDAY - HOUR)
        bars = {b.name: b.counted_since for b in compare(LOCK, [late, early], MONDAY).bars}
        assert bars == {"安屿": None, "屿光": None, "陌川": MONDAY + HOUR, "栖钥": None}

    @given(
        st.lists(
            st.builds(
                lambda name, n, rival, client: replace(_voices(name, n, rival=rival), client=client),
                st.sampled_from(["安屿", "屿光", "陌川", "栖钥", "旧牌"]),
                st.integers(0, 10**9),
                st.booleans(),
                st.sampled_from(["lock", "tea"]),
            ),
            unique_by=lambda v: (v.client, v.competitor, v.name),
        )
    )
    def test_shares_sum_to_one_over_own_brands_and_competitors(self, counted: Sequence[Voices]) -> None:
        shares = compare(LOCK, counted, NOW)
        assert len(shares.bars) == 4
        assert sum(b.share for b in shares.bars) == pytest.approx(1.0 if shares.voices else 0.0)
        assert shares == compare(LOCK, counted[::-1], NOW)
        assert shares.own == pytest.approx(sum(b.share for b in shares.bars if not b.competitor))


def test_limits_that_do_not_depend_on_the_hour_are_one_line() -> None:
    day = {Severity.RED: HOUR}
    lines = list(promises({"statement": Limit(day, day), "account_response": Limit(day, {})}))
    assert [(line.clock, line.when) for line in lines] == [
        ("statement", "always"),
        ("account_response", "office_hours"),
        ("account_response", "otherwise"),
    ]
    assert lines[0].limits == (HOUR, None, None, None)


@pytest.mark.parametrize(("days", "every"), [(7, 1), (30, 5)])
def test_labels_stand_where_days_begin(days: int, every: int) -> None:
    first = datetime(2026, 11, 1, tzinfo=ZONE)
    hour = week(CALM)[0]
    chart = draw(
        [replace(hour, start=first + n * HOUR) for n in range(days * 24 - 5)], NOW, from_midnight=True
    )
    assert chart is not None
    assert [t.moment for t in chart.ticks] == [
        first + n * timedelta(days=1) for n in range(every, days, every)
    ]


def _voices(name: str, n: int, *, rival: bool = False) -> Voices:
    return Voices("lock", name, competitor=rival, mentions=n, voices=n, negatives=None if rival else 0)


def _row(page: str, client: str) -> str:
    row = next(r for r in page.split("<tr ") if f'href="/clients/{client}"' in r)
    return " ".join(re.sub(r"<[^>]+>", " ", row).split())


def _without_tokens(page: str, client: str) -> str:
    return re.sub(r'name="form" value="[^"]+"', "", page).replace(f"/clients/{client}", "/clients/x")
