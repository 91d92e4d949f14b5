"""Authority: someone with weight speaks ill of the brand; a mention in passing is nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.mention_detectors.authority import NEAR, PLUGIN, Authority, beside
from tests.units.storage.examples import a_mention, an_item
from wanglou.domain.agency import Lexicon
from wanglou.domain.item import Author
from wanglou.domain.mention import SeenMention, Sentiment
from wanglou.domain.signal import Signal
from wanglou.domain.source import SourceClass
from wanglou.wording import say

NOW = datetime(2026, 3, 10, 6, tzinfo=UTC)
WORDS = Lexicon(
    authority={
        "regulator": ("市场监管局", "网信办"),
        "act": ("约谈", "立案", "责令整改"),
        "denied": ("谣言", "没有被"),
        "media": ("新华社", "人民日报"),
        "lawyer": ("律师函", "诉至法院"),
    }
)
BRAND = "安屿"
PEOPLE = Author("路人甲", followers=300)


def seen(  # noqa: PLR0913 -- each is what one test or another is about
    text: str,
    label: Sentiment = Sentiment.NEG,
    author: Author | None = PEOPLE,
    *,
    number: int = 1,
    at: datetime = NOW,
    source_class: SourceClass = SourceClass.SOCIAL,
    reach: int = 300,
    voice: bool = True,
) -> SeenMention:
    item = replace(an_item(number, published_at=at), title="", text=text, author=author)
    p_neg = {Sentiment.NEG: 0.9, Sentiment.NEU: 0.35, Sentiment.POS: 0.05}[label]
    mention = a_mention(item)
    starts = [i + 1 for i in range(len(text)) if text.startswith(BRAND, i)]
    mention = replace(
        mention,
        source_class=source_class,
        published_at=at,
        reach=reach if author is None or author.followers is None else author.followers,
        voice=voice,
        match=replace(mention.match, spans=tuple((i, i + len(BRAND)) for i in starts)),
        reading=replace(mention.reading, label=label, p_neg=p_neg),
    )
    return SeenMention(mention, item)


def heard(*mentions: SeenMention) -> list[Signal]:
    detector: Authority = PLUGIN(WORDS.authority)
    return detector.look(mentions, {s.item.key for s in mentions}, NOW + timedelta(minutes=5))


@pytest.mark.parametrize(
    ("mention", "sort", "who"),
    [
        (
            seen("安屿门锁抽检不合格", author=Author("某市市场监管局", followers=9)),
            "regulator",
            "某市市场监管局",
        ),
        (seen("安屿因虚假宣传被约谈", Sentiment.NEU), "regulator", "约谈"),
        (seen("市场监管局对安屿开展调查"), "regulator", "市场监管局"),
        (seen("安屿因虚假宣传被市场监管局约谈", Sentiment.NEU), "regulator", "约谈"),
        (seen("约谈安屿等六家门锁企业", Sentiment.NEU), "regulator", "约谈"),
        (seen("三问安屿门锁的安全", author=Author("人民日报", followers=90)), "media", "人民日报"),
        (seen("多名业主向安屿发出律师函", Sentiment.NEU), "lawyer", "律师函"),
        (seen("安屿用户将安屿诉至法院", Sentiment.NEU), "lawyer", "诉至法院"),
        (
            seen("安屿的锁千万别买", author=Author("锁哥", verified=True, followers=3_000_000)),
            "account",
            "锁哥",
        ),
        (
            seen("安屿门锁被指漏电", author=None, source_class=SourceClass.NEWS, reach=300_000),
            "outlet",
            "square",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_voice_with_weight_that_speaks_ill_is_told(mention: SeenMention, sort: str, who: str) -> None:
    [signal] = heard(replace(mention, mention=replace(mention.mention, source="square")))

    assert signal.because.code == f"signal_authority_{sort}"
    assert signal.because.facts["who"] == who
    assert signal.at in signal.evidence
    assert BRAND in say(signal.because)
    assert BRAND in say(signal.because, "en")


@pytest.mark.parametrize(
    "mention",
    [
        seen("门锁品牌一览：安屿、陌川、栖钥、穹野", Sentiment.NEU, Author("人民日报", followers=9_000_000)),
        seen("安屿发布新款门锁", Sentiment.NEU, author=None, source_class=SourceClass.NEWS, reach=900_000),
        seen("网传安屿被约谈系谣言", Sentiment.NEU),
        seen("安屿约谈经销商整顿市场", Sentiment.NEU),
        seen("安屿发律师函维护名誉", Sentiment.NEU),
        seen("安屿约谈安屿优选", Sentiment.NEU),
        seen("安屿将约谈多家名叫安屿优选的店", Sentiment.NEU),
        seen("安屿与市场监管局共建标准", Sentiment.NEU),
        seen("安屿真好用", Sentiment.POS, Author("锁哥", verified=True, followers=3_000_000)),
        seen("安屿配合市场监管局开展质量月活动", Sentiment.POS),
        seen("安屿的客服不理人", author=Author("路人", verified=True, followers=4_000)),
        seen("安屿涨价了。另一家公司昨天被约谈", Sentiment.NEU),
        seen("安屿" + "好" * NEAR + "约谈", Sentiment.NEU),
        seen("安屿因虚假宣传被约谈", voice=False),
        seen("安屿门锁被指漏电", author=None, source_class=SourceClass.NEWS, reach=30_000),
    ],
    ids=[
        "in a list",
        "neutral news",
        "denied",
        "the brand acts itself",
        "the brand's own lawyer",
        "the brand against its like",
        "the brand, soon, against its like",
        "neutral beside a regulator",
        "praise of a large account",
        "praise beside a regulator",
        "small account",
        "another sentence",
        "far away",
        "a copy",
        "small paper",
    ],
)
def test_what_carries_no_weight_or_no_blame_is_not_told(mention: SeenMention) -> None:
    assert heard(mention) == []


def test_a_wider_reach_is_stronger_and_a_regulator_stronger_than_a_large_account() -> None:
    accounts = [
        seen("安屿坑人", author=Author("锁哥", followers=n), number=n) for n in (2_500_000, 20_000_000)
    ]
    regulator = seen("安屿被市场监管局立案", number=7)

    small, large, official = (heard(one)[0].strength for one in (*accounts, regulator))

    assert 0 <= small < large < official <= 1.2


def test_what_was_there_before_is_not_told_again() -> None:
    old, new = seen("安屿被约谈", number=1), seen("安屿被约谈", number=2, at=NOW + timedelta(minutes=1))

    signals = PLUGIN(WORDS.authority).look([old, new], {new.item.key}, NOW + timedelta(hours=1))

    assert [s.at for s in signals] == [NOW + timedelta(minutes=1)]


def test_late_news_is_dated_when_it_was_published_and_when_it_was_seen() -> None:
    [signal] = heard(seen("安屿被约谈", at=NOW - timedelta(hours=9)))

    assert (signal.at, signal.seen_at) == (NOW - timedelta(hours=9), NOW + timedelta(minutes=5))


def test_without_words_only_reach_carries_weight() -> None:
    detector = PLUGIN()
    large = seen("安屿坑人", author=Author("锁哥", followers=9_000_000), number=2)

    assert detector.look([seen("安屿被约谈")], {seen("安屿被约谈").item.key}, NOW) == []
    assert detector.look([large], {large.item.key}, NOW)


@given(st.permutations(range(5)), st.integers(0, 5))
def test_in_any_order_and_split_anywhere_the_same_is_told(order: list[int], cut: int) -> None:
    mentions = [
        seen("安屿被约谈" if i % 2 else "安屿不错", number=i, at=NOW + timedelta(minutes=i)) for i in range(5)
    ]
    shuffled = [mentions[i] for i in order]

    whole = heard(*mentions)
    halves = [*heard(*shuffled[:cut]), *heard(*shuffled[cut:])]

    assert sorted(s.key for s in halves) == sorted(s.key for s in whole)
    assert len(whole) == 2


@given(st.text(alphabet="安屿约谈。！\n好", max_size=60), st.integers(0, 58))
def test_what_stands_beside_lies_in_the_text_and_holds_the_name(text: str, start: int) -> None:
    start = min(start, len(text))
    [around] = beside(text, [(start, min(start + 2, len(text)))])

    assert around.text in text
    assert text[start : start + 1] in around.text
    assert around.end <= len(around.text)
