from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.extraction.article import Article, extract
from crawlers.source import Follow, Page
from crawlers.sources.article import plugin
from tests.article_pages.news import CHINA, SEEN_AT, Made, made_pages
from wanglou.domain.item import DatedBy, Item
from wanglou.domain.source import SourceClass, SourceSpec

TEXT = "<p>" + "城东一小区的多名住户反映家中的门锁在凌晨自行打开，客服让他们先拔掉电池。" * 3 + "</p>"


def read(head: str, body: str) -> Article:
    page = f"<html><head>{head}</head><body>{body}</body></html>"
    return extract(page.encode(), "text/html; charset=utf-8", SEEN_AT, CHINA)


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>门锁夜里自己开了_社会频道_望城网</title>", "<h1>望城网</h1>", "门锁夜里自己开了"),
        ("<title>望城网</title>", "<h1>门锁夜里自己开了</h1>", "门锁夜里自己开了"),
        (
            '<meta property="og:title" content="回应"门锁"自开"><title>回应"门锁"自开 - 望城</title>',
            "",
            '回应"门锁"自开',
        ),
        ('<meta property="og:title" content="门锁夜里自己开了">', "", "门锁夜里自己开了"),
        ("", "", ""),
    ],
)
def test_the_title_is_the_headline_alone(head: str, body: str, title: str) -> None:
    assert read(head, body + TEXT).title == title


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-0308:40",
        "26-11-03 08:40",
        "2026年11月03日08:40",
        "2026-11-03T08:40:00+08:00",
        "2026-11-03 00:40Z",
    ],
)
def test_ways_to_write_one_minute(written: str) -> None:
    published = read("", f"<h1>门锁夜里自己开了</h1><div>发布时间：{written}</div>{TEXT}").published
    assert published
    assert published.at == datetime(2026, 11, 3, 0, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    "elsewhere",
    [
        '<div class="comments"><i>2026-11-03 11:02</i><p>我家也是</p></div>',
        '<ul class="related"><li>别的事<i>2026-11-03 11:02</i></li></ul>',
        "<p>昨天，公司在下午的说明会上向到场的各家媒体通报了事情的经过，并承诺在一周之内公布检测结果。</p>",
        "<p>2025年3月12日，公司曾因标签问题被处罚。</p>",
        "<div>2036-11-03 11:02</div>",
    ],
)
def test_no_time_is_taken_from_elsewhere(elsewhere: str) -> None:
    assert read("", f"<h1>门锁夜里自己开了</h1>{TEXT}{elsewhere}").published is None


def test_what_is_hidden_is_not_read() -> None:
    hidden = '<div style="DISPLAY : none"><p>开户送彩金的链接，很长很长的一段。</p></div><i hidden>彩金</i>'
    assert "彩金" not in read("", f"<h1>门锁夜里自己开了</h1>{TEXT}{hidden}").text


CROWD = [
    f"<b>路人{n}</b><i>{{day}}</i><p>客服一直推脱，到现在也没给我退款，坐等第{n}份报告。</p>"
    for n in range(4)
]


@pytest.mark.parametrize("day", ["2026-11-03", "11-04 08:00", "11月4日"])
def test_a_comment_is_not_older_than_the_article(day: str) -> None:
    crowd = "".join(f"<li>{one.format(day=day)}</li>" for one in CROWD)
    page = f"<h1>门锁夜里自己开了</h1><div>2026-11-03 07:40</div><div>{TEXT}<ul>{crowd}</ul></div>"
    text = read("", page).text
    assert "坐等" not in text
    assert "拔掉电池" in text


@pytest.mark.parametrize("day", ["2026-10-03", "10-04 08:00", "10月4日"])
def test_what_is_older_than_the_article_is_its_own(day: str) -> None:
    crowd = "".join(f"<li>{one.format(day=day)}</li>" for one in CROWD)
    page = f"<h1>门锁夜里自己开了</h1><div>2026-11-03 07:40</div><div>{TEXT}<ul>{crowd}</ul></div>"
    assert read("", page).text.count("坐等") == len(CROWD)


def test_a_text_far_from_the_headline_is_not_taken_for_the_article() -> None:
    others = "".join(
        f"<p>{n}号楼的人说，物业从来没有通知过我们，大家都是看了新闻才知道的。</p>" for n in range(40)
    )
    page = f"<div><h1>门锁夜里自己开了</h1><div>{TEXT}{TEXT}</div></div><div>{others}</div>"
    text = read("", page).text
    assert text.startswith("城东一小区")
    assert "物业" not in text


@pytest.mark.parametrize("written", ["昨天", "2026-11-03 08:15", "更新于 3小时前", "2026年11月3日 星期二"])
def test_a_line_that_is_only_a_time_is_no_text(written: str) -> None:
    text = read("", f"<h1>门锁夜里自己开了</h1><div>{TEXT}<p>{written}</p>{TEXT}<p>{written}</p></div>").text
    assert written not in text
    assert text.count("拔掉电池") == 6


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_stop_it(body: bytes) -> None:
    extract(body, "text/html", SEEN_AT, CHINA)


@settings(deadline=None)
@given(st.sampled_from(list(made_pages())), st.integers(min_value=0, max_value=4000))
def test_a_page_that_breaks_off_is_read_as_far_as_it_goes(made: Made, length: int) -> None:
    extract(made.body[:length], "text/html", SEEN_AT, CHINA)


def spec(url: str = "https://news.example/list", **options: str) -> SourceSpec:
    day = SEEN_AT - SEEN_AT.replace(hour=0)
    return SourceSpec("news", "新闻", "article", url, SourceClass.NEWS, day, day, 1, options=options)


def links(body: str, **options: str) -> list[str]:
    page = Page("https://news.example/list", body.encode(), {}, SEEN_AT)
    return [found.url for found in plugin(spec(**options)).read(page) if isinstance(found, Follow)]


@pytest.mark.parametrize(
    "body",
    [
        "<rss><channel><item><link>https://news.example/c/20261103.html</link></item></channel></rss>",
        '<?xml version="1.0"?><feed><entry><link href="https://news.example/c/20261103.html"/></entry></feed>',
        '<urlset xmlns="urn:s"><url><loc>https://news.example/c/20261103.html</loc></url></urlset>',
        '<a href="/c/20261103.html">甲</a><a href="/about">关于</a>',
    ],
)
def test_articles_are_found_in_feeds_sitemaps_and_lists(body: str) -> None:
    assert links(body) == ["https://news.example/c/20261103.html"]


def test_a_pattern_says_which_links_are_articles() -> None:
    body = '<a href="/c/20261103.html">甲</a><a href="/v/77">乙</a>'
    assert links(body, pattern=r"/v/\d+$") == ["https://news.example/v/77"]


@pytest.mark.parametrize("options", [{"pattern": "("}, {"zone": "Mars"}])
def test_options_that_are_wrong_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        plugin(spec(**options))


def test_an_address_of_another_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="http"):
        plugin(spec("file:x/"))


def test_a_page_without_a_time_gives_an_undated_item() -> None:
    body = f"<h1>门锁夜里自己开了</h1>{TEXT}".encode()
    url = "https://news.example/c/1.html"
    (item,) = plugin(spec()).read(Page(url, body, {}, SEEN_AT, Follow(url, {})))
    assert isinstance(item, Item)
    assert (item.published_at, item.dated_by) == (None, DatedBy.NONE)
