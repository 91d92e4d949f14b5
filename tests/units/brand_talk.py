"""Talk about a brand to look at: its ordinary past, and a nickname that several people begin to use."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from tests.units.storage.examples import a_mention, an_item
from wanglou.domain.item import Author
from wanglou.domain.mention import Said, SeenMention, Sentiment
from wanglou.domain.topic import Topic

NOW = datetime(2026, 3, 10, 6, tzinfo=UTC)
BRAND = "安屿"
NICKNAME = "漏风锁"

_WHAT = ("指纹", "门锁", "电池", "客服", "安装师傅", "把手", "面板", "快递", "说明书", "门铃")
_HOW = (
    "不太灵",
    "还行",
    "等了三天",
    "换过一次",
    "比想象中重",
    "有点响",
    "挺顺手",
    "掉漆",
    "没电了",
    "对不上",
)
_SAID = (
    "昨晚才知道邻居都管它叫{}",
    "果然是{}，半夜自己开了",
    "装了半年，{}名不虚传",
    "别再买这种{}了，退货都没人理",
    "同事说{}又坏了一台",
    "刷到好几个人说{}，我家这台也是",
    "客服居然不承认是{}",
    "一千多买回来一把{}",
    "谁家还在用{}？漏得厉害",
    "听说{}要涨价，笑死",
    "他们家{}修了两次还是坏",
    "评论区全是{}的受害者",
)


def seen(  # noqa: PLR0913 -- each is what one test or another is about
    number: int,
    text: str,
    at: datetime = NOW,
    label: Sentiment = Sentiment.NEG,
    *,
    author: str | None = None,
    group: str | None = None,
    voice: bool = True,
    topics: tuple[Topic, ...] = (),
) -> SeenMention:
    """One mention of the brand; author and group of copies are its own unless given."""
    who = Author(author or f"读者{number}", id=author or f"reader-{number}")
    item = replace(an_item(number, published_at=at), title="", text=text, author=who)
    mention = a_mention(item, brand=BRAND, label=label, topics=topics, voice=voice)
    starts = [i + 1 for i in range(len(text)) if text.startswith(BRAND, i)]
    spans = tuple((i, i + len(BRAND)) for i in starts)
    mention = replace(mention, group=group or f"group-{number}", match=replace(mention.match, spans=spans))
    return SeenMention(mention, item)


def history(days: int, a_day: int = 6, until: datetime = NOW - timedelta(hours=48)) -> list[SeenMention]:
    """Ordinary mentions, oldest first, one in four negative."""
    chance = Random(7)  # noqa: S311 -- talk, not keys
    n = days * a_day
    return [
        seen(
            100_000 + i,
            f"{BRAND}的{chance.choice(_WHAT)}{chance.choice(_HOW)}，{chance.choice(_WHAT)}{chance.choice(_HOW)}",
            until - timedelta(days=days) * (n - i) / n,
            Sentiment.NEG if i % 4 == 0 else Sentiment.NEU,
        )
        for i in range(n)
    ]


def past(days: int, a_day: int = 6) -> list[Said]:
    """What was said in those."""
    return [s.said for s in history(days, a_day)]


def said(word: str = NICKNAME) -> list[str]:
    """Sentences of different people with the word in them."""
    return [f"{BRAND}：{text.format(word)}" for text in _SAID]


def nickname(
    people: int, first: datetime = NOW, every: timedelta = timedelta(minutes=20), word: str = NICKNAME
) -> list[SeenMention]:
    """So many people use the word, each in words of their own."""
    return spoken(said(word)[:people], first, every)


def spoken(
    texts: Sequence[str], first: datetime = NOW, every: timedelta = timedelta(minutes=20)
) -> list[SeenMention]:
    """Negative mentions by different people, one after the other."""
    return [seen(i + 1, text, first + every * i) for i, text in enumerate(texts)]
