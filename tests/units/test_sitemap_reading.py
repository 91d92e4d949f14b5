"""Sitemaps: large ones, packed ones, hostile ones, and what is followed of them."""

import gzip
import tracemalloc
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers import sitemaps
from crawlers.articles import MOST_LINKS
from crawlers.sitemap_links import MOST_PARTS
from crawlers.sitemaps import BrokenSitemapError, is_sitemap, listed
from crawlers.source import Follow, Page, UnreadablePageError
from crawlers.sources import article, sitemap
from wanglou.domain.item import DatedBy, Item
from wanglou.domain.source import SourceClass, SourceSpec
from wanglou.wording import LANGUAGES, catalogue

SEEN = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
URL = "https://www.paper.example/sitemap.xml"
ARTICLE = """<html><head><title>门锁起火</title></head><body><h1>门锁起火</h1>{time}
<div class="content"><p>消防部门今天通报，城东一户居民家的智能门锁昨夜冒烟起火，起火点在电池仓。</p>
<p>现场取回的电池鼓胀变形，是否与充电方式有关，还要等待检测结果，住户称门锁装了不到半年。</p></div></body></html>"""


def spec_of(kind: str = "sitemap", **options: Any) -> SourceSpec:
    day = timedelta(days=1)
    return SourceSpec("paper", "晨屿报", kind, URL, SourceClass.NEWS, day, day, 1, options=options)


def read(
    body: bytes | str, kind: str = "sitemap", follows: Follow | None = None, **options: Any
) -> list[Any]:
    module = sitemap if kind == "sitemap" else article
    raw = body.encode() if isinstance(body, str) else body
    url = follows.url if follows else URL
    return list(module.plugin(spec_of(kind, **options)).read(Page(url, raw, {}, SEEN, follows)))


def entry(number: int, changed: datetime | str | None = None, tag: str = "url") -> str:
    when = changed.isoformat() if isinstance(changed, datetime) else changed
    dated = f"<lastmod>{when}</lastmod>" if when else ""
    return f"<{tag}><loc>https://www.paper.example/a/{number}.html</loc>{dated}</{tag}>"


def whole(entries: Iterable[str], root: str = "urlset") -> bytes:
    return f'<?xml version="1.0"?>\n<{root} xmlns="x">\n{"".join(entries)}\n</{root}>'.encode()


def numbers(found: list[Any]) -> list[int]:
    return [int(f.url.rpartition("/")[2].removesuffix(".html")) for f in found if isinstance(f, Follow)]


def refusal(body: bytes | str, **options: Any) -> UnreadablePageError:
    with pytest.raises(UnreadablePageError) as caught:
        read(body, **options)
    assert set(catalogue()[caught.value.code]) == set(LANGUAGES)
    return caught.value


FIFTY_THOUSAND = whole(entry(n, SEEN - timedelta(minutes=(n * 7919) % 50_000)) for n in range(50_000))


@pytest.mark.parametrize("kind", ["sitemap", "article"])
def test_of_fifty_thousand_addresses_the_newest_few_are_followed(kind: str) -> None:
    expected = sorted(range(50_000), key=lambda n: (n * 7919) % 50_000)[:MOST_LINKS]
    assert numbers(read(FIFTY_THOUSAND, kind)) == expected


def test_reading_fifty_thousand_addresses_holds_little_of_them() -> None:
    source = sitemap.plugin(spec_of())
    page = Page(URL, FIFTY_THOUSAND, {}, SEEN)
    tracemalloc.start()
    try:
        assert len(list(source.read(page))) == MOST_LINKS
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["sitemap", "article"])
def test_a_packed_sitemap_reads_like_a_plain_one(kind: str) -> None:
    plain = whole([entry(1, SEEN), entry(2)])
    assert numbers(read(gzip.compress(plain), kind)) == numbers(read(plain, kind)) == [1, 2]


def test_a_packed_bomb_is_refused_before_it_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MOST_UNPACKED", 1_000_000)
    bomb = gzip.compress(b"<urlset>" + b" " * 40_000_000 + b"</urlset>")
    tracemalloc.start()
    try:
        assert refusal(bomb).code == "source_sitemap_bomb"
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "declared",
    [
        f'<!ENTITY l0 "ha">{LAUGHS}',
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1/dtd"> %p;',
    ],
)
def test_entities_are_refused_and_never_expanded(declared: str) -> None:
    body = f"<!DOCTYPE urlset [{declared}]><urlset><url><loc>https://www.paper.example/a/1&l9;&x;.html</loc></url></urlset>"
    assert refusal(body).code == "source_sitemap_bomb"


def test_a_sitemap_that_breaks_off_gives_what_it_has_and_says_so() -> None:
    body = whole([entry(1), entry(2)]).partition(b"<loc>https://www.paper.example/a/2")[0]
    found: list[Any] = []
    with pytest.raises(UnreadablePageError) as caught:
        found.extend(sitemap.plugin(spec_of()).read(Page(URL, body, {}, SEEN)))
    assert caught.value.code == "source_sitemap_cut"
    assert refusal(gzip.compress(whole([entry(1)]))[:-20]).code == "source_sitemap_cut"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "source_empty_page"),
        (b"<html><body>captcha</body></html>", "source_no_sitemap"),
        (b'<rss version="2.0"></rss>', "source_no_sitemap"),
        (gzip.compress(gzip.compress(b"<urlset></urlset>", mtime=0), mtime=0), "source_no_sitemap"),
        (whole([]), "source_no_links"),
        (whole(["<url><loc>https://www.paper.example/about</loc></url>"]), "source_no_links"),
        (whole(["<url><loc>https://elsewhere.example/a/1.html</loc></url>"]), "source_no_links"),
        (whole(["<url><loc>javascript:alert(1)</loc></url>"]), "source_no_links"),
        (whole(["<url><loc>http://127.0.0.1/a/1.html</loc></url>"]), "source_no_links"),
    ],
)
def test_a_page_that_gives_no_link_is_an_error_and_never_nothing_new(body: bytes, code: str) -> None:
    assert refusal(body).code == code


def test_an_index_leads_to_its_newest_parts_whatever_their_address_looks_like() -> None:
    parts = [entry(n, f"2026-{1 + n % 12:02}-{1 + n // 12:02}", "sitemap") for n in range(100)]
    found = read(whole(parts, "sitemapindex"), pattern="never")
    assert len(found) == MOST_PARTS
    assert all(f.hints["lists"] for f in found)
    again = read(whole([entry(7)]), follows=found[0])
    assert numbers(again) == [7]


def test_what_is_said_of_a_change_is_handed_on_only_where_it_is_certain() -> None:
    body = whole(
        [
            entry(1, "2026-11-03T11:30:00+08:00"),
            entry(2, "2026-11-03"),  # not over yet
            entry(3, "2026-11-01"),
            entry(4, "2031-01-01T00:00:00Z"),
            entry(5, "soon"),
        ]
    )
    said = {numbers([f])[0]: f.hints.get("changed") for f in read(body)}
    assert said == {
        1: "2026-11-03T03:30:00+00:00",
        2: None,
        3: "2026-11-01T16:00:00+00:00",
        4: None,
        5: None,
    }


def link(**hints: str) -> Follow:
    return Follow("https://www.paper.example/a/1.html", hints)


@pytest.mark.parametrize(
    ("on_page", "published", "told", "dated_by"),
    [
        ("2026-11-03 11:38", "2026-11-03T11:40:30+08:00", "2026-11-03T03:40:30+00:00", DatedBy.SITEMAP),
        ("2026-11-03 11:38", "2026-11-03", "2026-11-03T03:38:00+00:00", DatedBy.PAGE),
        ("", "2026-11-03", "2026-11-02T16:00:00+00:00", DatedBy.SITEMAP),
        ("", "1793678100", "2026-11-03T03:55:00+00:00", DatedBy.SITEMAP),
        ("2026-11-03 11:38", "soon", "2026-11-03T03:38:00+00:00", DatedBy.PAGE),
        ("", "", None, DatedBy.NONE),
    ],
)
def test_the_more_exact_time_of_sitemap_and_page_counts(
    on_page: str, published: str, told: str | None, dated_by: DatedBy
) -> None:
    (item,) = read(ARTICLE.format(time=f"<p>{on_page}</p>"), follows=link(published=published, title="x"))
    assert item.title == "门锁起火"
    assert (item.published_at.isoformat() if item.published_at else None, item.dated_by) == (told, dated_by)


def test_of_an_article_that_cannot_be_read_the_sitemaps_title_is_kept() -> None:
    source = sitemap.plugin(spec_of())
    hints = link(title="<b>安屿</b>门锁起火", published="2026-11-03T11:40:30+08:00")
    page = Page(hints.url, b"<html><body><script>captcha()</script></body></html>", {}, SEEN, hints)
    reading = source.read(page)
    item = next(reading)
    assert isinstance(item, Item)
    assert (item.title, item.text, item.dated_by) == ("安屿门锁起火", "", DatedBy.SITEMAP)
    with pytest.raises(UnreadablePageError, match="no headline"):
        next(reading)


def test_titles_alone_need_a_sitemap_that_has_them() -> None:
    assert refusal(whole([entry(1)]), follow=False).code == "source_sitemap_untitled"
    with pytest.raises(ValueError, match="follow: 'no' is neither true nor false"):
        sitemap.plugin(spec_of(follow="no"))


def test_a_bare_ampersand_on_the_edge_of_a_piece_loses_nothing() -> None:
    for padding in range(60):
        text = "<!--" + "x" * (65_536 - 120 + padding) + "-->"
        body = (
            text
            + "<urlset><url><loc>https://www.paper.example/a/1.html?x=1&amp;y=2&z=3&#38;q=4</loc></url></urlset>"
        )
        assert [e.url for e in listed(body.encode())] == [
            "https://www.paper.example/a/1.html?x=1&y=2&z=3&q=4"
        ]


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_damage_anywhere_gives_entries_or_one_sentence(noise: bytes, at: int) -> None:
    body = whole([entry(n, SEEN) for n in range(4)])
    damaged = body[:at] + noise + body[at:]
    if not is_sitemap(damaged):
        return
    try:
        assert len(list(listed(damaged))) <= 4 + noise.count(b"<")
    except BrokenSitemapError as error:
        assert error.code in catalogue()  # noqa: PT017 -- either is right; only which is asked
