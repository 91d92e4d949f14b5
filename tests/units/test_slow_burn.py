"""Slow burn: complaints that add up over days while no hour is loud."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.detector import Buckets, Detector
from analysis.detectors.burst import PLUGIN as BURST
from analysis.detectors.negative_surge import PLUGIN as NEGATIVE_SURGE
from analysis.detectors.slow_burn import PLUGIN
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.source import SourceClass
from wanglou.domain.volume import BUCKET, Series
from wanglou.wording import say

T0 = datetime(2026, 3, 1, 20, tzinfo=UTC)
"""Four in the morning of a Monday in Beijing."""

DAY, HOUR = 288, 12
Floats = NDArray[np.float64]


def heard(
    negatives: Floats,
    detector: Detector | None = None,
    source_class: SourceClass = SourceClass.SOCIAL,
    now: datetime = T0,
    planned: Floats | None = None,
) -> list[Signal]:
    line = negatives[np.newaxis, :]
    said = line + np.random.default_rng(7).poisson(24 / DAY, line.shape)
    looks = Buckets(
        series=[Series("lock", "安屿", source_class)],
        starts=[T0 + BUCKET * i for i in range(negatives.size)],
        voices=said,
        negatives=line,
        reach=said,
        exposure=np.where(np.isnan(line), 0.0, 1.0),
        closed=negatives.size,
        planned=None if planned is None else planned[np.newaxis, :],
    )
    chosen = PLUGIN({}) if detector is None else detector
    return chosen.advance(chosen.start(), looks, now)[1]


def complaints(a_day: list[float], seed: int = 1) -> Floats:
    """Days with so many complaints each, most of them in the evening."""
    hours = np.arange(len(a_day) * DAY) / HOUR % 24
    daily = 1.0 + 0.85 * np.cos(2 * np.pi * (hours - 16) / 24)
    rate = np.repeat(np.asarray(a_day), DAY) / DAY * daily
    return np.random.default_rng(seed).poisson(rate).astype(float)


def day_of(signal: Signal) -> int:
    return (signal.at - T0) // timedelta(days=1)


RISING = [8.0] * 28 + [12.0, 16.0, 22.0, 28.0, 30.0, 30.0]


@pytest.mark.parametrize("seed", range(4))
def test_days_of_rising_complaints_below_any_spike_are_told_once(seed: int) -> None:
    negatives = complaints(RISING, seed)
    [signal] = heard(negatives)

    assert 28 <= day_of(signal) <= 32
    assert signal.polarity is Polarity.NEG
    assert not signal.provisional
    assert heard(negatives, BURST({})) == []


def test_the_sentence_gives_numbers_that_can_be_counted() -> None:
    negatives = complaints(RISING)
    [signal] = heard(negatives)
    first, last = ((t - T0) // BUCKET for t in (signal.evidence.since, signal.evidence.until))

    assert int(signal.because.facts["negatives"]) == int(negatives[first:last].sum())
    assert f"近 {signal.because.facts['days']} 天" in say(signal.because)
    assert "complaints have been adding up" in say(signal.because, "en")


@pytest.mark.parametrize("hours", [1, 3])
def test_one_loud_stretch_is_left_to_the_surges(hours: int) -> None:
    negatives = complaints([8.0] * 34)
    begin = 30 * DAY + 12 * HOUR
    negatives[begin : begin + hours * HOUR] += 5.0

    assert heard(negatives) == []
    assert heard(negatives, NEGATIVE_SURGE({}))


def test_a_burn_of_a_fortnight_is_one_and_a_later_one_is_another() -> None:
    first, second = heard(complaints([8.0] * 28 + [30.0] * 14 + [8.0] * 40 + [34.0] * 6))

    assert 28 <= day_of(first) <= 31
    assert day_of(second) >= 82


@pytest.mark.parametrize("a_day", [0.2, 1.0, 3.0])
def test_a_brand_of_a_few_complaints_raises_nothing(a_day: float) -> None:
    assert heard(complaints([a_day] * 90)) == []


def test_a_few_complaints_more_a_day_still_add_up_over_a_week() -> None:
    assert heard(complaints([1.0] * 30 + [9.0] * 7))


def test_the_first_week_is_learnt_and_the_second_is_provisional() -> None:
    assert heard(complaints([8.0] * 3 + [40.0] * 3)) == []
    assert all(s.provisional for s in heard(complaints([8.0] * 9 + [60.0] * 2)))
    assert heard(complaints([8.0] * 9 + [60.0] * 2))


def test_louder_weekends_are_usual() -> None:
    assert [s for s in heard(complaints([8.0, 8, 8, 8, 8, 20, 20] * 8)) if day_of(s) >= 14] == []


def test_a_bot_that_copies_complaints_at_a_fixed_hour_is_usual() -> None:
    negatives = complaints([6.0] * 60)
    negatives[10 * HOUR :: DAY] += np.random.default_rng(3).integers(5, 40, 60)

    assert [s for s in heard(negatives) if day_of(s) >= 14] == []


def test_bots_that_spoil_a_few_weeks_of_memory_make_nobody_deaf() -> None:
    negatives = complaints([48.0] * 28 + [200.0] * 3)
    for day in (9, 11, 14, 16, 19):
        negatives[day * DAY : day * DAY + 5 * HOUR] += 20.0

    assert [s for s in heard(negatives) if day_of(s) >= 28]


def test_after_a_holiday_with_fewer_complaints_the_usual_is_no_burn() -> None:
    assert heard(complaints([20.0] * 25 + [10.0] * 7 + [20.0] * 14)) == []


@pytest.mark.parametrize("blind", [29, 30])
def test_a_blind_day_within_hides_no_burn(blind: int) -> None:
    negatives = complaints([8.0] * 28 + [34.0] * 7)
    negatives[blind * DAY : (blind + 1) * DAY] = np.nan

    assert len(heard(negatives)) == 1


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 999), st.integers(0, 6 * DAY), st.integers(1, 3 * DAY))
def test_a_gap_raises_no_burn(seed: int, begin: int, length: int) -> None:
    negatives = complaints([12.0] * 21, seed)
    calm = heard(negatives)
    negatives[12 * DAY + begin : 12 * DAY + begin + length] = np.nan

    assert len(heard(negatives)) <= len(calm)


def test_a_backlog_is_dated_when_it_happened() -> None:
    now = T0 + timedelta(days=50)
    [signal] = heard(complaints(RISING), now=now)

    assert signal.seen_at == now
    assert 28 <= day_of(signal) <= 32


def test_titles_on_hot_lists_weigh_more_than_posts() -> None:
    negatives = np.zeros(40 * DAY)
    negatives[30 * DAY + 6 * HOUR :: 8 * HOUR] = 1.0  # three bad titles a day where there were none

    assert heard(negatives, source_class=SourceClass.BOARD)


def plan(days: int, since: int, times: float) -> Floats:
    """As many times the usual talk, from day ``since`` on."""
    return np.repeat(np.where(np.arange(days) >= since, times, 1.0), DAY)


@pytest.mark.parametrize("seed", range(4))
def test_a_campaign_brings_its_share_of_complaints_and_that_is_no_burn(seed: int) -> None:
    negatives = complaints([8.0] * 28 + [40.0] * 5, seed)

    assert heard(negatives)
    assert heard(negatives, planned=plan(33, 28, 5.0)) == []


@pytest.mark.parametrize("seed", range(4))
def test_more_complaints_than_a_campaign_explains_are_a_burn_told_as_they_were_counted(seed: int) -> None:
    negatives = complaints([8.0] * 28 + [50.0, 80.0, 110.0, 140.0, 150.0], seed)
    [told] = heard(negatives, planned=plan(33, 28, 3.0))

    assert day_of(told) >= 28
    span = int(told.because.facts["days"]) * DAY
    end = (told.at - T0) // BUCKET + 1
    assert told.because.facts["negatives"] == negatives[end - span : end].sum()


def test_the_days_after_a_campaign_are_held_against_usual_ones() -> None:
    days = [8.0] * 21 + [40.0] * 7 + [8.0] * 7 + [12.0, 16.0, 22.0, 28.0, 30.0, 30.0]
    campaign = np.repeat([1.0] * 21 + [5.0] * 7 + [1.0] * 13, DAY)

    assert {day_of(s) >= 35 for s in heard(complaints(days), planned=campaign)} == {True}
