"""Pages with other people's words around, inside and among the article's: the rules were fitted to these.

``held`` has as many more that they were only confirmed on.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from tests.article_pages.news import CHINA, COMMENTS, RELATED, SENTENCES, SITE, Made

AT = datetime(2026, 11, 2, 9, 40, tzinfo=CHINA)
TITLE = "穹野户外召回一批登山绳，涉及四千余条"
BY = "望城晚报"
ARTICLE = tuple(SENTENCES[n].format(who="穹野户外") for n in (0, 2))
LONG = tuple(sentence.format(who="穹野户外") for sentence in SENTENCES)
NAMES = ("城东老李", "Momo_77", "山里人家", "望城市网友", "一只橘猫", "阿Ken", "手机用户8841")
EVENTS = (
    "一名登山者在社交平台发布绳索断裂的照片，称下降时外皮整段脱开，所幸没有受伤。",
    "品牌客服回复称属于个别现象，建议寄回检测，随后相关帖子被大量转发。",
    "市场监管部门到厂房抽取三个批次的样品，并要求企业暂停销售。",
    "品牌宣布召回四千余条绳索，消费者凭购买记录可以全额退款。",
)
QUESTIONS = (
    ("绳子断裂的原因查清楚了吗？", "目前看是外皮编织的张力不够，最终结论要等第三方的报告。"),
    ("买到这一批的人该怎么办？", "请先停止使用，凭订单截图就能退款，运费由我们承担，不需要寄回吊牌。"),
    ("为什么两个月以后才召回？", "这一点我们做得不好，早期的投诉被当成了使用不当，没有升级到质量部门。"),
)


def said(count: int) -> Iterator[tuple[str, datetime, str]]:
    """Name, time and words of so many comments, all later than the article."""
    for n in range(count):
        yield NAMES[n % len(NAMES)], AT + timedelta(hours=2, minutes=11 * n), COMMENTS[n % len(COMMENTS)]


def page(inside: str, after: str = "", title: str = TITLE) -> str:
    """A page with the article's own markup ``inside`` its box and ``after`` it what others say."""
    return f"""<!doctype html><html><head><meta charset="utf-8"><title>{title}_{SITE}</title></head><body>
<div class="top"><a href="/">首页</a> <a href="/s/">社会</a> <a href="/f/">财经</a></div>
<div class="wrap"><h1>{title}</h1>
<div class="info"><span>{AT:%Y-%m-%d %H:%M}</span> <span>来源：{BY}</span></div>
{inside}</div>
{after}
<div class="bottom">{SITE} 版权所有</div></body></html>"""


def made(name: str, text: str, paragraphs: Sequence[str] = ARTICLE, title: str = TITLE) -> Made:
    """The page with what is true of all of them."""
    return Made(name, text.encode(), title, AT, BY, tuple(paragraphs))


def p(paragraphs: Sequence[str]) -> str:
    """Paragraphs as most sites write them."""
    return "".join(f"<p>　　{text}</p>" for text in paragraphs)


def _content(paragraphs: Sequence[str] = ARTICLE) -> str:
    return f'<div class="con">{p(paragraphs)}</div>'


def _listed(count: int) -> str:
    return "".join(
        f"<li><b>{who}</b><i>{at:%Y-%m-%d %H:%M}</i><p>{text}</p></li>" for who, at, text in said(count)
    )


def _boxes(count: int) -> str:
    return "".join(
        f'<div class="u"><img src="a.png"><a href="/u/1">{who}</a><span>{n + 1}小时前</span><div>{text}</div>'
        f"<span>回复</span><span>赞 {n}</span></div>"
        for n, (who, _, text) in enumerate(said(count))
    )


def hostile_pages() -> Iterator[Made]:
    """Comments under any name or none, longer than the article, inside it; and lists of the article's own."""
    yield from _comments()
    yield from _inside()
    yield from _lists_that_stay()
    yield from _threads()


def _comments() -> Iterator[Made]:
    yield made("ul.cmt-list", page(_content(), f'<ul class="cmt-list">{_listed(15)}</ul>'))
    yield made("div.mod-pl", page(_content(), f'<div class="mod-pl"><h3>评论(15)</h3>{_boxes(15)}</div>'))
    defined = "".join(
        f"<dl><dt>{who} [{n + 1}楼]</dt><dd>{text}</dd><dd>{at:%m-%d %H:%M}</dd></dl>"
        for n, (who, at, text) in enumerate(said(15))
    )
    yield made("div.discuss-box", page(_content(), f'<div class="discuss-box">{defined}</div>'))
    rows = "".join(
        f"<tr><td>{who}<br>{at:%Y-%m-%d %H:%M:%S}</td><td>{text}</td></tr>" for who, at, text in said(15)
    )
    yield made("#message-board", page(_content(), f'<table id="message-board">{rows}</table>'))
    yield made("30 comments without a name", page(_content(), f"<div>{_boxes(30)}</div>"))
    flat = "".join(f"<p>{who} {at:%Y-%m-%d %H:%M} 发表</p><p>{text}</p>" for who, at, text in said(30))
    yield made("30 comments in #pl, nothing around each", page(_content(), f'<div id="pl">{flat}</div>'))
    silent = "".join(
        f'<div class="it"><em>{who}</em><div>{text}</div><a>举报</a><a>回复</a></div>'
        for who, _, text in said(9)
    )
    yield made("comments without a time", page(_content(LONG), f'<div class="m9">{silent}</div>'), LONG)


def _inside() -> Iterator[Made]:
    talk = f'<div class="gentie"><h4>网友跟帖（15）</h4><ul>{_listed(15)}</ul></div>'
    yield made("div.gentie in article", page(f"<article>{p(ARTICLE)}{talk}</article>"))
    yield made(
        "comments in the box of the text", page(f'<div class="con">{p(ARTICLE)}<ul>{_listed(15)}</ul></div>')
    )
    related = "".join(
        f'<li><a href="/n/{n}.html">{text}</a> <span>{AT:%Y-%m-%d}</span></li>'
        for n, text in enumerate(RELATED)
    )
    listed = f'<div class="con">{p(LONG)}<div class="b2"><p>更多精彩</p><ul>{related}</ul></div></div>'
    yield made("links to others in the box of the text", page(listed), LONG)
    cards = "".join(f'<article><h3><a href="/n/1.html">{text}</a></h3></article>' for text in RELATED)
    yield made("each link an article", page(_content(LONG), f'<div class="g3">{cards}</div>'), LONG)


def _lists_that_stay() -> Iterator[Made]:
    times = ("10月3日 08:30", "10月5日 19:12", "10月20日 10:00", "11月2日 09:05")
    dated = "".join(f"<li><b>{at}</b><p>{what}</p></li>" for at, what in zip(times, EVENTS, strict=True))
    line = f'<div class="con">{p(ARTICLE)}<h3>时间线</h3><ul>{dated}</ul></div>'
    yield made("a chronology", page(line, f"<div>{_boxes(6)}</div>"), (*ARTICLE, *EVENTS, *times))
    papers = ("望城晚报", "江岸新闻", "穹野官方账号", "望城市监局")
    live = "".join(
        f'<div class="ev"><span>{at}</span><span>{who}</span><p>{what}</p></div>'
        for at, who, what in zip(times, papers, EVENTS, strict=True)
    )
    yield made(
        "a chronology that names who said so",
        page(f'<div class="con">{p(ARTICLE)}{live}</div>'),
        (*ARTICLE, *EVENTS),
    )
    steps = "".join(f"<li>{what}</li>" for what in EVENTS)
    numbered = f'<div class="con">{p(ARTICLE)}<ol>{steps}</ol></div>'
    yield made("a numbered list", page(numbered, f'<ul class="t">{_listed(8)}</ul>'), (*ARTICLE, *EVENTS))
    talk = "".join(f"<p><b>记者：</b>{ask}</p><p><b>周砚：</b>{answer}</p>" for ask, answer in QUESTIONS)
    words = tuple(
        f"{who}{text}" for pair in QUESTIONS for who, text in zip(("记者：", "周砚："), pair, strict=True)
    )
    yield made("an interview", page(f'<div class="con">{p(ARTICLE[:1])}{talk}</div>'), (ARTICLE[0], *words))


def _threads() -> Iterator[Made]:
    asked = f'<div class="ask">{p(ARTICLE)}</div>'
    answers = "".join(
        f'<div class="answer-item"><div><a>{who}</a><span>发布于 {at:%Y-%m-%d %H:%M}</span></div>'
        f"<p>{text}</p></div>"
        for who, at, text in said(6)
    )
    yield made("a question and its answers", page(asked, answers))
    first = f"<div class='f'><b>楼主</b><span>{AT:%Y-%m-%d %H:%M}</span>{p(ARTICLE)}</div>"
    floors = "".join(
        f"<div class='f'><b>{who}</b><span>{at:%Y-%m-%d %H:%M}</span>{p([text])}</div>"
        for who, at, text in said(8)
    )
    yield made("a thread whose first floor is like the others", page(first + floors))
