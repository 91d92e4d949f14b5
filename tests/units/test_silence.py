"""Silence: told when mentions stop while the sources live, and at no other quiet time."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.detector import Buckets
from analysis.detectors.silence import PLUGIN
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.source import SourceClass
from wanglou.domain.volume import BUCKET, Series
from wanglou.wording import say

T0 = datetime(2026, 3, 1, 20, tzinfo=UTC)
"""Four in the morning of a Monday in Beijing."""

DAY, HOUR = 288, 12
Floats = NDArray[np.float64]


def heard(voices: Floats, exposure: Floats | None = None, planned: Floats | None = None) -> list[Signal]:
    line = voices[np.newaxis, :]
    looks = Buckets(
        series=[Series("lock", "安屿", SourceClass.SOCIAL)],
        starts=[T0 + BUCKET * i for i in range(voices.size)],
        voices=line,
        negatives=line * 0,
        reach=line,
        exposure=np.ones_like(line) if exposure is None else exposure[np.newaxis, :],
        closed=voices.size,
        planned=None if planned is None else planned[np.newaxis, :],
    )
    detector = PLUGIN({})
    return detector.advance(detector.start(), looks, T0)[1]


def talk(days: int, a_day: float, seed: int = 1) -> Floats:
    """Loud in the evening, a tenth of it in the small hours."""
    hours = np.arange(days * DAY) / HOUR % 24
    daily = 1.0 + 0.85 * np.cos(2 * np.pi * (hours - 16) / 24)
    return np.random.default_rng(seed).poisson(a_day / DAY * daily).astype(float)


def silent(voices: Floats, begin: int, end: int) -> Floats:
    quiet = voices.copy()
    quiet[begin:end] = 0.0
    return quiet


def test_mentions_that_stop_are_told_once_with_what_was_due() -> None:
    begin = 15 * DAY + 6 * HOUR
    [signal] = heard(silent(talk(20, 300), begin, begin + 14 * HOUR))

    assert signal.polarity is Polarity.NEU
    assert T0 + begin * BUCKET + timedelta(hours=3) <= signal.at <= T0 + (begin + 5 * HOUR) * BUCKET
    assert abs(signal.since - (T0 + begin * BUCKET)) <= timedelta(hours=1)
    assert not signal.provisional
    assert signal.because.facts["voices"] == 0
    assert int(signal.because.facts["due"]) >= 12
    assert "只见到 0 条" in say(signal.because)
    assert "0 mentions where about" in say(signal.because, "en")


def test_a_silence_of_days_is_one_and_the_next_one_is_another() -> None:
    voices = silent(talk(40, 300), 15 * DAY, 18 * DAY)

    first, second = heard(silent(voices, 30 * DAY, 31 * DAY))

    assert first.at < T0 + 16 * DAY * BUCKET
    assert second.at > T0 + 30 * DAY * BUCKET


def test_a_stray_mention_does_not_end_a_silence() -> None:
    voices = silent(talk(20, 600), 15 * DAY, 16 * DAY)
    voices[15 * DAY + 7 * HOUR] = 1
    voices[15 * DAY + 16 * HOUR] = 2

    assert len(heard(voices)) == 1


@pytest.mark.parametrize("a_day", [0.5, 1.0, 3.0])
def test_a_brand_of_three_mentions_a_day_is_never_silent(a_day: float) -> None:
    assert heard(silent(talk(60, a_day), 20 * DAY, 40 * DAY)) == []


def test_the_first_week_is_learnt_and_the_second_is_provisional() -> None:
    assert heard(silent(talk(6, 300), 4 * DAY, 6 * DAY)) == []
    [signal] = heard(silent(talk(11, 300), 9 * DAY, 10 * DAY))
    assert signal.provisional


def test_nights_are_no_silence() -> None:
    voices = talk(40, 400)
    night = np.arange(voices.size) // HOUR % 24 < 5  # nobody is awake from midnight to nine
    voices[night] = 0.0

    assert heard(voices) == []


def test_weekends_without_a_word_are_learnt() -> None:
    voices = talk(42, 300)
    voices[np.arange(voices.size) // DAY % 7 >= 5] *= 0.0

    assert [s for s in heard(voices) if s.at >= T0 + timedelta(days=14)] == []


def test_a_holiday_week_at_a_third_of_the_talk_is_no_silence() -> None:
    rng = np.random.default_rng(5)
    voices = talk(40, 400)
    voices[20 * DAY : 27 * DAY] = rng.binomial(voices[20 * DAY : 27 * DAY].astype(int), 0.33)

    assert heard(voices) == []


def test_a_daily_bot_leaves_no_silence_behind() -> None:
    voices = talk(30, 40)
    voices[4 * HOUR :: DAY] += 60

    assert heard(voices) == []


def plan(voices: Floats, first: int, days: int, factor: float) -> Floats:
    planned = np.ones_like(voices)
    planned[first * DAY : (first + days) * DAY] = factor
    return planned


def test_after_a_long_planned_campaign_no_more_is_due_than_before_it() -> None:
    planned = plan(talk(40, 300), 20, 12, 30.0)
    voices = silent(talk(40, 300) * planned, 33 * DAY + 6 * HOUR, 34 * DAY)

    [with_plan], without = heard(voices, planned=planned), heard(voices)

    assert with_plan.at > T0 + 33 * DAY * BUCKET
    usual = heard(silent(talk(40, 300), 33 * DAY + 6 * HOUR, 34 * DAY))[0].because.facts["due"]
    assert int(with_plan.because.facts["due"]) == pytest.approx(int(usual), rel=0.25)
    assert int(without[0].because.facts["due"]) > 1.5 * int(usual)


def test_a_campaign_that_nobody_heeds_is_no_silence_and_hides_none() -> None:
    voices = talk(40, 300)
    planned = plan(voices, 20, 5, 30.0)
    quiet = silent(voices, 25 * DAY + 6 * HOUR, 26 * DAY)

    assert heard(voices, planned=planned) == []
    assert len(heard(quiet, planned=planned)) == len(heard(quiet)) == 1


def test_silence_in_the_middle_of_a_campaign_is_told() -> None:
    planned = plan(talk(40, 300), 20, 5, 10.0)
    voices = silent(talk(40, 300) * planned, 22 * DAY + 6 * HOUR, 23 * DAY)

    assert len(heard(voices, planned=planned)) == 1


@pytest.mark.parametrize("days", [1, 3, 6])
def test_after_a_campaign_of_ten_times_the_talk_the_usual_is_no_silence(days: int) -> None:
    voices = talk(40, 300)
    voices[20 * DAY : (20 + days) * DAY] *= 10

    assert heard(voices) == []


def test_a_series_that_begins_with_a_crisis_is_not_silent_afterwards() -> None:
    voices = talk(30, 100)
    voices[: 2 * DAY] *= 100

    assert heard(voices) == []


@pytest.mark.parametrize("share", [0.0, 0.4, 0.67])
def test_with_a_source_that_cannot_be_seen_quiet_says_nothing(share: float) -> None:
    voices = silent(talk(20, 300), 15 * DAY, 17 * DAY)
    exposure = np.ones(voices.size)
    exposure[15 * DAY : 17 * DAY] = share

    assert heard(voices, exposure) == []


def test_a_place_dead_for_weeks_hides_no_silence() -> None:
    voices = silent(talk(40, 300), 35 * DAY, 36 * DAY)
    exposure = np.ones(voices.size)
    exposure[5 * DAY :] = 0.8

    assert len(heard(voices, exposure)) == 1


def test_a_silence_with_a_gap_inside_is_still_one() -> None:
    begin = 15 * DAY + 6 * HOUR
    voices = silent(talk(20, 300), begin, begin + 30 * HOUR)
    voices[begin + HOUR : begin + 9 * HOUR] = np.nan

    [signal] = heard(voices)

    assert float(signal.because.facts["hours"]) < (signal.at - signal.since) / timedelta(hours=1)


def test_a_short_pause_of_a_loud_brand_is_no_silence() -> None:
    voices = talk(20, 20_000)

    assert heard(silent(voices, 15 * DAY, 15 * DAY + 2 * HOUR)) == []


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 999), st.integers(0, 4 * DAY), st.integers(1, 3 * DAY))
def test_a_gap_never_raises_a_silence(seed: int, begin: int, length: int) -> None:
    voices = talk(15, 200, seed)
    calm = heard(voices)
    voices[10 * DAY + begin : 10 * DAY + begin + length] = np.nan

    assert len(heard(voices)) <= len(calm)
