"""Velocity: a post takes off beyond its author's and its place's usual."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.growth_detectors.velocity import PLUGIN, growths, usual_of
from tests.units.storage.examples import a_mention, an_item
from wanglou.domain.item import Engagement, Followed
from wanglou.domain.mention import SeenMention, Sentiment
from wanglou.domain.signal import Polarity, Signal
from wanglou.wording import say

T0 = datetime(2026, 3, 10, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def post(
    *counts: tuple[float, int], key: str = "post", author: str | None = "li", old: bool = True
) -> Followed:
    """A post with its comments counted at so many minutes; an old one was published days before."""
    published = T0 - timedelta(days=3) if old else T0
    seen = tuple(Engagement(T0 + minutes * MINUTE, comments=n) for minutes, n in counts)
    return Followed(key, "weibo", author, published, seen)


def others(n: int, an_hour: int, author: str = "some") -> list[Followed]:
    return [
        post((0, 0), (60, an_hour + i % 5), key=f"{author}{i}", author=f"{author}{i % 7}") for i in range(n)
    ]


def seen(label: Sentiment = Sentiment.NEG, brand: str = "安屿") -> SeenMention:
    item = replace(an_item(1, published_at=T0), title="门锁半夜自己开了")
    mention = a_mention(item)
    return SeenMention(replace(mention, brand=brand, reading=replace(mention.reading, label=label)), item)


def heard(grown: Followed, near: list[Followed], label: Sentiment = Sentiment.NEG) -> list[Signal]:
    return PLUGIN().look(grown, [seen(label)], near, T0 + HOUR)


FIVE_TO_FIFTY = ((0.0, 5), (10.0, 50))


def test_five_comments_that_become_fifty_in_ten_minutes_are_told() -> None:
    [signal] = heard(post(*FIVE_TO_FIFTY), others(40, 3))

    assert (signal.kind, signal.polarity, signal.provisional) == ("velocity", Polarity.NEG, False)
    assert signal.at == T0 + 10 * MINUTE
    assert signal.strength >= 0
    assert signal.since <= T0
    assert "10 分钟内从 5 涨到 50" in say(signal.because)
    assert "from 5 to 50 in 10 min" in say(signal.because, "en")


def test_with_nothing_known_of_the_place_they_are_told_provisionally() -> None:
    [signal] = heard(post(*FIVE_TO_FIFTY), [])

    assert signal.provisional


def test_an_author_whose_posts_always_take_off_is_not_told() -> None:
    viral = [post((0, 0), (30, 900 + 40 * i), key=f"v{i}", author="star") for i in range(6)]
    grown = post((0, 100), (30, 1000), author="star")

    assert heard(grown, others(40, 3) + viral) == []
    assert heard(replace(grown, author="li"), others(40, 3) + viral)


def test_where_every_post_takes_off_one_more_is_not_told() -> None:
    assert heard(post(*FIVE_TO_FIFTY), others(40, 250)) == []


@pytest.mark.parametrize("last", [6, 20, 34])
def test_a_few_comments_more_are_nothing(last: int) -> None:
    assert heard(post((0, 5), (10, last)), others(40, 1)) == []


def test_many_comments_over_days_are_nothing() -> None:
    assert heard(post((0, 5), (60 * 48, 200)), others(40, 3)) == []


def test_a_new_post_is_taken_to_have_begun_at_zero_and_an_old_one_is_not() -> None:
    assert heard(post((10, 60), old=False), others(40, 3))
    assert heard(post((10, 60), old=True), others(40, 3)) == []


def test_counts_that_fall_and_counts_not_known_are_no_growth() -> None:
    assert heard(post((0, 500), (10, 40)), others(40, 3)) == []
    unknown = Followed(
        "p", "weibo", None, None, (Engagement(T0, likes=5), Engagement(T0 + 10 * MINUTE, comments=500))
    )
    assert heard(unknown, others(40, 3)) == []


def test_likes_weigh_a_tenth() -> None:
    liked = tuple(Engagement(T0 + m * MINUTE, likes=n) for m, n in ((0, 5), (10, 50)))
    loved = tuple(Engagement(T0 + m * MINUTE, likes=n) for m, n in ((0, 50), (10, 900)))

    assert heard(replace(post(), counts=liked), others(40, 3)) == []
    assert heard(replace(post(), counts=loved), others(40, 3))


@pytest.mark.parametrize("label", Sentiment)
def test_the_signal_feels_as_the_post_does(label: Sentiment) -> None:
    [signal] = heard(post(*FIVE_TO_FIFTY), others(40, 3), label)

    assert signal.polarity.value == label.value


def test_each_brand_the_post_is_about_has_a_signal() -> None:
    both = [seen(), seen(brand="半日青")]
    signals = PLUGIN().look(post(*FIVE_TO_FIFTY), both, others(40, 3), T0 + HOUR)

    assert {s.brand for s in signals} == {"安屿", "半日青"}


def test_counting_more_often_changes_little() -> None:
    often = post(*((m, 5 + m * 9 // 2) for m in range(11)))

    [seldom], [signal] = heard(post(*FIVE_TO_FIFTY), others(40, 3)), heard(often, others(40, 3))

    assert signal.strength == pytest.approx(seldom.strength, abs=0.05)


@given(st.permutations(range(12)))
def test_the_order_of_the_others_does_not_matter(order: list[int]) -> None:
    near = others(12, 5)
    shuffled = usual_of("some1", [near[i] for i in order])

    assert shuffled.mean == pytest.approx(usual_of("some1", near).mean)
    assert shuffled.sd == pytest.approx(usual_of("some1", near).sd)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=8))
def test_growth_is_never_negative_nor_endless(comments: list[int]) -> None:
    grown = growths(post(*((5.0 * i, n) for i, n in enumerate(comments))))

    assert all(0 <= g.an_hour <= 10_000 * 12 for g in grown)
    assert all(g.since < g.at for g in grown)
