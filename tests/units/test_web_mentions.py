"""The mentions page: filters in the address, words that hit, copies folded, corrections by a press."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import httpx
import pytest

from tests.mentions_sample import post, seed
from tests.pages_fakes import Browser, Desk, form_fields, open_desk
from tests.pages_sample import HOUR, MINUTE, NOW
from wanglou.domain.item import Author, Item
from wanglou.domain.mention import Mention, Sentiment
from wanglou.domain.topic import Topic
from wanglou.storage.engine import SqlStorage
from wanglou.storage.mention_list import A_PAGE

SEARCH = "/mentions?q="


@pytest.fixture
def desk(sqlite_storage: SqlStorage) -> Desk:
    return open_desk(sqlite_storage)


def text_of(desk: Desk, path: str, person: str = "lin") -> str:
    answer = desk.signed_in(person).get(path)
    assert answer.status_code == 200
    return answer.text


def listed(page: str) -> list[str]:
    """The brands of the stories on the page, in its order."""
    return re.findall(r'class="row-link"[^>]*>[^<]* · ([^<]*)</a>', page)


def test_words_of_two_characters_hit_and_are_marked(sqlite_storage: SqlStorage, desk: Desk) -> None:
    seed(sqlite_storage, post(1, "安屿的客服让我去投诉"), post(2, "安屿好用"))
    page = text_of(desk, SEARCH + quote("投诉"))
    assert '<mark class="said-found">投诉</mark>' in page
    assert "好用" not in page


def test_filters_travel_in_the_address(sqlite_storage: SqlStorage, desk: Desk) -> None:
    good = post(1, "安屿好用极了")
    bad = post(2, "安屿漏电了", source="s2")
    reading = replace(bad[1].reading, label=Sentiment.NEG, topics=(Topic.PRODUCT_SAFETY,), unsure=True)
    seed(
        sqlite_storage,
        good,
        (bad[0], replace(bad[1], reading=reading)),
        post(3, "安屿老帖", NOW - 20 * 24 * HOUR),
    )
    for filters in ("sentiment=neg", "topic=product_safety", "source=s2", "unsure=1", "q=%E6%BC%8F%E7%94%B5"):
        page = text_of(desk, f"/mentions?client=anju&{filters}")
        assert "漏电" in page, filters
        assert "好用极了" not in page, filters
    assert "老帖" not in text_of(desk, "/mentions")
    assert "老帖" in text_of(desk, "/mentions?days=30")
    since, until = (
        (NOW + gap).astimezone(desk.ports.config.agency.zone) for gap in (-21 * 24 * HOUR, -19 * 24 * HOUR)
    )
    one_day = text_of(desk, f"/mentions?since={since:%Y-%m-%dT%H:%M}&until={until:%Y-%m-%dT%H:%M}")
    assert "老帖" in one_day
    assert "好用极了" not in one_day


def test_copies_are_folded_under_the_original_and_opened_by_its_link(
    sqlite_storage: SqlStorage, desk: Desk
) -> None:
    first = post(1, "安屿同一篇稿子", voice=True, reach=10)
    copies = [
        post(n, "安屿同一篇稿子", NOW - n * MINUTE, voice=False, reach=100, group="group-1") for n in (2, 3)
    ]
    seed(sqlite_storage, first, *copies)
    page = text_of(desk, "/mentions?client=anju")
    assert page.count('<article class="post row') == 1
    assert "另有 2 篇转载，合计触达 210" in page
    assert "同一篇稿子" in text_of(desk, "/mentions?group=group-1&days=all")


def test_a_long_list_is_turned_page_by_page_and_shows_each_once(
    sqlite_storage: SqlStorage, desk: Desk
) -> None:
    many = [
        post(n, f"安屿编号{n:04d}投诉", NOW - HOUR - timedelta(seconds=n // 3)) for n in range(A_PAGE * 2 + 5)
    ]
    seed(sqlite_storage, *many)
    for start in ("/mentions?client=anju", SEARCH + quote("投诉")):
        browser, path, seen = desk.signed_in("lin"), start, list[str]()
        while path:
            page = browser.get(path).text
            seen += [f"{n:04d}" for n in range(len(many)) if f"编号{n:04d}" in page]
            path = (
                page.split('class="older" href="')[1].split('"')[0].replace("&amp;", "&")
                if 'class="older"' in page
                else ""
            )
        assert sorted(seen) == [f"{n:04d}" for n in range(len(many))]


def test_one_press_corrects_and_one_takes_it_back(sqlite_storage: SqlStorage, desk: Desk) -> None:
    seed(sqlite_storage, post(1, "安屿门锁昨晚又打不开了"))
    browser = desk.signed_in("lin")
    page = browser.get("/mentions?client=anju")
    done = browser.post_form("/mentions/correct", {"change": "sentiment:neg"}, page=page)
    assert "林知远更正情感：中性 → 负面" in done.text
    assert "人工更正" in done.text
    assert done.url.params["client"] == "anju"
    assert done.url.fragment.startswith("m-")
    undone = browser.post_form("/mentions/undo", page=done)
    assert "更正情感：" not in undone.text


def test_what_is_not_about_the_brand_leaves_the_list_and_is_found_among_the_void(
    sqlite_storage: SqlStorage, desk: Desk
) -> None:
    seed(sqlite_storage, post(1, "安屿这个地名"))
    browser = desk.signed_in("lin")
    page = browser.get("/mentions")
    done = browser.post_form("/mentions/correct", {"change": "brand:"}, page=page)
    assert "<article" not in done.text
    void = browser.get("/mentions?void=1")
    assert "这个地名" in void.text
    assert "林知远更正品牌：安屿 → 与品牌无关" in void.text
    back = browser.post_form("/mentions/undo", page=void)
    assert "这个地名" not in back.text
    assert "这个地名" in browser.get("/mentions").text


def unsure(number: int, text: str, hours: int) -> tuple[Item, Mention]:
    item, mention = post(number, text, NOW - hours * HOUR)
    return item, replace(mention, reading=replace(mention.reading, unsure=True))


def three_unsure(storage: SqlStorage) -> None:
    seed(storage, unsure(1, "安屿第一条", 1), unsure(2, "安屿第二条", 2), unsure(3, "安屿第三条", 3))


def correct(
    browser: Browser, page: httpx.Response, number: int, change: str = "sentiment:neg"
) -> httpx.Response:
    """Press a button of the story in this place of the list."""
    story = page.text.split("<article")[number]
    return browser.post("/mentions/correct", {**form_fields(story, "/mentions/correct"), "change": change})


@pytest.mark.parametrize(("number", "before"), [(1, "第二条"), (2, "第三条"), (3, "</section>")])
def test_what_a_correction_takes_off_the_list_says_so_in_its_place(
    sqlite_storage: SqlStorage, desk: Desk, number: int, before: str
) -> None:
    three_unsure(sqlite_storage)
    browser = desk.signed_in("lin")
    done = correct(browser, browser.get("/mentions?unsure=1&days=1"), number)
    assert done.text.count("<article") == 2
    place = done.text.index(f'id="{done.url.fragment}" role="status"')
    told = done.text[place : done.text.index(before, place)]
    assert "已更正，不再符合这里的筛选" in told
    assert f"安屿第{'一二三'[number - 1]}条" in re.sub("<[^>]+>", "", told)
    assert "林知远更正情感：中性（存疑） → 负面" in told
    assert done.text[place:].count("<article") == 3 - number


def test_what_left_the_list_is_taken_back_from_its_place(sqlite_storage: SqlStorage, desk: Desk) -> None:
    three_unsure(sqlite_storage)
    browser = desk.signed_in("lin")
    done = correct(browser, browser.get("/mentions?unsure=1&days=1"), 2)
    back = browser.post_form("/mentions/undo", page=done)
    assert back.text.count("<article") == 3
    assert 'role="status"' not in back.text
    assert f'id="{back.url.fragment}"' in back.text


def test_what_is_found_void_can_be_taken_back_at_once(sqlite_storage: SqlStorage, desk: Desk) -> None:
    three_unsure(sqlite_storage)
    browser = desk.signed_in("lin")
    done = correct(browser, browser.get("/mentions"), 1, "brand:")
    assert "林知远更正品牌：安屿 → 与品牌无关" in done.text
    assert browser.post_form("/mentions/undo", page=done).text.count("<article") == 3


def test_what_stays_on_the_list_is_told_once(sqlite_storage: SqlStorage, desk: Desk) -> None:
    three_unsure(sqlite_storage)
    browser = desk.signed_in("lin")
    done = correct(browser, browser.get("/mentions"), 1)
    assert done.text.count("林知远更正情感") == 1
    assert "不再符合" not in done.text


def test_an_address_tells_nobody_of_another_clients_correction(
    sqlite_storage: SqlStorage, desk: Desk
) -> None:
    three_unsure(sqlite_storage)
    browser = desk.signed_in("lin")
    done = correct(browser, browser.get("/mentions?unsure=1"), 1)
    address = f"/mentions?{done.url.query.decode()}"
    assert "林知远更正" in browser.get(address).text
    assert "林知远更正" not in desk.signed_in("chen").get(address).text


def test_another_clients_mentions_do_not_exist(sqlite_storage: SqlStorage, desk: Desk) -> None:
    seed(sqlite_storage, post(1, "安屿的秘密投诉"), post(2, "禾木里投诉", client="hemuli", brand="禾木里"))
    for path in (
        "/mentions",
        "/mentions?client=anju",
        SEARCH + quote("投诉"),
        "/mentions?group=group-1&days=all",
    ):
        assert "秘密" not in text_of(desk, path, "chen"), path
        assert "安屿" not in text_of(desk, path, "chen"), path
    browser = desk.signed_in("chen")
    page = browser.get("/mentions")
    item = post(1, "安屿的秘密投诉")[0].key
    stolen = {"client": "anju", "brand": "安屿", "item": item, "change": "sentiment:neg"}
    assert browser.post_form("/mentions/correct", stolen, page=page).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "since=soon",
        "until=9999-99-99",
        "since=0001-01-01T00:00",
        "sentiment=bad",
        "topic=%00",
        "older=%F0%9F%92%A9",
        "older=99999999999999999999999",
        "older=bnVsbA==",
        "days=-1",
        "client=nobody",
        "brand=%27%22",
        "q=%22",
        "q=%2A%22%27)(",
        "group=x",
        "since=2026-11-12T10:00&until=2026-11-01T10:00",
    ],
)
def test_an_address_nobody_can_read_gives_a_page(sqlite_storage: SqlStorage, desk: Desk, query: str) -> None:
    seed(sqlite_storage, post(1, "安屿好用"))
    assert desk.signed_in("lin").get(f"/mentions?{query}").status_code == 200


def test_the_topic_is_corrected_where_its_link_opens_the_choice(
    sqlite_storage: SqlStorage, desk: Desk
) -> None:
    """Twenty topics in each story would weigh more than the stories."""
    seed(sqlite_storage, post(1, "安屿好用"), post(2, "安屿再好用不过"))
    browser = desk.signed_in("lin")
    page = browser.get("/mentions?client=anju&days=30").text
    assert "topic:rumour" not in page
    [first, _] = re.findall(r'<a class="button retopic" href="([^"]*)" data-key="t">', page)
    opened = browser.get(unescape(first)).text
    assert opened.count("topic:rumour") == 1
    story = re.search(r"[?&]retopic=(\w+)#m-\1$", unescape(first))
    assert story
    form = opened[opened.index(f'id="m-{story[1]}"') :]
    form = form[form.index('aria-label="更正议题"') :]
    fields = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)[:6]}
    done = browser.post("/mentions/correct", {**fields, "change": "topic:rumour"})
    assert "更正议题：无议题 → 谣言" in done.text
    assert done.url.params["client"] == "anju"
    assert "retopic" not in done.url.params


def test_what_cannot_be_read_is_told(desk: Desk) -> None:
    page = text_of(desk, "/mentions?since=soon&topic=%3Cb%3E")
    assert "看不懂「since」的值「soon」" in page
    assert "<b>" not in page


@pytest.mark.parametrize("key", ["client", "source", "sentiment", "topic", "days", "since", "unsure", "void"])
def test_a_filter_nobody_can_read_is_told_and_the_others_apply(
    sqlite_storage: SqlStorage, desk: Desk, key: str
) -> None:
    seed(sqlite_storage, post(1, "安屿好用"), post(2, "屿光好用", brand="屿光"))
    page = text_of(desk, f"/mentions?brand={quote('安屿')}&{key}=nonsense")
    assert f"看不懂「{key}」的值「nonsense」" in page
    assert listed(page) == ["安屿"]
    english = text_of(desk, f"/mentions?brand={quote('安屿')}&{key}=nonsense&lang=en")
    assert f"cannot read nonsense as {key}" in english


def test_what_is_no_filter_is_told(sqlite_storage: SqlStorage, desk: Desk) -> None:
    seed(sqlite_storage, post(1, "安屿好用"))
    page = text_of(desk, "/mentions?from=2026-11-01&%3Cb%3E=1&a=1&b=1")
    assert "没有叫「from」的筛选项" in page
    assert "没有叫「&lt;b&gt;」的筛选项" in page
    assert "没有叫「b」的筛选项" not in page  # whatever else a chat app hung on
    assert listed(page) == ["安屿"]
    assert "“from” is no filter of this page" in text_of(desk, "/mentions?from=2026-11-01&lang=en")
    assert "筛选项，没有用来筛选" not in text_of(desk, "/mentions?lang=zh&days=30&older=")


def test_a_time_that_ends_before_it_begins_is_told_and_does_not_empty_the_list(
    sqlite_storage: SqlStorage, desk: Desk
) -> None:
    seed(sqlite_storage, post(1, "安屿好用"))
    turned = "/mentions?since=2026-11-12T10:00&until=2026-11-01T10:00"
    page = text_of(desk, turned)
    assert "起点不早于终点" in page
    assert listed(page) == ["安屿"]
    assert 'value="2026-11-12T10:00"' in page  # still there to be mended
    assert re.search(r'aria-current="true">7 天', page)
    assert "does not begin before its end" in text_of(desk, f"{turned}&lang=en")


def test_a_brand_that_left_the_config_is_shown_as_the_filter_it_is(desk: Desk) -> None:
    page = text_of(desk, f"/mentions?client=anju&brand={quote('旧牌')}")
    assert '<option value="旧牌" selected>旧牌</option>' in page


@pytest.mark.parametrize("words", ["*", '"', "“ ”"])
def test_words_that_hold_nothing_to_search_for_are_told(
    sqlite_storage: SqlStorage, desk: Desk, words: str
) -> None:
    seed(sqlite_storage, post(1, "安屿好用"))
    told = "没有能检索的字"
    assert told in text_of(desk, SEARCH + quote(words))
    assert told not in text_of(desk, SEARCH + quote(f"好{words}"))
    assert told not in text_of(desk, SEARCH)


def test_a_strangers_markup_stays_text(sqlite_storage: SqlStorage, desk: Desk) -> None:
    item, mention = post(1, "安屿<script>alert(1)</script>投诉")
    item = replace(item, url="javascript:alert(1)", author=Author("<img src=x onerror=alert(1)>"))
    seed(sqlite_storage, (item, replace(mention, item_key=item.key)))
    page = text_of(desk, SEARCH + quote("投诉 <script>"))
    assert "<script>alert" not in page
    assert "javascript:" not in page
    assert "<img" not in page


@pytest.mark.parametrize(
    "back", ["//evil.example", "/incidents/1", "https://evil.example/mentions", "/mentions\r\nx: y"]
)
def test_after_a_correction_nobody_is_led_elsewhere(
    sqlite_storage: SqlStorage, desk: Desk, back: str
) -> None:
    seed(sqlite_storage, post(1, "安屿好用"))
    browser = desk.signed_in("lin")
    page = browser.get("/mentions")
    done = browser.post_form("/mentions/correct", {"change": "sentiment:pos", "back": back}, page=page)
    assert done.url.path in {"/mentions", "/"}
    assert done.url.host == "desk.example"


@pytest.mark.parametrize("number", ["9" * 23, "9" * 5000, "x", ""])
def test_an_undo_of_a_number_nobody_counts_to_is_missing(
    sqlite_storage: SqlStorage, desk: Desk, number: str
) -> None:
    seed(sqlite_storage, post(1, "安屿好用"))
    browser = desk.signed_in("lin")
    page = browser.post_form("/mentions/correct", {"change": "sentiment:pos"}, page=browser.get("/mentions"))
    assert browser.post_form("/mentions/undo", {"correction": number}, page=page).status_code == 404


def test_an_undo_that_is_not_the_newest_says_so(sqlite_storage: SqlStorage, desk: Desk) -> None:
    seed(sqlite_storage, post(1, "安屿好用"))
    browser = desk.signed_in("lin")
    first = browser.post_form("/mentions/correct", {"change": "sentiment:pos"}, page=browser.get("/mentions"))
    browser.post_form("/mentions/correct", {"change": "sentiment:neg"}, page=first)
    late = browser.post_form("/mentions/undo", page=first)
    assert "请先撤回较新的那一次" in late.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_empty_list_says_what_would_be_here(desk: Desk, language: str) -> None:
    assert "empty-line" in text_of(desk, f"/mentions?lang={language}")
