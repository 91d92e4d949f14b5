"""News pages of our own making, each with what a reader would say it says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
SEEN_AT = datetime(2026, 11, 4, 12, 0, tzinfo=CHINA)

SUBJECTS = (
    ("芷屿茶事“零添加”茶饮被指含甜味剂 企业称已送检", "芷屿茶事"),
    ("陌川门锁凌晨自动开启 多名住户要求退货", "陌川门锁"),
    ("穹野户外召回一批登山绳，涉及四千余条", "穹野户外"),
    ("安屿酒店回应“毛巾擦杯”视频：涉事员工已停职", "安屿酒店"),
)
SENTENCES = (
    "{who}方面在下午的说明会上表示，公司注意到了网络上的相关内容，已成立由质量部门牵头的调查小组。",
    "多位消费者告诉望城晚报，他们在九月底就向客服反映过同样的情况，得到的答复是“个别现象”。",
    "市场监管部门的工作人员称，已对涉事门店进行现场检查，并抽取了三个批次的样品，结果预计在两周内公布。",
    "律师周砚认为，如果宣传与实际不符，经营者可能要承担退一赔三的责任，消费者应当保留小票和聊天记录。",
    "记者昨日走访了城东的五家门店，其中两家已将有关产品下架，店员表示“等总部通知”。",
    "截至发稿，{who}的官方账号尚未就赔偿方案作出说明，相关话题的阅读量超过两千万。",
    "此前的2025年3月12日，{who}曾因标签问题被处以八万元罚款，当时承诺全面自查。",
)
COMMENTS = (
    "买过三次，第一次就觉得味道不对劲，客服一直推脱，到现在也没给我退款，大家千万别再上当了。",
    "希望监管部门一查到底，不要罚酒三杯，老百姓的健康谁来负责呢，坐等检测报告公布出来。",
    "我觉得没那么严重吧，用了两年一直好好的，说不定是同行在背后带节奏，让子弹飞一会儿。",
)
RELATED = ("城南高架今晚起封闭施工", "二手房成交量连续三周回升", "望城马拉松报名人数创新高")
SITE = "望城网"


@dataclass(frozen=True, slots=True)
class Made:
    """A page and the truth of it. ``leaks`` must stand nowhere in the text."""

    name: str
    body: bytes
    title: str
    published: datetime | None
    author: str
    paragraphs: tuple[str, ...]
    leaks: tuple[str, ...] = (*COMMENTS, *RELATED, "版权所有")


def _furniture(at: datetime) -> tuple[str, str, str]:
    """Navigation, comments with their own hours, and the rest; other hours than the article's."""
    later = at + timedelta(hours=3, minutes=7)
    nav = "".join(f"<li><a href='/{w}/'>{w}</a></li>" for w in ("首页", "新闻", "财经", "体育", "房产"))
    comments = "".join(
        f"<div class='item'><span>网友{i}</span><em>{later:%Y-%m-%d %H:%M}</em><p>{text}</p></div>"
        for i, text in enumerate(COMMENTS * 4)
    )
    related = "".join(
        f"<li><a href='/n/{i}.html'>{t}</a><i>{later:%Y-%m-%d %H:%M}</i></li>" for i, t in enumerate(RELATED)
    )
    return nav, comments, related


def _portal(title: str, when: str, by: str, paragraphs: tuple[str, ...], at: datetime) -> str:
    nav, comments, related = _furniture(at)
    body = "".join(f"<p>　　{p}</p>" for p in paragraphs)
    return f"""<html><head><meta charset="utf-8"><title>{title}_社会频道_{SITE}</title></head><body>
<div class="top"><h2><a href="/">{SITE}</a></h2><ul class="nav">{nav}</ul></div>
<div class="path"><a href="/">首页</a> &gt; <a href="/s/">社会</a></div>
<div class="main"><h1>{title}</h1><div class="info"><span>{when}</span>
<span>来源：<a href="#">{by}</a></span>
<a href="#c">评论(36)</a></div><div id="content" class="article-content">{body}<p>责任编辑：秦越</p></div>
<div class="related"><h3>相关阅读</h3><ul>{related}</ul></div></div>
<div class="comment-list" id="c"><h3>网友评论</h3>{comments}</div>
<div class="footer"><p>Copyright {SITE} 版权所有 未经授权禁止转载 望ICP备0000001号</p></div></body></html>"""


def _tables(title: str, when: str, by: str, paragraphs: tuple[str, ...], at: datetime) -> str:
    _nav, comments, related = _furniture(at)
    body = "<br><br>".join(f"　　{p}" for p in paragraphs)
    return f"""<HTML><HEAD><TITLE>{title}-{SITE}</TITLE></HEAD><BODY><TABLE width=950><TR><TD colspan=2>
<h1>{SITE}</h1></TD></TR><TR><TD><TABLE><TR><TD align=center><font size=5><b>{title}</b></font></TD></TR>
<TR><TD>发布时间：{when}&nbsp;&nbsp;来源：{by}&nbsp;&nbsp;【字号：大 中 小】</TD></TR>
<TR><TD id=zoom>{body}</TD></TR></TABLE>
</TD><TD class=sidebar><ul>{related}</ul></TD></TR></TABLE><div id="pinglun">{comments}</div>
<div id=foot>{SITE} 版权所有</div></BODY></HTML>"""


def _modern(title: str, when: str, by: str, paragraphs: tuple[str, ...], at: datetime) -> str:
    nav, comments, related = _furniture(at)
    body = "".join(f"<div><p><span>{p}</span></p></div>" for p in paragraphs)
    return f"""<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{title} - {SITE}</title>
<meta property="og:title" content="{title.replace("“", '"').replace("”", '"')}">
<meta property="og:site_name" content="{SITE}">
</head><body><header><nav>{nav}</nav></header><main><article><header><h1>
{title}
</h1><p class="byline">作者：{by} | {when}</p></header><section>{body}</section></article>
<section class="hot-recommend"><h2>猜你喜欢</h2><ul>{related}</ul></section>
<section class="comments">{comments}</section></main>
<div style="display:none"><a href="http://spam.example/">时时彩开户送彩金</a>
<p>澳门赌场官方直营网站欢迎您注册送百元</p></div>
<footer>{SITE} 版权所有</footer></body></html>"""


LAYOUTS = {"portal": _portal, "tables": _tables, "modern": _modern}
WRITTEN = {
    "plain": "%Y-%m-%d %H:%M",
    "chinese": "%Y年%m月%d日 %H:%M:%S",
    "no_space": "%Y年%m月%d日%H:%M",
    "tight": "%Y-%m-%d%H:%M",
    "short_year": "%y-%m-%d %H:%M",
    "slashes": "%Y/%m/%d %H:%M:%S",
}


def made_pages() -> Iterator[Made]:
    """36 pages from layouts and ways to write the time, and those that make trouble."""
    for n, ((layout, build), (way, written)) in enumerate(product(LAYOUTS.items(), WRITTEN.items())):
        for turn in (0, 1):
            (title, _who), paragraphs, at = _story(2 * n + turn)
            by = ("望城晚报", "江岸新闻", "林知夏")[(n + turn) % 3]
            text = build(title, at.strftime(written), by, paragraphs, at)
            charset = ("utf-8", "gb18030")[turn]
            yield Made(f"{layout}/{way}/{charset}", text.encode(charset), title, at, by, paragraphs)
    yield from _troublesome()


def _story(n: int) -> tuple[tuple[str, str], tuple[str, ...], datetime]:
    title, who = SUBJECTS[n % len(SUBJECTS)]
    count = 3 + n % 5
    paragraphs = tuple(SENTENCES[(n + i) % len(SENTENCES)].format(who=who) for i in range(count))
    at = datetime(2026, 10, 3 + n % 25, 1 + n % 22, (7 * n) % 60, tzinfo=CHINA)
    return (title, who), paragraphs, at


def _troublesome() -> Iterator[Made]:
    (title, _), paragraphs, at = _story(3)
    usual = _portal(title, f"{at:%Y-%m-%d %H:%M}", "望城晚报", paragraphs, at)
    undated = _portal(title, "", "望城晚报", paragraphs, at)

    def made(name: str, text: str, when: datetime | None = at, charset: str = "utf-8") -> Made:
        return Made(name, text.encode(charset, "replace"), title, when, "望城晚报", paragraphs)

    yield made("no time", undated, None)
    yesterday = datetime(2026, 11, 3, 9, 20, tzinfo=CHINA)
    yield made("yesterday", undated.replace("<span></span>", "<span>昨天 09:20</span>"), yesterday)
    hours_ago = SEEN_AT - timedelta(hours=3)
    yield made("3 hours ago", undated.replace("<span></span>", "<span>3小时前</span>"), hours_ago)
    script = f'<script>var page = {{"id": 7, "publishTime": {int(at.timestamp())}000}};</script></head>'
    yield made("epoch seconds", undated.replace("</head>", script))
    data = f'<script type="application/ld+json">{{"datePublished": "{at.isoformat()}"}}</script></head>'
    yield made("json-ld", undated.replace("</head>", data))
    tag = f'<meta name="publishdate" content="{at:%Y-%m-%d}"></head>'
    yield made("a day in meta, the minute below the headline", usual.replace("</head>", tag))
    yield made("a day alone", undated.replace("</head>", tag), at.replace(hour=0, minute=0))
    yield made("declared gb2312, is utf-8", usual.replace('charset="utf-8"', 'charset="gb2312"'))
    yield made("declared utf-8, is gb18030", usual, charset="gb18030")
    unclosed = usual.replace("</p>", "").replace("</div></body>", "")
    yield made("nothing closed", unclosed)
    unnamed = usual.replace('class="comment-list" id="c"', 'class="m-block"').replace(
        'class="related"', 'class="m-box"'
    )
    yield made("comments and lists without a telling name", unnamed)
    yield made(
        "a template's title, headline in h1 only", usual.replace(f"<title>{title}_社会频道_", "<title>")
    )
    yield _in_big5()


def _in_big5() -> Made:
    title = "芷嶼茶事回應「標示不實」爭議：已全面下架"
    at = datetime(2026, 10, 21, 16, 45, tzinfo=CHINA)
    paragraphs = (
        "芷嶼茶事今天上午發表聲明，表示已將有疑慮的三款商品全面下架，並委託第三方實驗室重新檢驗。",
        "消費者文教單位指出，去年以來已經接獲十二件類似的申訴，業者都沒有正面回應，呼籲主管機關介入。",
        "衛生單位的承辦人員說，檢驗結果出爐以前不會公布名單，請民眾保留發票以便退貨。",
    )
    text = _portal(title, f"{at:%Y/%m/%d %H:%M}", "江岸時報", paragraphs, at)
    text = text.replace('charset="utf-8"', 'charset="big5"').replace("来源", "來源")
    return Made(
        "big5", text.encode("big5", "ignore"), title, at, "江岸時報", paragraphs, leaks=("Copyright",)
    )
