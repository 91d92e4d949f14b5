"""Stories are told by the words that are theirs alone, and by nothing where too few spoke."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.segmenting import QuickSegmenter
from analysis.spoken_runs import names_pattern
from analysis.stories import Usual, Voice, WordsOf, another_story, one_story, own_words
from wanglou.domain.topic import Topic

WORDS = WordsOf(QuickSegmenter(["安屿"]), names_pattern(["安屿"]))
USUAL_TALK = [
    "安屿门锁今天装好了，师傅很准时",
    "安屿的指纹挺灵敏，家里老人也会用",
    "安屿门锁和猫眼怎么联动",
] * 30
BATTERY = [
    "安屿广告说十年不用换电池，三个月没电，虚假宣传",
    "被安屿的十年电池骗了，夸大宣传",
    "十年电池是广告小字糊弄人",
]
REFUND = ["安屿十年电池找客服退款，态度恶劣", "冲着十年电池买的，客服踢皮球不给退货"]
SECRET = [
    "安屿宣传的银行级加密是假的，芯片能复制",
    "所谓银行级加密，安屿广告夸大宣传",
    "安屿加密造假，芯片一拆就开，骗人",
]
ANSWER = ["安屿道歉了，没有诚意", "安屿的声明避重就轻，敷衍", "市监局约谈安屿，道歉有什么用"]


def voices(texts: Sequence[str], times: int = 6) -> list[Voice]:
    return [WORDS(text) for text in texts] * times


def usual(*topics: Topic) -> Usual:
    return Usual.of(voices(USUAL_TALK, 1), topics, WORDS)


ADVERT = usual(Topic.FALSE_ADVERT)


def test_a_story_is_known_by_its_thing_not_by_the_words_of_its_kind_of_trouble() -> None:
    words = own_words(voices(BATTERY), ADVERT)
    assert {"十年", "电池"} <= set(words)
    assert not {"广告", "宣传", "安屿", "骗", "门锁"} & set(words)


def test_another_scandal_of_the_same_kind_is_another_story() -> None:
    shown = another_story(voices(SECRET), voices(BATTERY), ADVERT)
    assert shown is not None
    assert (shown.voices, shown.related) == (18, 0)
    assert "加密" in shown.words
    assert one_story(voices(SECRET), voices(BATTERY), ADVERT) is None


def test_the_same_scandal_in_other_words_is_no_other_story() -> None:
    again = ["安屿那个十年的牛皮吹破了", "说好的十年呢，电池一季度一换，造假", "十年电池又是文字游戏"]
    assert another_story(voices(again), voices(BATTERY), ADVERT) is None


def test_an_answer_to_a_story_is_no_other_story() -> None:
    assert another_story(voices(ANSWER), voices(BATTERY), ADVERT) is None


def test_refunds_for_the_same_thing_are_the_same_story() -> None:
    both = usual(Topic.FALSE_ADVERT, Topic.SERVICE_COMPLAINT)
    shown = one_story(voices(REFUND), voices(BATTERY), both)
    assert shown is not None
    assert {"十年", "电池"} <= set(shown.words)


def test_one_word_in_common_does_not_hide_what_may_hurt_somebody() -> None:
    burning = ["安屿电池冒烟了，半夜起火", "安屿电池鼓包爆炸，烧了一片", "电池起火，安屿出来说话"]
    grave = usual(Topic.FALSE_ADVERT, Topic.PRODUCT_SAFETY)
    assert one_story(voices(burning), voices(BATTERY), grave) is None


@pytest.mark.parametrize(("news", "story"), [(2, 6), (6, 2)])
def test_of_a_few_voices_nothing_is_told_apart(news: int, story: int) -> None:
    assert another_story(voices(SECRET, news), voices(BATTERY, story), ADVERT) is None


def test_where_nothing_is_known_of_the_brand_nothing_is_said() -> None:
    nothing = Usual.of([], {Topic.FALSE_ADVERT}, WORDS)
    assert another_story(voices(SECRET), voices(BATTERY), nothing) is None
    assert one_story(voices(REFUND), voices(BATTERY), nothing) is None


texts = st.lists(st.sampled_from([*BATTERY, *SECRET, *REFUND, *ANSWER, *USUAL_TALK]), min_size=1, max_size=40)


@given(texts)
def test_the_same_evidence_twice_is_never_another_story(said: list[str]) -> None:
    heard = voices(said, 1)
    assert another_story(heard, heard, ADVERT) is None


@given(texts, texts)
def test_order_tells_nothing(one: list[str], other: list[str]) -> None:
    news, story = voices(one, 1), voices(other, 1)
    shuffled = sorted(news, key=lambda voice: (len(voice), sorted(voice)))
    assert another_story(shuffled, story[::-1], ADVERT) == another_story(news, story, ADVERT)
    assert one_story(shuffled, story[::-1], ADVERT) == one_story(news, story, ADVERT)
