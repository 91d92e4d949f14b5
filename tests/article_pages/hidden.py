"""Pages that hide words from their readers, and pages that only seem to."""

from collections.abc import Iterator
from dataclasses import replace

from tests.article_pages.hostile import ARTICLE, EVENTS, LONG, TITLE, made, p, page
from tests.article_pages.news import Made

SOLD = ("真人百家乐", "六合特码", "私服发布网")
SPAM = (
    '<a href="http://bet.example/">真人百家乐在线试玩平台</a> <a href="https://six.example/k">六合特码最准资料</a>'
    '，<a href="//game.example">传奇私服发布网</a>，加群领彩金'
)
PLAIN = "真人百家乐平台开户送彩金，六合特码免费资料天天更新，私服发布网欢迎您的到来。"
"""The same without a link, as a sentence."""

STYLES = {
    "far to the left": "position: absolute; left: -9999px",
    "far above": "position:fixed;top:-4000px;left:0",
    "far out, in em": "POSITION:ABSOLUTE; LEFT:-999EM",
    "a margin off the screen": "margin-left:-5000px",
    "indented away": "text-indent:-9999px;overflow:hidden",
    "moved away": "transform:translate(-9999px, 0)",
    "no height": "height:0; overflow:hidden",
    "a dot": "width:1px;height:1px;overflow:hidden;position:absolute",
    "no height at most": "max-height:0px;overflow:hidden",
    "no opacity": "opacity:0",
    "hardly any opacity": "opacity:.01",
    "no opacity by a filter": "filter:alpha(opacity=0)",
    "clipped": "position:absolute;clip:rect(0 0 0 0)",
    "clipped to a pixel": "position:absolute;clip:rect(1px, 1px, 1px, 1px)",
    "clipped by a path": "clip-path: inset(100%)",
    "shrunk": "transform:scale(0)",
    "behind the page": "position:absolute;z-index:-1",
    "white": "color:#FFF",
    "white by name": "color:white !important",
    "white in numbers": "color: rgb(255, 255, 255)",
    "nearly white": "color:#fefefe",
    "the colour of its background": "background:#f3e9d2;color:#f3e8d0",
    "see-through": "color:rgba(0,0,0,0)",
    "a letter of one pixel": "font-size:1px;line-height:1px",
    "no letters": "font-size:0",
    "no display": "display:none!important",
    "not visible": "visibility:hidden",
    "collapsed": "visibility:collapse",
}
CLASSES = ("hidden", "hide", "d-none", "sr-only", "visually-hidden", "invisible", "screen-reader-text")
TAGS = {
    "marquee": "<marquee height=1 width=1>{}</marquee>",
    "a template": "<template><p>{}</p></template>",
    "noscript": "<noscript><p>{}</p></noscript>",
    "noframes": "<noframes><p>{}</p></noframes>",
    "a text area": "<textarea><p>{}</p></textarea>",
    "a white font": '<font color="#ffffff">{}</font>',
    "hidden": "<p hidden>{}</p>",
}


def hidden_pages() -> Iterator[Made]:
    """Words hidden in every way, as links and as sentences, behind, amid and before the article."""
    for name, style in STYLES.items():
        for tag, where in (("p", "behind"), ("div", "amid"), ("span", "before")):
            yield _spoilt(f"{name}, {tag} {where}", f'<{tag} style="{style}">{{}}</{tag}>', where)
    for name in CLASSES:
        yield _spoilt(f"class {name}", f'<p class="x {name}">{{}}</p>', "behind")
    for name, around in TAGS.items():
        yield _spoilt(name, around, "behind")
    yield from _seen_links()
    yield from _all_at_once()


def _spoilt(name: str, around: str, where: str) -> Made:
    parts = [f"<p>{text}</p>" for text in ARTICLE]
    at = {"behind": len(parts), "amid": 1, "before": 0}[where]
    body = "".join([*parts[:at], around.format(SPAM), around.format(PLAIN), *parts[at:]])
    return _made(name, f'<div class="con">{body}</div>')


def _made(name: str, inside: str, after: str = "") -> Made:
    return replace(made(f"hidden: {name}", page(inside, after), ARTICLE), leaks=SOLD)


def _seen_links() -> Iterator[Made]:
    """Nothing hides them: the last paragraphs are links to other sites."""
    yield _made("links in the last paragraph", f'<div class="con">{p(ARTICLE)}<p>{SPAM}</p></div>')
    each = "".join(f'<p><a href="http://s{n}.example/">{name}官网</a></p>' for n, name in enumerate(SOLD))
    yield _made("a link in each of the last paragraphs", f'<div class="con">{p(ARTICLE)}{each}</div>')
    yield _made("links before the text", f'<div class="con"><p>{SPAM}</p>{p(ARTICLE)}</div>')
    amid = f'<div class="con">{p(ARTICLE[:1])}<p>{SPAM}</p>{p(ARTICLE[1:])}</div>'
    yield _made("links amid the text", amid)
    below = f'<div class="con">{p(ARTICLE)}</div><div>友情链接：{SPAM}</div>'
    yield _made("links in a box below", below)
    lines = "<br>".join(ARTICLE)
    yield _made("links behind lines", f'<div class="con">{lines}<br>{SPAM}</div>')
    signed = f"{p(ARTICLE)}<p>{SPAM}</p><p>（责任编辑：秦越）</p>"
    yield _made("links before the editor's name", f'<div class="con">{signed}</div>')


def _all_at_once() -> Iterator[Made]:
    hidden = "".join(f'<p style="{style}">{SPAM}</p>' for style in STYLES.values())
    classes = "".join(f'<div class="{name}">{PLAIN}</div>' for name in CLASSES)
    yield _made("in every way at once", f'<div class="con">{hidden}{p(ARTICLE)}{classes}<p>{SPAM}</p></div>')


def shown_pages() -> Iterator[Made]:
    """Articles that look hidden, or like sold links, and are whole all the same."""
    styles = {
        "an article that fades in": "opacity:0",
        "an article made visible by a script": "visibility: hidden; opacity: 0;",
        "an article that slides in": "position:absolute;left:-9999px",
        "a white article on a dark page": "color:#fff",
        "an article without display until it is read": "display:none",
    }
    spam = f'<div style="height:0;overflow:hidden">{SPAM}</div>'
    for name, style in styles.items():
        inside = f'<div class="con" style="{style}">{p(LONG)}</div>{spam}'
        yield replace(made(f"shown: {name}", page(inside), LONG), leaks=SOLD)
        each = "".join(f'<p style="{style}">{text}</p>' for text in LONG)
        yield made(f"shown: {name}, paragraph by paragraph", page(f"<div>{each}</div>"), LONG)
    yield from _light_on_dark()
    yield from _links_that_stay()
    talk = (
        "警方通报，一团伙在正规网站的网页里藏入“六合特码最准资料”“真人百家乐平台开户”等字样，靠搜索引擎引流。",
        "办案民警介绍，这些字样用“opacity:0”或移出屏幕等手段隐藏，网站的管理员往往数月都没有察觉。",
        "安全公司建议各单位检查网页源码，凡是出现“私服发布网”之类外链的，应当立即删除并修补漏洞。",
    )
    yield made("shown: a report about hidden links", page(f'<div class="con">{p(talk)}</div>'), talk)


def _light_on_dark() -> Iterator[Made]:
    box = f'<div style="background:#1b1b1b">{p(ARTICLE)}<p style="color:#fff">{EVENTS[0]}</p></div>'
    yield made("shown: one white paragraph in a dark box", page(box), (*ARTICLE, EVENTS[0]))
    table = f'<table bgcolor="#003366"><tr><td><font color="white">{p(ARTICLE)}</font></td></tr></table>'
    yield made("shown: white letters in a dark table", page(table))
    gaps = f'<section style="font-size:0"><span style="font-size:16px">{EVENTS[1]}</span></section>'
    yield made(
        "shown: gaps closed by a size of 0", page(f"<div>{p(ARTICLE)}{gaps}</div>"), (*ARTICLE, EVENTS[1])
    )
    wide = f'<p class="hidden md:block">{EVENTS[2]}</p><p class="d-none d-lg-block">{EVENTS[3]}</p>'
    yield made(
        "shown: hidden on telephones alone", page(f"<div>{p(ARTICLE)}{wide}</div>"), (*ARTICLE, *EVENTS[2:])
    )


def _links_that_stay() -> Iterator[Made]:
    one = '品牌把完整的说明放在了<a href="https://brand.example/notice">官方网站的公告页</a>，共有四页。'
    plain = "品牌把完整的说明放在了官方网站的公告页，共有四页。"
    yield made(
        "shown: a link in the last paragraph", page(f"<div>{p((*ARTICLE, one))}</div>"), (*ARTICLE, plain)
    )
    whole = f'<a href="https://brand.example/notice">{EVENTS[3]}</a>'
    yield made(
        "shown: the last paragraph is one link",
        page(f"<div>{p((*ARTICLE, whole))}</div>"),
        (*ARTICLE, EVENTS[3]),
    )
    linked = "".join(
        f'<p>{n}. <a href="https://paper{n}.example/{n}">{text}</a></p>' for n, text in enumerate(EVENTS)
    )
    yield made("shown: a list of reports", page(f"<div>{p(ARTICLE)}{linked}</div>"), (*ARTICLE, *EVENTS))
    told = "".join(
        f'<li><a href="https://paper{n}.example/{n}">第{n}份报告</a>：{text}</li>'
        for n, text in enumerate(EVENTS)
    )
    listed = f"<div>{p(ARTICLE)}<ul>{told}</ul></div>"
    yield made("shown: a list of reports, each described", page(listed), (*ARTICLE, *EVENTS))
    names = ("登山绳标准全文", "召回公告原文", "检测机构名录")
    sources = "".join(f'<p><a href="https://s{n}.example/">{name}</a></p>' for n, name in enumerate(names))
    yield made(
        "shown: sources", page(f"<div>{p(ARTICLE)}<h4>参考资料</h4>{sources}</div>"), (*ARTICLE, *names)
    )
    own = "".join(f'<p><a href="https://www.news.example/{n}">{name}</a></p>' for n, name in enumerate(names))
    home = '<link rel="canonical" href="https://m.news.example/c/1.html"></head>'
    text = page(f"<div>{p(ARTICLE)}{own}</div>").replace("</head>", home)
    yield made("shown: links to pages of its own", text, (*ARTICLE, *names), TITLE)
