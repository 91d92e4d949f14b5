"""A word is born: who must say what, how many, how soon, and what is no new word."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from analysis.detector import untold
from analysis.mention_detectors.new_words import COLD, LAG, NewWords
from analysis.segmenting import QuickSegmenter
from analysis.word_births import LEAST_VOICES
from tests.units.brand_talk import BRAND, NICKNAME, NOW, history, nickname, past, said, seen, spoken
from wanglou.domain.agency import Config
from wanglou.domain.client import Alias, Brand, Campaign, Client
from wanglou.domain.mention import Said, SeenMention, Sentiment
from wanglou.domain.signal import Signal
from wanglou.domain.topic import Topic
from wanglou.wording import say

HOUR = timedelta(hours=1)
LAUNCH = Campaign("发布会", NOW - HOUR, NOW + 30 * HOUR, 3.0, (BRAND,))
CLIENT = Client(
    "lock", "安屿智能家居", (Brand(BRAND, (Alias(BRAND), Alias("安屿锁"))),), (Brand("陌川锁", ()),)
)


@pytest.fixture(scope="module")
def words() -> QuickSegmenter:
    return QuickSegmenter()


def detector(words: QuickSegmenter, *campaigns: Campaign) -> NewWords:
    client = replace(CLIENT, campaigns=campaigns)
    config = object.__new__(Config)
    object.__setattr__(config, "clients", {"lock": client})
    return NewWords.of_agency(config, words)


@pytest.fixture(scope="module")
def knowing(words: QuickSegmenter) -> NewWords:
    """The detector of a brand with three weeks and more of ordinary talk."""
    built = detector(words)
    return built.knowing(built.learn(built.start(), past(days=28)))


def heard(
    built: NewWords, mentions: list[SeenMention], arrived: list[SeenMention] | None = None
) -> list[Signal]:
    keys = {s.item.key for s in (mentions if arrived is None else arrived)}
    return built.look([s.said for s in mentions], keys, NOW + 12 * HOUR)


def words_of(signals: list[Signal]) -> list[str]:
    return [str(s.because.facts["word"]) for s in signals]


def test_a_nickname_that_five_people_use_is_told_when_the_fifth_does(knowing: NewWords) -> None:
    mentions = nickname(LEAST_VOICES)

    [signal] = heard(knowing, mentions)

    assert signal.because.facts["word"] == NICKNAME
    assert (signal.since, signal.at) == (NOW, mentions[-1].mention.published_at)
    assert signal.because.facts["voices"] == LEAST_VOICES
    assert not signal.provisional
    assert f"“{NICKNAME}”" in say(signal.because, "zh")


def test_four_are_not_enough(knowing: NewWords) -> None:
    assert heard(knowing, nickname(LEAST_VOICES - 1)) == []


@pytest.mark.parametrize("word", ["漏风锁", "智商锁", "慢半拍王", "纸糊门神", "ppt锁", "开门盲盒"])
def test_a_word_the_dictionary_lacks_is_found_whole(knowing: NewWords, word: str) -> None:
    assert words_of(heard(knowing, nickname(6, word=word))) == [word]


def test_it_is_told_again_only_when_it_has_spread(knowing: NewWords) -> None:
    crowd = [replace_number(s, 50 + n) for n, s in enumerate(nickname(12, every=HOUR / 6))]
    early, late = heard(knowing, crowd[:5]), heard(knowing, crowd, crowd[5:])

    assert words_of(early + late) == [NICKNAME, NICKNAME]
    assert untold(late, early) == late
    assert heard(knowing, crowd[:6], crowd[5:6]) == []


def replace_number(s: SeenMention, number: int) -> SeenMention:
    return seen(number, s.item.text, s.mention.published_at or NOW)


def test_strength_is_how_many_times_enough_people_use_it(knowing: NewWords) -> None:
    few, many = (heard(knowing, nickname(n, every=HOUR / 10), nickname(n)[-1:])[-1] for n in (5, 12))

    assert few.strength == pytest.approx(0.0, abs=1e-9)
    assert 0.4 <= many.strength < 1.0


def test_a_word_of_the_dictionary_asks_for_twice_the_people(knowing: NewWords) -> None:
    assert heard(knowing, nickname(9, every=HOUR / 10, word="甲醛")) == []
    assert words_of(heard(knowing, nickname(10, every=HOUR / 10, word="甲醛"))) == ["甲醛"]


def test_a_place_in_a_rarer_word_asks_for_as_many_as_the_word(knowing: NewWords) -> None:
    assert heard(knowing, nickname(9, every=HOUR / 10, word="甲醛里")) == []
    assert words_of(heard(knowing, nickname(10, every=HOUR / 10, word="甲醛里"))) == ["甲醛里"]


def test_a_nickname_may_end_like_a_place(knowing: NewWords) -> None:
    assert words_of(heard(knowing, nickname(6, word="漏风谷里"))) == ["漏风谷里"]


def test_copies_and_one_author_again_count_once(knowing: NewWords) -> None:
    texts = said()
    copies = [seen(i, texts[i], NOW + HOUR * i / 4, group="one") for i in range(9)]
    silent = [seen(i, texts[i], NOW + HOUR * i / 4, voice=False) for i in range(9)]
    one_author = [seen(i, texts[i], NOW + HOUR * i / 4, author="锁哥") for i in range(9)]

    assert [heard(knowing, m) for m in (copies, silent, one_author)] == [[], [], []]


@pytest.mark.parametrize(
    "texts",
    [
        [f"{BRAND} #漏风锁# {what}" for what in ("退货", "不推荐", "坏了", "真服", "无语", "失望")],
        [f"【{BRAND}被叫漏风锁】{what}" for what in ("退货", "不推荐", "坏了", "真服", "无语", "失望")],
        [f"{BRAND}，{what}@漏风锁 " for what in ("退货", "不推荐", "坏了", "真服", "无语", "失望")],
        said("陌川锁")[:6],
        said("安屿锁")[:6],
        said("张建国")[:6],
        said("上海")[:6],
        said("电池")[:6],
        said("2026")[:6],
        said("广告里")[:6],
        said("包装上")[:6],
        said("客服中")[:6],
        said("说明书里边")[:6],
    ],
    ids=[
        "hashtag",
        "headline",
        "at",
        "competitor",
        "alias",
        "person",
        "place",
        "known",
        "number",
        "in it",
        "on it",
        "amid it",
        "inside it",
    ],
)
def test_what_is_nobodys_own_word_or_no_new_one_is_not_told(knowing: NewWords, texts: list[str]) -> None:
    assert heard(knowing, spoken(texts)) == []


def test_a_sentence_that_is_passed_on_is_no_word(knowing: NewWords) -> None:
    texts = [
        f"{BRAND}半夜自己打开门把老人吓住院，{what}" for what in ("气", "哎", "谁管", "看看", "求助", "转发")
    ]

    assert heard(knowing, spoken(texts)) == []


def test_those_who_laugh_or_cheer_bring_no_word_forth(knowing: NewWords) -> None:
    texts = said("小钢炮")[:9]
    cheer = [
        seen(i, t, NOW + HOUR * i / 4, Sentiment.POS if i % 3 else Sentiment.NEG) for i, t in enumerate(texts)
    ]

    assert heard(knowing, cheer) == []


def test_sober_words_beside_crisis_words_count(knowing: NewWords) -> None:
    texts = said()[:6]
    sober = [
        seen(i, t, NOW + HOUR * i / 4, Sentiment.NEU, topics=(Topic.PRODUCT_SAFETY,))
        for i, t in enumerate(texts)
    ]

    assert words_of(heard(knowing, sober)) == [NICKNAME]


def test_over_days_they_do_not_add_up(knowing: NewWords) -> None:
    assert heard(knowing, nickname(9, every=HOUR * 5)) == []


def test_a_word_of_weeks_ago_is_not_new_but_one_voice_makes_no_word_old(words: QuickSegmenter) -> None:
    built = detector(words)
    once = nickname(1, NOW - timedelta(days=9))
    often = nickname(3, NOW - timedelta(days=9))
    knows_once, knows_often = (
        built.knowing(built.learn(built.start(), sorted([*past(days=28), *(s.said for s in more)], key=when)))
        for more in (once, often)
    )

    assert words_of(heard(knows_once, nickname(6))) == [NICKNAME]
    assert heard(knows_often, nickname(6)) == []


def when(s: Said) -> datetime:
    return s.at


def test_a_word_of_the_day_before_yesterday_that_is_not_learnt_yet_is_not_new(knowing: NewWords) -> None:
    before = [replace_number(s, 70 + n) for n, s in enumerate(nickname(2, NOW - 30 * HOUR))]

    assert heard(knowing, [*before, *nickname(6)], nickname(6)) == []


def test_in_its_first_week_nothing_is_said_of_a_brand_and_then_provisionally(words: QuickSegmenter) -> None:
    built = detector(words)
    days = COLD // timedelta(days=1)
    found = [
        heard(built.knowing(built.learn(built.start(), past(days=n))), nickname(6))
        for n in (days - 3, days + 1, 25)
    ]

    assert [[s.provisional for s in signals] for signals in found] == [[], [True], [False]]
    assert heard(built, nickname(6)) == []


@pytest.mark.parametrize("a_day", [1, 3])
def test_a_brand_hardly_spoken_of_hears_its_nickname_and_nothing_else(
    words: QuickSegmenter, a_day: int
) -> None:
    built = detector(words)
    knows = built.knowing(built.learn(built.start(), past(days=28, a_day=a_day)))
    lately = history(days=1, a_day=a_day, until=NOW)

    assert words_of(heard(knows, [*lately, *nickname(6)])) == [NICKNAME]
    assert heard(knows, lately) == []


def test_a_planned_launch_asks_for_more_people_and_hides_no_scandal(
    words: QuickSegmenter, knowing: NewWords
) -> None:
    planned = replace(detector(words, LAUNCH), state=knowing.state)
    quick = HOUR / 12

    assert heard(planned, nickname(12, every=quick)) == []
    assert words_of(heard(planned, [*nickname(12, every=quick), *more_people(6)])) == [NICKNAME]


def more_people(n: int) -> list[SeenMention]:
    texts = [f"原来{BRAND}就是{NICKNAME}，第{i}台" for i in "甲乙丙丁戊己庚辛"[:n]]
    return [replace_number(s, 90 + i) for i, s in enumerate(spoken(texts, NOW + HOUR))]


def test_of_a_loud_brand_a_part_of_all_who_speak_must_use_it(knowing: NewWords) -> None:
    crowd = [
        seen(
            1_000 + i,
            f"{BRAND}第{'一二三四五六七八九'[i % 9]}次见",
            NOW + timedelta(seconds=40 * i),
            Sentiment.NEU,
        )
        for i in range(600)
    ]

    assert heard(knowing, [*crowd, *nickname(9, NOW + 5 * HOUR)]) == []
    assert heard(knowing, [*crowd[:100], *nickname(9, NOW + 5 * HOUR)])


def test_a_backlog_says_what_would_have_been_said_and_when(knowing: NewWords) -> None:
    talk = [*history(days=1, until=NOW), *nickname(9)]
    live: list[Signal] = []
    for n in range(1, len(talk) + 1):
        live += untold(heard(knowing, talk[:n], talk[n - 1 : n]), live)

    at_once = heard(knowing, talk)

    assert words_of(live) == [NICKNAME]
    assert at_once == live
    assert at_once[0].seen_at - at_once[0].at > 8 * HOUR


def test_late_mentions_between_known_ones_complete_a_word(knowing: NewWords) -> None:
    mentions = nickname(5)
    late = mentions[2]

    assert heard(knowing, [*mentions[:2], *mentions[3:]]) == []
    [signal] = heard(knowing, mentions, [late])
    assert signal.at == mentions[-1].mention.published_at


def test_what_a_person_set_right_counts_as_they_said(knowing: NewWords) -> None:
    mentions = nickname(6)
    righted = [
        replace(
            s,
            mention=replace(s.mention, reading=replace(s.mention.reading, label=Sentiment.POS, topics=())),
        )
        for s in mentions[:4]
    ]

    assert heard(knowing, [*righted, *mentions[4:]], mentions[5:]) == []
    assert heard(knowing, mentions[2:], mentions[5:]) == []  # two that are void were never ours to see


def test_a_second_word_of_the_same_story_is_not_told_at_once(knowing: NewWords) -> None:
    other = [replace_number(s, 30 + n) for n, s in enumerate(nickname(7, NOW + HOUR, word="智商税门"))]

    assert words_of(heard(knowing, [*nickname(5), *other])) == [NICKNAME]


def test_nothing_younger_than_two_days_is_learnt() -> None:
    assert timedelta(hours=48) == LAG


def test_the_dictionary_is_not_needed(knowing: NewWords) -> None:
    bare = NewWords().knowing(knowing.state)

    assert words_of(heard(bare, nickname(6))) == [NICKNAME]
