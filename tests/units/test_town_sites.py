import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.source import Follow, Page
from crawlers.sources import feed
from desk.rehearsal.pages import FEED_LENGTH, Document, is_known
from desk.rehearsal.posts import Place, Post, Strand, load_script, visible
from desk.rehearsal.serving import PortTakenError
from desk.rehearsal.town import (
    CORNERS,
    DRAFTS,
    HOT,
    TOPICS,
    Corner,
    Site,
    Town,
    address,
    run_town,
    thread_address,
)
from tests.stories.processes import PATIENCE
from wanglou.domain.item import Item
from wanglou.domain.source import SourceClass, SourceSpec
from wanglou.kinds import find_kind

START = datetime(2026, 11, 21, 6, 30, 0, 250_000, tzinfo=UTC)
ORIGIN = "http://127.0.0.1:8801"
ATOM = "{http://www.w3.org/2005/Atom}"


class StoppedClock:
    def __init__(self, now: datetime) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment


def post(at: int, text: str = "今天门锁没电了", place: Place = Place.FORUM, **more: str) -> Post:
    given = {"id": f"t-{at}-{text[:4]}", "author": "小满", "title": "", "thread": ""} | more
    return Post(at=at, place=place, strand=Strand.ORDINARY, text=text, **given)


def town_at(seconds: float, script: list[Post] | tuple[Post, ...]) -> Town:
    return Town(tuple(script), StoppedClock(START + timedelta(seconds=seconds)), START)


def feed_of(corner: Corner, town: Town) -> Document:
    return town.document(corner.site, corner.feed, ORIGIN)


def corner_of(place: Place) -> Corner:
    return next(c for c in CORNERS if c.place is place)


def asked(**headers: str) -> Mapping[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def spec_of(corner: Corner, kind: str, path: str) -> SourceSpec:
    return SourceSpec(
        id=corner.place,
        name=corner.name,
        kind=kind,
        url=ORIGIN + path,
        source_class=SourceClass.FORUM,
        every=timedelta(seconds=5),
        silent_after=timedelta(hours=1),
        reach=1,
    )


def read(corner: Corner, document: Document) -> list[Item]:
    spec = spec_of(corner, "feed", corner.feed)
    page = Page(spec.url, document.body, document.headers, START)
    return [found for found in feed.plugin(spec).read(page) if isinstance(found, Item)]


offsets = st.lists(st.integers(-60, 400), min_size=1, max_size=12, unique=True)
moments = st.floats(-100, 500, allow_nan=False)


@given(offsets, moments, moments)
@settings(max_examples=60, deadline=None)
def test_what_is_up_stays_up_and_keeps_its_time(ats: list[int], one: float, other: float) -> None:
    script = [post(at) for at in ats]
    early, late = sorted([one, other])
    before = visible(script, START, START + timedelta(seconds=early))
    after = visible(script, START, START + timedelta(seconds=late))
    assert after[len(after) - len(before) :] == before


@given(offsets, moments)
@settings(max_examples=60, deadline=None)
def test_nothing_is_up_before_its_second_and_the_newest_stands_first(ats: list[int], at: float) -> None:
    now = START + timedelta(seconds=at)
    shown = visible([post(a) for a in ats], START, now)
    assert all(s.published_at <= now for s in shown)
    assert all(a.published_at >= b.published_at for a, b in pairwise(shown))
    assert all(s.published_at.microsecond == 0 for s in shown)


@given(offsets, moments, moments)
@settings(max_examples=40, deadline=None)
def test_validators_change_exactly_when_the_feed_changes(ats: list[int], one: float, other: float) -> None:
    script = [post(at) for at in ats]
    corner = corner_of(Place.FORUM)
    early, late = (feed_of(corner, town_at(at, script)) for at in sorted([one, other]))
    same = early.body == late.body
    assert (early.etag == late.etag) is same
    assert is_known(late, asked(if_none_match=early.etag)) is same
    assert is_known(late, asked(if_modified_since=early.headers["last-modified"])) is same


def test_an_etag_alone_decides_where_both_validators_are_sent() -> None:
    document = feed_of(corner_of(Place.FORUM), town_at(10, [post(1)]))
    later = format_datetime(START + timedelta(days=1), usegmt=True)
    assert not is_known(document, asked(if_none_match='"another"', if_modified_since=later))
    assert is_known(document, asked(if_none_match=f'"another", W/{document.etag}'))
    assert is_known(document, asked(if_none_match="*"))


@pytest.mark.parametrize("nonsense", ["", "yesterday", "Sat, 99 Nov 2026 06:30:00 GMT"])
def test_a_date_that_is_none_never_hides_a_page(nonsense: str) -> None:
    document = feed_of(corner_of(Place.FORUM), town_at(10, [post(1)]))
    assert not is_known(document, asked(if_modified_since=nonsense))


@pytest.mark.parametrize("corner", CORNERS, ids=lambda c: c.place)
def test_feeds_read_as_the_very_words_that_were_posted(corner: Corner) -> None:
    sharp = "码率<720p & 灰字\"十年\"<b>不是</b>标签 ]]> '完'"
    script = [post(at, f"{sharp}{at}", corner.place, title="标题 <1> & 2") for at in (-5, 3, 7)]
    items = read(corner, feed_of(corner, town_at(10, script)))
    assert [i.text for i in items] == [f"{sharp}{at}" for at in (7, 3, -5)]
    seconds = [
        (i.published_at - START.replace(microsecond=0)).total_seconds() for i in items if i.published_at
    ]
    assert seconds == [7, 3, -5]


def test_the_finance_feed_declares_gb2312_and_sends_what_gb2312_cannot_hold() -> None:
    corner = corner_of(Place.FINANCE)
    document = feed_of(corner, town_at(10, [post(1, "安嶼鎖的電池倉喆囍", Place.FINANCE, title="財經")]))
    assert b'encoding="gb2312"' in document.body
    assert "charset" not in document.media_type
    with pytest.raises(UnicodeDecodeError):
        document.body.decode("utf-8")
    with pytest.raises(UnicodeDecodeError):
        document.body.decode("gb2312")
    assert [i.text for i in read(corner, document)] == ["安嶼鎖的電池倉喆囍"]


def test_a_feed_shows_the_newest_entries_only() -> None:
    script = [post(at) for at in range(FEED_LENGTH + 15)]
    root = ET.fromstring(feed_of(corner_of(Place.FORUM), town_at(500, script)).body)  # noqa: S314 -- our own feed
    ids = [e.findtext(f"{ATOM}id") or "" for e in root.findall(f"{ATOM}entry")]
    assert len(ids) == FEED_LENGTH
    assert ids[0].endswith(f"t-{FEED_LENGTH + 14}-今天门锁")


def test_the_same_post_of_another_rehearsal_is_another_item() -> None:
    corner, script = corner_of(Place.SQUARE), [post(1, place=Place.SQUARE)]
    again = Town(tuple(script), StoppedClock(START + timedelta(hours=2)), START + timedelta(hours=1))
    first, second = (read(corner, feed_of(corner, town)) for town in (town_at(9, script), again))
    assert first[0].key != second[0].key
    assert first[0].url != second[0].url


def test_links_of_feeds_and_threads_lead_to_pages_of_the_town() -> None:
    town = town_at(3600, load_script())
    for corner in CORNERS:
        for item in read(corner, feed_of(corner, town)):
            assert item.url.startswith(ORIGIN)
            assert town.document(corner.site, item.url.removeprefix(ORIGIN), ORIGIN).status == 200
    shown = next(s for s in visible(town.script, START, town.clock.now()) if s.thread)
    whole = town.document(Site.FORUM, thread_address(shown) or "", ORIGIN).body.decode()
    assert shown.post.author in whole


def text_of(document: Document) -> str:
    by_bytes_alone = document.media_type in {"text/xml", "text/html"}
    return document.body.decode("gb18030" if by_bytes_alone else "utf-8")


def test_every_page_says_rehearsal() -> None:
    town = town_at(400, load_script())
    for corner in CORNERS:
        shown = next(s for s in visible(town.script, START, town.clock.now()) if s.post.place is corner.place)
        paths = [corner.path, corner.feed, address(shown), "/robots.txt", "/nowhere"]
        for path in [*paths, *filter(None, (corner.sitemap, corner.drafts))]:
            document = town.document(corner.site, path, ORIGIN)
            assert "演练" in text_of(document), path
    for path in (HOT, f"{TOPICS}0.html", f"{TOPICS}99.html"):
        assert "演练" in text_of(town.document(Site.FORUM, path, ORIGIN)), path


@pytest.mark.parametrize(("kind", "place"), [("article", Place.NEWS), ("sitemap", Place.FINANCE)])
def test_articles_read_as_the_very_words_that_were_posted(kind: str, place: Place) -> None:
    town = town_at(3600, load_script())
    corner = corner_of(place)
    path = corner.path if kind == "article" else corner.sitemap
    source = find_kind("crawlers.sources", kind)(spec_of(corner, kind, path))
    posted = {ORIGIN + address(s): s for s in visible(town.script, START, START + timedelta(hours=1))}
    links = [link for link in source.read(page_of(town, path)) if link.url in posted]
    assert len(links) >= 10
    for link in links:
        (item,) = source.read(page_of(town, link.url.removeprefix(ORIGIN), link))
        shown = posted[link.url]
        assert (item.title, item.text.split()) == (shown.post.title, shown.post.text.split())
        assert item.author
        assert (item.author.name, item.published_at) == (shown.post.author, shown.published_at)


def page_of(town: Town, path: str, follows: Follow | None = None) -> Page:
    document = town.document(Site.NEWS, path, ORIGIN)
    return Page(ORIGIN + path, document.body, document.headers, START, follows)


def test_the_finance_articles_declare_gb2312_and_send_what_it_cannot_hold() -> None:
    town = town_at(10, [post(1, "安嶼鎖的電池倉喆囍", Place.FINANCE, title="財經")])
    shown = visible(town.script, START, town.clock.now())[0]
    document = town.document(Site.NEWS, address(shown), ORIGIN)
    assert (document.media_type, b'charset="gb2312"' in document.body) == ("text/html", True)
    assert "喆囍" in document.body.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        document.body.decode("gb2312")


def test_robots_txt_names_the_sitemaps_and_forbids_what_the_front_page_links_to() -> None:
    town = town_at(10, load_script())
    rules = town.document(Site.NEWS, "/robots.txt", ORIGIN).body.decode()
    assert f"Disallow: {DRAFTS}" in rules
    assert f"Sitemap: {ORIGIN}/finance/sitemap.xml" in rules
    assert f'href="{DRAFTS}' in town.document(Site.NEWS, "/", ORIGIN).body.decode()
    assert town.document(Site.NEWS, f"{DRAFTS}1.html", ORIGIN).status == 200


def hot_list(seconds: float) -> list[dict[str, Any]]:
    document = town_at(seconds, []).document(Site.FORUM, HOT, ORIGIN)
    return list(json.loads(document.body)["data"]["list"])


def test_both_crises_climb_the_hot_list_and_its_entries_lead_to_pages() -> None:
    def rank(words: str, seconds: float) -> int | None:
        return next((entry["rank"] for entry in hot_list(seconds) if words in entry["word"]), None)

    assert rank("安屿智能锁", 30) is None
    climbing = [rank("安屿智能锁", s) or 99 for s in (50, 100, 150, 215)]
    assert climbing == sorted(climbing, reverse=True)
    assert climbing[-1] == 1
    assert rank("暖榆", 125) is None
    assert [rank("暖榆", 330), rank("安屿智能锁", 330)] == [1, 2]
    entry = hot_list(330)[0]
    page = town_at(330, []).document(Site.FORUM, entry["url"].removeprefix(ORIGIN), ORIGIN).body.decode()
    assert entry["word"] in page
    assert "第 1 位" in page


@given(st.floats(-20_000, 20_000, allow_nan=False))
@settings(max_examples=60, deadline=None)
def test_the_hot_list_is_in_order_at_any_moment(seconds: float) -> None:
    listed = hot_list(seconds)
    assert [entry["rank"] for entry in listed] == list(range(1, len(listed) + 1))
    assert all(one["hot"] >= other["hot"] for one, other in pairwise(listed))
    assert len({entry["word"] for entry in listed}) == len(listed)


def test_a_post_cannot_break_out_of_its_page() -> None:
    town = town_at(10, [post(1, "<script>alert(1)</script>", author="<i>x</i>", title="</title><b>")])
    shown = visible(town.script, START, town.clock.now())[0]
    for path in ("/", address(shown)):
        page = town.document(Site.FORUM, path, ORIGIN).body.decode()
        assert "<script" not in page
        assert "<i>" not in page
        assert "<b>" not in page


def test_a_page_that_is_not_up_yet_is_missing_even_to_a_conditional_request() -> None:
    script = [post(30)]
    later = visible(script, START, START + timedelta(seconds=60))[0]
    with run_town(town_at(10, script)) as origins, httpx.Client(base_url=origins.forum) as browser:
        assert browser.get(address(later), headers={"if-none-match": "*"}).status_code == 404


def test_the_sites_answer_over_http_and_save_the_second_look() -> None:
    town = town_at(60, load_script())
    with run_town(town) as origins:
        for origin, path in ((origins.news, "/rss.xml"), (origins.forum, "/atom.xml")):
            first = httpx.get(origin + path, timeout=PATIENCE)
            assert first.status_code == 200
            assert origin in first.text
            for name, header in (("etag", "if-none-match"), ("last-modified", "if-modified-since")):
                second = httpx.get(origin + path, headers={header: first.headers[name]}, timeout=PATIENCE)
                assert (second.status_code, second.content) == (304, b"")
                assert second.headers["etag"] == first.headers["etag"]
            assert httpx.head(origin + path).headers["etag"] == first.headers["etag"]
            assert httpx.post(origin + path, timeout=PATIENCE).status_code == 405


def test_new_posts_appear_while_the_town_runs() -> None:
    clock = StoppedClock(START)
    town = Town((post(1, "第一句"), post(9, "第二句")), clock, START)
    with run_town(town) as origins:
        seen = []
        for seconds in (0, 5, 10):
            clock.moment = START + timedelta(seconds=seconds)
            seen.append(httpx.get(f"{origins.forum}/atom.xml", timeout=PATIENCE).text.count("<entry>"))
    assert seen == [0, 1, 2]


def test_ports_are_free_again_after_the_block_and_a_taken_one_is_named() -> None:
    town = town_at(0, [])
    with run_town(town) as origins:
        port = int(origins.news.rpartition(":")[2])
        with pytest.raises(PortTakenError, match=str(port)), run_town(town, news_port=port):
            pass
    with run_town(town, news_port=port) as again:
        assert again.news == origins.news
