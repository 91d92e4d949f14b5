"""When, by whom and from where: what the lines around a headline say, and that they are no text."""

from datetime import datetime

import pytest

from crawlers.extraction.article import Article, extract
from tests.article_pages.news import CHINA, SEEN_AT

TITLE = "门锁夜里自己开了，住户搬去酒店"
TEXT = (
    "城东一小区的多名住户反映家中的门锁在凌晨自行打开，客服让他们先拔掉电池。",
    "厂家的技术人员已经到场取走三把门锁，结论要等实验室的报告。",
)
P = "".join(f"<p>{text}</p>" for text in TEXT)
UPDATED = '<p>Updated <time datetime="2026-11-03T10:00">3 Nov</time></p>'
EVENING = datetime(2026, 11, 2, 19, 5, tzinfo=CHINA)


def read(facts: str, body: str = P, head: str = "") -> Article:
    inside = f"<body><h1>{TITLE}</h1>{facts}<div>{body}</div></body>"
    page = f"<html><head><title>{TITLE}</title>{head}</head>{inside}</html>"
    return extract(page.encode(), "text/html; charset=utf-8", SEEN_AT, CHINA)


def published_at(article: Article) -> datetime | None:
    return article.published.at if article.published else None


@pytest.mark.parametrize(
    "facts",
    [
        "<div>更新时间：2026-11-03 10:22</div><div>发布时间：2026-11-02 19:05</div>",
        "<p>发布时间：2026-11-02 19:05 更新时间：2026-11-03 10:22</p>",
        "<p>更新时间：2026-11-03 10:22　发布时间：2026-11-02 19:05</p>",
        "<p>最后修改于 2026年11月3日 10:22</p><p>2026年11月2日 19:05</p>",
        "<span>编辑于 2026-11-03 10:22</span><div>发表于 2026-11-02 19:05</div>",
        "<div>更新时间</div><div>更新时间：</div><div>2026-11-03 10:22</div><div>2026-11-02 19:05</div>",
        "<div>2026-11-03 10:22 更新</div><div>2026-11-02 19:05 发布</div>",
        "<div>Updated: Nov 3, 2026 10:22</div><div>Published: Nov 2, 2026 7:05 PM</div>",
        "<div>最近更新：2026-11-03 10:22 | 首次发布：2026-11-02 19:05</div>",
    ],
)
def test_the_time_of_an_update_is_not_when_it_was_published(facts: str) -> None:
    article = read(facts)
    assert published_at(article) == EVENING
    assert article.text == "\n".join(TEXT)


def test_a_page_that_names_only_an_update_is_dated_by_it() -> None:
    assert published_at(read("<div>更新于 2026-11-02 19:05</div>")) == EVENING


def test_a_time_in_a_script_goes_before_that_of_an_update() -> None:
    script = '<script>var page = {"publishTime": "2026-11-02 19:05"};</script>'
    assert published_at(read("<div>更新时间：2026-11-03 10:22</div>", head=script)) == EVENING


@pytest.mark.parametrize(
    "written",
    [
        "2026年11月2日 下午7:05",
        "2026年11月2日 星期一 晚上7:05",
        "2026年11月2日（周一） 傍晚 7:05",
        "2026-11-02 07:05 PM",
        "2026/11/02 7:05 p.m.",
        "Nov 2, 2026 19:05",
        "November 2nd, 2026 at 7:05 PM",
        "2 November 2026, 19:05",
        "Nov. 2, 2026, 7:05pm",
        "19:05 2026-11-02",
        "7:05 PM, Nov 2, 2026",
    ],
)
@pytest.mark.parametrize(
    "around", ["<div>{}</div>", "<p>发布时间：{} 来源：望城晚报</p>", "<p>望城晚报　{}</p>"]
)
def test_clocks_of_twelve_hours_and_english_months_are_read(written: str, around: str) -> None:
    article = read(around.format(written))
    assert published_at(article) == EVENING
    assert written not in article.text


@pytest.mark.parametrize(
    "facts",
    [
        "<div>2026-11-02</div><div>19:05</div>",
        '<time datetime="2026-11-02T19:05:00+08:00">昨天</time>',
        '<p>发布于 <time datetime="2026-11-02T11:05:00.000Z">2小时前</time></p>',
        UPDATED + '<p>Published <time datetime="2026-11-02T19:05">2 Nov</time></p>',
    ],
)
def test_a_time_in_two_elements_or_an_attribute_is_whole(facts: str) -> None:
    article = read(facts)
    assert published_at(article) == EVENING
    assert article.text == "\n".join(TEXT)


def test_a_time_element_in_a_sentence_keeps_its_words() -> None:
    told = '<time datetime="2026-11-01T08:00">前一天上午</time>，住户已经向物业反映过一次，没有结果。'
    text = read("<div>2026-11-02 19:05</div>", f"{P}<p>{told}</p>").text
    assert "前一天上午，住户已经向物业反映过一次" in text


@pytest.mark.parametrize(
    "line",
    [
        "更新时间：2026-11-03 10:22",
        "2026年11月2日 下午3:22",
        "2026-11-02 10:22 来源：望城晚报",
        '2026-11-02 10:22 来源：<a href="/">望城晚报</a> 责任编辑：秦越',
        "来源：望城晚报　作者：林知夏　2026-11-02 10:22",
        "2026-11-02 10:22 | 阅读量：3021 | 评论：12",
        "Nov 2, 2026 15:22",
        "二〇二六年十一月二日",
        "发布日期：2026-11-02　浏览：312　字号：大",
        "文/林知夏 编辑/秦越",
    ],
)
def test_a_line_of_time_and_source_is_no_text(line: str) -> None:
    assert read(f"<div>{line}</div>").text == "\n".join(TEXT)
    assert read("", f"<p>{line}</p>{P}<p>{line}</p>").text == "\n".join(TEXT)


@pytest.mark.parametrize(
    "line",
    [
        "2026年11月2日，公司宣布召回这一批门锁。",
        "11月2日晚上7点，第一名住户报警。",
        "来自望城晚报的消息说，2026年11月2日 19:05 门已经打开。",
        "更新：厂家在10:22作出回应。",
    ],
)
def test_a_sentence_with_a_time_is_text(line: str) -> None:
    assert line in read("<div>2026-11-02 19:05</div>", f"{P}<p>{line}</p>").text


@pytest.mark.parametrize(
    "talk",
    [
        ("记者：请问电池能用多久？", "答：十年。"),
        ("记者：请您说说当晚的情况", "住户：凌晨两点，门自己弹开了。"),
        ("望城晚报记者：厂家怎么说？", "周砚：还在等报告，没有结论。"),
        ("记者：门锁打开的时候屋里有人吗", "陈女士：有，孩子在睡觉。"),
    ],
)
def test_what_a_reporter_asks_is_no_author_and_stays(talk: tuple[str, str]) -> None:
    article = read("<div>2026-11-02 19:05</div>", "".join(f"<p>{said}</p>" for said in talk) + P)
    assert article.author == ""
    assert [said for said in talk if said not in article.text] == []


@pytest.mark.parametrize(
    ("facts", "author"),
    [
        ("<div>记者：王小明</div><div>编辑：李四</div>", "王小明"),
        ("<div>本报记者：王小明　2026-11-02</div>", "王小明"),
        ("<div>来源：望城晚报</div><p>记者：请问电池能用多久？</p><p>答：十年。</p>", "望城晚报"),
        ("<p>（记者 王小明 通讯员 李四）</p>", "王小明"),
        ("<p>望城晚报讯（记者王小明）据悉，涉事的门锁已经送检，住户暂时住进了酒店。</p>", "王小明"),
        ("<div>文/林知夏 编辑/秦越</div>", "林知夏"),
        ("<div>来源：望城晚报</div><span>作者：林知夏</span><span>编辑：秦越</span>", "林知夏"),
        ("<div>正文：门锁</div>", ""),
    ],
)
def test_who_wrote_is_named(facts: str, author: str) -> None:
    assert read(facts).author == author
