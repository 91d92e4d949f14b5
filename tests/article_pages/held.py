"""Pages of the kinds in ``hostile``, made before the rules were and not used to fit them."""

from collections.abc import Iterator

from tests.article_pages.hostile import ARTICLE, AT, BY, EVENTS, LONG, NAMES, QUESTIONS, made, p, page, said
from tests.article_pages.news import COMMENTS, RELATED, Made


def held_pages() -> Iterator[Made]:
    """Comments, links and answers of other makes; lists, tables and talks that are the article's."""
    yield from _comments()
    yield from _inside()
    yield from _lists_that_stay()
    yield from _threads()


def _text(paragraphs: tuple[str, ...] = ARTICLE) -> str:
    return f"<section><div>{p(paragraphs)}</div></section>"


def _comments() -> Iterator[Made]:
    hashed = "".join(
        f'<div class="css-1ab2c"><span class="css-9x">{who}</span>'
        f'<span class="css-2k">昨天 {at:%H:%M} · 浙江</span><div class="css-77">{text}</div></div>'
        for who, at, text in said(12)
    )
    yield made("class names that say nothing", page(_text(), f'<div class="css-0">{hashed}</div>'))
    voted = "".join(
        f"<div class='one'><img src='h.png'><a>{who}</a><time>{at:%m-%d %H:%M}</time><span>{text}</span>"
        f"<em>顶({n})</em><em>踩(1)</em></div>"
        for n, (who, at, text) in enumerate(said(20))
    )
    yield made("votes up and down", page(_text(), f"<section class='talk'>{voted}</section>"))
    posts = "".join(
        f"<li><article><footer><b>{who}</b> <time>{at:%Y年%m月%d日 %H:%M}</time></footer>"
        f"<div>{p([text])}</div></article></li>"
        for who, at, text in said(10)
    )
    yield made("each comment an article of its own", page(_text(), f'<ol class="cl">{posts}</ol>'))
    lines = "".join(f"<p>{who} {at:%Y-%m-%d %H:%M}：{text}</p>" for who, at, text in said(25))
    yield made("a line each", page(_text(), f"<div>{lines}</div>"))
    cells = "".join(
        f"<tr><td>{who}</td><td>{at:%Y/%m/%d %H:%M}</td></tr><tr><td colspan=2>{text}</td></tr>"
        for who, at, text in said(24)
    )
    yield made("a table of 24, two rows each", page(_text(), f"<table>{cells}</table>"))
    nested = "".join(
        f'<div class="t"><div><b>{who}</b> <i>{n + 2}分钟前</i></div><div>{text}</div>'
        f'<div class="s"><p><b>{NAMES[n % 5]}</b> 回复 <b>{who}</b>：{COMMENTS[n % 3]} <i>刚刚</i></p></div>'
        "</div>"
        for n, (who, _, text) in enumerate(said(8))
    )
    yield made("replies within comments", page(_text(LONG), f'<div class="k">{nested}</div>'), LONG)


def _inside() -> Iterator[Made]:
    talk = "".join(
        f"<div><strong>{who}</strong><small>{at:%m月%d日 %H:%M}</small><p>{text}</p></div>"
        for who, at, text in said(9)
    )
    inside = f"<article>{p(ARTICLE)}<h3>网友怎么说（9）</h3><div>{talk}</div></article>"
    yield made("comments in article under a heading of their own", page(inside))
    links = "".join(f'<p><a href="/n/{n}.html">{text}</a></p>' for n, text in enumerate(RELATED))
    amid = f'<div class="tx">{p(LONG[:3])}<div class="ins">{links}</div>{p(LONG[3:])}</div>'
    yield made("links to others amid the text", page(amid), LONG)
    flat = p(ARTICLE) + "".join(
        f'<div class="n">{who}<span>{at:%Y-%m-%d %H:%M:%S}</span></div><div class="w">{text}</div>'
        for who, at, text in said(14)
    )
    yield made("comments flat behind the paragraphs", page(flat))


def _lists_that_stay() -> Iterator[Made]:
    days = ("2026年10月3日", "2026年10月5日", "2026年10月20日", "2026年11月2日")
    rows = "".join(f"<tr><td>{day}</td><td>{what}</td></tr>" for day, what in zip(days, EVENTS, strict=True))
    yield made(
        "a chronology in a table",
        page(f"<section>{p(ARTICLE)}<table>{rows}</table></section>"),
        (*ARTICLE, *EVENTS),
    )
    heads = "".join(f"<h3>{day} 上午</h3><p>{what}</p>" for day, what in zip(days, EVENTS, strict=True))
    voices = "".join(f"<li><b>{who}</b><i>{at:%m-%d %H:%M}</i>{text}</li>" for who, at, text in said(5))
    yield made(
        "a chronology under headings",
        page(f"<section>{p(ARTICLE)}{heads}</section>", f"<ul>{voices}</ul>"),
        (*ARTICLE, *EVENTS),
    )
    firms = ("穹野望城厂", "江岸绳网厂", "北岭绳缆厂", "南桥织带厂")
    listed = "".join(
        f"<tr><td>{firm}</td><td>{day}</td><td>{what}</td></tr>"
        for firm, day, what in zip(firms, days, EVENTS, strict=True)
    )
    yield made(
        "a table of firms and days",
        page(f"<section>{p(ARTICLE)}<table>{listed}</table></section>"),
        (*ARTICLE, *EVENTS),
    )
    pairs = "".join(f"<dt>问：{ask}</dt><dd>答：{answer}</dd>" for ask, answer in QUESTIONS)
    talk = tuple(text for ask, answer in QUESTIONS for text in (f"问：{ask}", f"答：{answer}"))
    yield made(
        "questions and answers of the article",
        page(f"<section>{p(ARTICLE)}<dl>{pairs}</dl></section>"),
        (*ARTICLE, *talk),
    )
    experts = "".join(
        f'<div class="ex"><b>{who}</b><p>{what}</p></div>'
        for who, what in zip(("周砚", "秦越", "林知夏"), EVENTS, strict=False)
    )
    yield made(
        "what three experts say", page(f"<section>{p(ARTICLE)}{experts}</section>"), (*ARTICLE, *EVENTS[:3])
    )
    numbered = "".join(f"<p>{n}、{what}</p>" for n, what in enumerate(EVENTS, start=1))
    yield made("numbered paragraphs", page(f"<section>{p(ARTICLE)}{numbered}</section>"), (*ARTICLE, *EVENTS))


def _threads() -> Iterator[Made]:
    posts = [(BY, AT, "".join(ARTICLE)), *said(9)]
    floors = "".join(
        f'<div class="l_post"><div class="d_author"><a>{who}</a></div><div class="d_content">{text}</div>'
        f"<div><span>{n}楼</span><span>{at:%Y-%m-%d %H:%M}</span></div></div>"
        for n, (who, at, text) in enumerate(posts, start=1)
    )
    yield made("floors that tell their time below", page(f"<div>{floors}</div>"))
    answers = "".join(
        f'<div class="List-item"><meta><a>{who}</a><div>{text}</div><span>编辑于 {at:%Y-%m-%d %H:%M}</span>'
        f"<button>赞同 {n}</button><button>{n} 条评论</button></div>"
        for n, (who, at, text) in enumerate(said(7))
    )
    yield made(
        "answers with their hour at the end",
        page(f'<div class="QuestionRichText">{p(ARTICLE)}</div>', f"<div>{answers}</div>"),
    )
