"""What hot lists say of a brand: one grave title is enough, ten about a launch are not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.board_titles import judged, without_names
from analysis.mention_detectors.board_entry import BAR, GRAVE, MEMORY, PLUGIN, Title, standing
from tests.units.storage.examples import a_mention, an_item
from wanglou.domain.mention import SeenMention
from wanglou.domain.signal import Polarity
from wanglou.domain.source import SourceClass

NOW = datetime(2026, 3, 10, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
LAUNCH = [
    "发布春季新品",
    "新品定价",
    "官宣代言人",
    "联名款开售",
    "新品亮相",
    "外观曝光",
    "预售卖断货",
    "大片",
    "限定配色",
    "演唱会同款",
]


def titles(words: list[str], first: datetime = NOW, p_model: float = 0.2) -> list[Title]:
    return [Title(first + HOUR * i / 2, judged(text, p_model)) for i, text in enumerate(words)]


def score(words: list[str], p_model: float = 0.2) -> float:
    told = titles(words, p_model=p_model)
    return standing(told, told[-1].at).score


@pytest.mark.parametrize("text", ["门锁起火致一人受伤", "门店后厨检出超标被约谈", "市场监管局责令停产"])
def test_one_title_of_someone_hurt_or_an_authority_acting_is_enough(text: str) -> None:
    assert score([text], p_model=0.5) >= BAR


def test_ten_titles_of_a_launch_are_not_enough() -> None:
    assert score(LAUNCH) < BAR


def test_two_accusing_titles_are_enough_where_one_vague_answer_is_not() -> None:
    assert score(["回应"]) < BAR
    assert score(["被曝用过期原料", "就过期原料道歉"], p_model=0.5) >= BAR


def test_trouble_still_counts_in_the_middle_of_a_launch() -> None:
    assert score([*LAUNCH, "新款自燃 车主受伤", "致歉并召回"], p_model=0.5) >= BAR


def test_a_denied_rumour_weighs_less_than_the_charge() -> None:
    assert judged("辟谣食物中毒", 0.5).p_neg < judged("食物中毒", 0.5).p_neg


def test_a_brands_name_is_no_charge_against_it() -> None:
    title = "吐槽大会开播"
    assert judged(title, 0.2).sorts
    assert not judged(without_names(title, [(0, 4)]), 0.2).sorts


def test_a_brand_that_is_always_on_the_lists_surprises_nobody() -> None:
    usual = [Title(NOW - HOUR * 6 * i, judged("上榜", 0.2)) for i in range(5, 50)]
    fresh = [Title(NOW, judged("上榜", 0.2))]
    assert standing(usual + fresh, NOW).surprise < standing(fresh, NOW).surprise


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 48))
def test_a_worse_title_never_lowers_the_score(one: float, other: float, ago: int) -> None:
    low, high = sorted((one, other))
    at = NOW - HOUR * ago
    better, worse = (standing([Title(at, judged("上榜", p))], NOW).score for p in (low, high))
    assert worse >= better


@given(st.integers(1, 60))
def test_what_comes_later_changes_nothing_about_what_was_known(later: int) -> None:
    known = titles(["门锁起火致一人受伤"])
    after = [Title(NOW + HOUR * later, judged("召回", 0.9))]
    assert standing(known + after, NOW) == standing(known, NOW)


def seen(number: int, title: str, at: datetime = NOW) -> SeenMention:
    item = replace(an_item(number, published_at=at), title=title)
    mention = a_mention(item)
    match = replace(mention.match, spans=())
    return SeenMention(replace(mention, source_class=SourceClass.BOARD, match=match), item)


def test_a_signal_says_how_many_titles_and_how_grave() -> None:
    told = [seen(1, "起火致人受伤"), seen(2, "被约谈并召回", NOW + HOUR)]
    arrived = {told[1].item.key}
    [signal] = PLUGIN().look(told, arrived, NOW + HOUR)
    assert (signal.kind, signal.polarity, signal.source_class) == (
        "board_entry",
        Polarity.NEG,
        SourceClass.BOARD,
    )
    assert (signal.because.facts["titles"], signal.because.facts["troubled"]) == (2, 2)
    assert signal.at == NOW + HOUR
    assert signal.strength == pytest.approx((standing_of(told) - BAR) / (GRAVE - BAR))


def standing_of(told: list[SeenMention]) -> float:
    readings = [judged(s.item.title, s.mention.reading.p_neg) for s in told]
    return standing([Title(NOW + HOUR * i, read) for i, read in enumerate(readings)], NOW + HOUR).score


def test_the_same_words_on_a_second_list_are_one_title() -> None:
    told = [seen(1, "起火致人受伤"), seen(2, "起火致人受伤", NOW + HOUR)]
    [signal] = PLUGIN().look(told, {told[1].item.key}, NOW + HOUR)
    assert signal.because.facts["titles"] == 1


def test_what_has_not_just_arrived_is_not_told_again() -> None:
    assert PLUGIN().look([seen(1, "起火致人受伤")], set(), NOW) == []


def test_it_asks_for_as_much_as_it_looks_at() -> None:
    assert PLUGIN().memory >= MEMORY
