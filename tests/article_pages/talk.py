"""Pages with talk that shows neither time nor button, or on lines of their own; and pages it resembles."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tests.article_pages.hostile import ARTICLE, AT, EVENTS, LONG, QUESTIONS, made, p, page
from tests.article_pages.news import Made

COUNTS = (3, 15, 60)
TALK = (
    "绳子刚买一个月，看到新闻手都抖了，我们周末还要去爬山呢",
    "早就说过这家不行，便宜没好货啊",
    "求问怎么查批次，客服电话一直占线，急死我了",
    "召回了就是好事，给个机会吧，总比装死强",
    "我朋友就是照片里那位，当时真的吓哭了，还好没事。",
    "运费谁出？吊牌早扔了，这也能退吗",
    "支持维权，别让他们糊弄过去！",
)
CALLED = ("半山腰的风", "Lily_03", "城南小卖部", "爱吃橘子", "岩壁上的猫", "老周不姓周", "阿木", "kiki酱")

Crowd = Sequence[tuple[str, datetime, str]]


def crowd(count: int) -> list[tuple[str, datetime, str]]:
    """Name, time and words of so many people, all later than the article; hardly anybody speaks twice."""
    return [
        (
            CALLED[n % len(CALLED)] + ("" if n < len(CALLED) else str(n)),
            AT + timedelta(hours=1, minutes=17 * n),
            TALK[n % len(TALK)],
        )
        for n in range(count)
    ]


def _each(one: str, count: int) -> str:
    return "".join(
        one.format(who=who, at=at, text=text, n=n) for n, (who, at, text) in enumerate(crowd(count), start=1)
    )


FORMS = {
    "name, words, time": "<p>{who}</p><p>{text}</p><p>{at:%m月%d日 %H:%M}</p>",
    "name, time, words": "<div>{who}</div><div>{at:%Y-%m-%d %H:%M}</div><div>{text}</div>",
    "name, words, afternoon": "<p>{who}</p><p>{text}</p><p>{at:%Y年%m月%d日 下午%I:%M}</p>",
    "name, words, time and place": "<span>{who}</span><p>{text}</p><span>{n}小时前 来自望城</span>",
    "name, words, buttons": "<h5>{who}</h5><p>{text}</p><p><a>回复</a> <a>赞({n})</a></p>",
    "name, words, likes": "<p>{who}</p><p>{text}</p><p>{n}</p>",
    "defined names": "<dt>{who}：</dt><dd>{text}</dd>",
    "defined names without a colon": "<dt>{who}</dt><dd>{text}</dd>",
    "items with likes": '<div><img src="h.png"><span>{who}</span><p>{text}</p><span>{n}</span></div>',
    "items with many likes": "<li><a>{who}</a><div>{text}</div><em>{n}.2万</em></li>",
    "items of name and words": "<li><b>{who}</b><p>{text}</p></li>",
    "visitors in a line each": "<p>游客{n}：{text}</p>",
    "names in a line each": "<p>{who}：{text}</p>",
    "visitors between breaks": "游客{n}：{text}<br>",
    "names and times between breaks": "<b>{who}</b> {at:%m-%d %H:%M}<br>{text}<br>",
    "bold names in a line each": "<div><b>{who}：</b>{text}</div>",
}


def talk_pages() -> Iterator[Made]:
    """Every form, few and many, beside the article, in its box and among its paragraphs."""
    for form, one in FORMS.items():
        for count in COUNTS:
            for where, place in PLACES.items():
                yield _made(f"talk: {count} {form}, {where}", place(_each(one, count), form))
    for count in COUNTS:
        heading = f"<h4>最新评论</h4>{_each('<p>游客{n}：{text}</p>', count)}"
        yield _made(f"talk: {count} under a heading", PLACES["beside"](heading, ""))
        both = _each(FORMS["name, words, time"], count) + f"<dl>{_each(FORMS['defined names'], count)}</dl>"
        yield _made(f"talk: {count} in two forms at once", PLACES["in the box"](both, ""))


def _beside(talk: str, form: str) -> str:
    return page(f'<div class="con">{p(ARTICLE)}</div>', f'<div id="zq">{_listed(talk, form)}</div>')


def _in_the_box(talk: str, form: str) -> str:
    return page(f'<article>{p(ARTICLE)}<div class="q">{_listed(talk, form)}</div></article>')


def _behind_it(talk: str, form: str) -> str:
    return page(f'<div class="con">{p(ARTICLE)}</div>{_listed(talk, form)}')


def _listed(talk: str, form: str) -> str:
    box = "dl" if form.startswith("defined") else "div" if form.endswith("breaks") else None
    return f"<{box}>{talk}</{box}>" if box else talk


PLACES: dict[str, Callable[[str, str], str]] = {
    "beside": _beside,
    "in the box": _in_the_box,
    "behind it": _behind_it,
}


def _made(name: str, text: str) -> Made:
    return replace(made(name, text), leaks=TALK)


def quoted_pages() -> Iterator[Made]:
    """What looks like talk and is the article's."""
    terms = (
        ("静力绳", "用于下降和固定的绳索，伸长率低，不能用来承受冲坠。"),
        ("动力绳", "能吸收冲坠能量的绳索，用于先锋攀登，有单绳和双绳之分。"),
        ("外皮", "绳索外层的编织层，保护绳芯，磨损后应当停用。"),
        ("冲坠系数", "坠落距离与绳长之比，系数越大，绳索承受的力越大。"),
    )
    defined = "".join(f"<dt>{term}：</dt><dd>{told}</dd>" for term, told in terms)
    yield _whole("terms that are defined", f"{p(ARTICLE)}<dl>{defined}</dl>", [told for _, told in terms])
    steps = (
        ("检查外皮", "用手从头到尾捋一遍，有起毛或硬块的要停用"),
        ("核对批次", "吊牌背面印有八位数字，前四位为0926的属于召回范围"),
        ("拍照留存", "把断口、吊牌和订单放在一起拍照，方便之后退款"),
    )
    listed = "".join(f"<li><b>{head}</b><p>{told}</p></li>" for head, told in steps)
    yield _whole("what to do, step by step", f"{p(ARTICLE)}<ol>{listed}</ol>", [told for _, told in steps])
    talk = "".join(f"<p>记者：{ask}</p><p>周砚：{answer}</p>" for ask, answer in QUESTIONS)
    said = [text for pair in QUESTIONS for text in pair]
    yield _whole("an interview without bold names", p(ARTICLE[:1]) + talk, said, ARTICLE[:1])
    people = ("张女士", "李先生", "王大爷", "退休教师陈女士")
    quoted = "".join(f"<p>{who}：{text}</p>" for who, text in zip(people, TALK, strict=False))
    yield _whole("people asked in the street", f"{p(LONG[:2])}{quoted}{p(LONG[2:])}", TALK[:4], LONG)
    chapters = "".join(
        f"<p>{head}</p><p>{text}</p>"
        for head, text in zip(("起因", "扩散", "调查", "召回"), EVENTS, strict=True)
    )
    yield _whole("chapters with short headings", p(ARTICLE) + chapters, EVENTS)
    numbered = "".join(f"<p>{n:02d}</p><p>第{n}幕</p><p>{text}</p>" for n, text in enumerate(EVENTS, start=1))
    yield _whole("numbered chapters", p(ARTICLE) + numbered, EVENTS)
    times = ("08:30", "10:05", "13:40", "17:20")
    live = "".join(f"<p>{at}</p><p>前方记者</p><p>{text}</p>" for at, text in zip(times, EVENTS, strict=True))
    yield _whole("a report by the hour", p(ARTICLE) + live, EVENTS)
    rows = "".join(
        f"<tr><td>{firm}</td><td>{text}</td><td>{n}</td></tr>"
        for n, (firm, text) in enumerate(zip(CALLED, EVENTS, strict=False), start=12)
    )
    yield _whole("a table with figures", f"{p(ARTICLE)}<table>{rows}</table>", EVENTS)


def _whole(name: str, inside: str, more: Sequence[str], first: Sequence[str] = ARTICLE) -> Made:
    return made(f"quoted: {name}", page(f'<div class="con">{inside}</div>'), (*first, *more))
