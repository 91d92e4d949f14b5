"""What hot lists say of a brand: one grave title is enough, ten about a launch are not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.board_features import EVEN, MEMORY, RECENT, Title, features, known_at, signs
from analysis.board_judgement import load_judgement
from analysis.board_titles import with_mark
from analysis.headlines import MARK, load_words
from analysis.mention_detectors.board_entry import PLUGIN, BoardEntry, standing, titles_of
from tests.units.storage.examples import a_mention, an_item
from wanglou.domain.client import Campaign
from wanglou.domain.mention import SeenMention
from wanglou.domain.signal import Polarity
from wanglou.domain.source import SourceClass
from wanglou.wording import say

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


NAME = "云砚"
BAR = load_judgement().bar


def seen(number: int, title: str, at: datetime = NOW) -> SeenMention:
    item = replace(an_item(number, published_at=at), title=title)
    mention = a_mention(item)
    start = title.find(NAME)
    match = replace(mention.match, spans=((start, start + len(NAME)),) if start >= 0 else ())
    return SeenMention(replace(mention, source_class=SourceClass.BOARD, match=match), item)


def told(words: list[str], first: datetime = NOW) -> list[SeenMention]:
    return [seen(i, NAME + text, first + HOUR * i / 2) for i, text in enumerate(words)]


def score(words: list[str], usual: int = 0) -> float:
    past = [Title(NOW - timedelta(days=4) - HOUR * 12 * i, 0.1) for i in range(usual)]
    titles = past + titles_of(told(words), NOW)
    return standing(titles, titles[-1].at).log_odds


@pytest.mark.parametrize("text", ["门锁起火致一人受伤", "门店后厨检出超标被约谈", "被市场监管局责令停产"])
def test_one_title_of_someone_hurt_or_an_authority_acting_is_enough(text: str) -> None:
    assert score([text]) >= BAR


def test_ten_titles_of_a_launch_are_not_enough() -> None:
    assert score(LAUNCH) < BAR


def test_two_accusing_titles_are_enough_where_one_vague_answer_is_not() -> None:
    assert score(["回应"], usual=4) < BAR
    assert score(["被曝用过期原料", "就过期原料道歉"], usual=4) >= BAR


def test_trouble_still_counts_in_the_middle_of_a_launch() -> None:
    assert score([*LAUNCH, "新款自燃 车主受伤", "致歉并召回"]) >= BAR


def launched(p_neg: float, times: float, n: int = 10) -> list[Title]:
    return [Title(NOW - HOUR * i / 4, p_neg, times) for i in reversed(range(n))]


def test_titles_of_a_planned_launch_surprise_less_and_trouble_in_it_no_less() -> None:
    calm = [standing(launched(0.3, times), NOW) for times in (1.0, 6.0)]
    grave = [standing(launched(0.9, times, 1), NOW) for times in (1.0, 6.0)]

    assert calm[1].log_odds < calm[0].log_odds
    assert grave[1] == grave[0]


def test_titles_of_a_past_launch_make_nobody_deaf() -> None:
    def after(times: float) -> float:
        past = [Title(NOW - timedelta(days=5) - HOUR * i, 0.0, times) for i in range(40)]
        return standing([*past, Title(NOW, 0.9)], NOW).log_odds

    assert after(8.0) > after(1.0)


@pytest.mark.parametrize("text", ["门锁起火致一人受伤", "被市场监管局责令停产"])
def test_a_grave_title_in_a_planned_launch_is_told_and_the_launch_is_not(text: str) -> None:
    launch = Campaign("发布会", NOW - HOUR, NOW + 48 * HOUR, 8.0, ("安屿",))
    detector = BoardEntry({"lock": (launch,)})
    titles = told(LAUNCH)
    grave = seen(50, NAME + text, NOW + HOUR * 2)

    assert detector.look(titles, {s.item.key for s in titles}, NOW) == []
    assert detector.look([*titles, grave], {grave.item.key}, NOW)


def test_a_denied_rumour_weighs_less_than_the_charge() -> None:
    charge, denial = titles_of(told(["被曝食物中毒", "食物中毒系谣言 造谣者道歉"]), NOW)
    assert denial.p_neg < charge.p_neg


def test_a_brands_name_is_no_charge_against_it() -> None:
    plain = seen(1, "云砚大会开播")
    scolding = replace(plain, item=replace(plain.item, title="吐槽大会开播"))
    assert titles_of([plain], NOW) == titles_of([scolding], NOW)


def test_names_behind_the_title_are_left_alone() -> None:
    assert with_mark("云砚召回门锁", [(0, 2), (9, 11)]) == f"{MARK}召回门锁"


def test_a_brand_that_is_always_on_the_lists_surprises_nobody() -> None:
    usual = [Title(NOW - HOUR * 6 * i, 0.1) for i in range(5, 50)]
    fresh = [Title(NOW, 0.1)]
    assert standing(usual + fresh, NOW).log_odds < standing(fresh, NOW).log_odds


def test_what_is_too_old_to_count_is_not_read_but_still_usual() -> None:
    old = [seen(i, f"云砚上榜{i}", NOW - timedelta(days=2 + i)) for i in range(9)]
    fresh = [seen(20, "云砚上榜")]
    with_old, without_old = (
        standing(titles_of(all_seen, NOW - RECENT), NOW) for all_seen in (old + fresh, fresh)
    )
    assert with_old.log_odds < without_old.log_odds
    assert {t.p_neg for t in titles_of(old, NOW)} == {0.0}


CATEGORIES = tuple(load_words().trouble)
CALM = tuple(load_words().calm)


@st.composite
def any_title(draw: st.DrawFn) -> Title:
    p_neg = draw(st.floats(0, 1))
    return Title(
        NOW - timedelta(minutes=draw(st.integers(0, 60 * 24 * 15))),
        p_neg,
        draw(st.sampled_from((1.0, 6.0))),
        draw(st.floats(0, 1)) * (1 - p_neg),
        tuple(draw(st.sets(st.sampled_from(CATEGORIES), max_size=2))),
        tuple(draw(st.sets(st.sampled_from(CALM), max_size=2))),
    )


def log_odds(titles: list[Title]) -> float:
    return standing(titles, NOW).log_odds


ROUNDING = 1e-9


@given(st.lists(any_title(), max_size=12), any_title(), st.floats(EVEN, 1), st.integers(0, 71))
def test_a_further_title_that_reads_as_trouble_never_lowers_the_alarm(
    titles: list[Title], further: Title, p_neg: float, ago: int
) -> None:
    trouble = replace(further, at=NOW - HOUR * ago, p_neg=p_neg)
    assert log_odds([*titles, trouble]) >= log_odds(titles) - ROUNDING


@given(st.lists(any_title(), max_size=12), any_title(), st.floats(0, 1), st.integers(0, 71))
def test_a_worse_title_never_lowers_the_alarm(
    titles: list[Title], one: Title, p_neg: float, ago: int
) -> None:
    low, high = sorted((one.p_neg, p_neg))
    better = replace(one, at=NOW - HOUR * ago, p_neg=low)
    worse = replace(better, p_neg=high, p_pos=min(better.p_pos, 1 - high))
    assert log_odds([*titles, worse]) >= log_odds([*titles, better]) - ROUNDING


@given(st.lists(any_title(), max_size=12), st.randoms(use_true_random=False))
def test_the_order_in_which_titles_are_handed_on_changes_nothing(titles: list[Title], chance: Random) -> None:
    shuffled = chance.sample(titles, len(titles))
    assert log_odds(shuffled) == pytest.approx(log_odds(titles))


def test_every_number_has_a_direction_and_every_weight_keeps_it() -> None:
    found = features(known_at([Title(NOW, 0.9)], NOW), NOW)
    assert list(found) == list(signs())
    assert all(bend.weight * signs()[bend.name] > 0 for bend in load_judgement().bends)


@given(st.integers(1, 60))
def test_what_comes_later_changes_nothing_about_what_was_known(later: int) -> None:
    known = [Title(NOW, 0.9)]
    after = [Title(NOW + HOUR * later, 0.9)]
    assert standing(known + after, NOW) == standing(known, NOW)


def test_a_signal_says_how_many_titles_and_how_grave() -> None:
    shown = [seen(1, "云砚起火致人受伤"), seen(2, "云砚被约谈并召回", NOW + HOUR)]
    [signal] = PLUGIN().look(shown, {shown[1].item.key}, NOW + HOUR)
    assert (signal.kind, signal.polarity, signal.source_class) == (
        "board_entry",
        Polarity.NEG,
        SourceClass.BOARD,
    )
    assert (signal.because.facts["titles"], signal.because.facts["troubled"]) == (2, 2)
    assert signal.at == NOW + HOUR
    stands = standing(titles_of(shown, NOW), NOW + HOUR)
    assert signal.strength == load_judgement().strength(stands.log_odds)
    assert signal.strength >= 0.0
    assert "1 个" not in say(signal.because, "zh")
    assert "2 titles" in say(signal.because, "en")


def test_a_signal_tells_how_often_the_brand_was_on_the_lists_before() -> None:
    usual = [seen(10 + i, f"云砚上榜{i}", NOW - timedelta(days=4 + i)) for i in range(3)]
    shown = [*usual, seen(1, "云砚起火致人受伤"), seen(2, "云砚被约谈并召回", NOW + HOUR)]
    [signal] = PLUGIN().look(shown, {shown[-1].item.key}, NOW + HOUR)
    assert (signal.because.facts["before"], signal.because.facts["days"]) == (3, 11)


def test_the_same_words_on_a_second_list_are_one_title() -> None:
    shown = [seen(1, "云砚门锁起火致一人受伤"), seen(2, "云砚门锁起火致一人受伤", NOW + HOUR)]
    [signal] = PLUGIN().look(shown, {shown[1].item.key}, NOW + HOUR)
    assert signal.because.facts["titles"] == 1


def test_what_has_not_just_arrived_is_not_told_again() -> None:
    assert PLUGIN().look([seen(1, "云砚起火致人受伤")], set(), NOW) == []


def test_it_asks_for_as_much_as_it_looks_at() -> None:
    assert PLUGIN().memory >= MEMORY
