"""Burst and negative surge on the days that fool simpler rules."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import shares
from analysis.detector import Buckets, Detector, untold
from analysis.detectors.burst import PLUGIN as BURST
from analysis.detectors.negative_surge import PLUGIN as NEGATIVE_SURGE
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.source import SourceClass
from wanglou.domain.volume import BUCKET, Series
from wanglou.wording import say

T0 = datetime(2026, 3, 2, tzinfo=UTC)
DAY = 288
HOUR = 12
FAINT = 0.1
"""Of a strength of 1, which is grave."""

Floats = NDArray[np.float64]


def seen(
    detector: Detector,
    voices: Floats,
    negatives: Floats | None = None,
    source_class: SourceClass | None = SourceClass.SOCIAL,
    now: datetime = T0,
) -> list[Signal]:
    line = voices[np.newaxis, :]
    looks = Buckets(
        series=[Series("lock", "安屿", source_class)],
        starts=[T0 + BUCKET * i for i in range(voices.size)],
        voices=line,
        negatives=line * 0 if negatives is None else negatives[np.newaxis, :],
        reach=line,
        exposure=np.ones_like(line),
        closed=voices.size,
    )
    return detector.advance(detector.start(), looks, now)[1]


def quiet(days: int, an_hour: float, seed: int = 1) -> Floats:
    return np.random.default_rng(seed).poisson(an_hour / HOUR, days * DAY).astype(float)


def talk(rate: Floats, seed: int) -> Floats:
    """Talk that comes by chance at this rate an hour."""
    return np.random.default_rng(seed).poisson(rate / HOUR).astype(float)


def within(signals: list[Signal], first: int, last: int) -> list[Signal]:
    return [s for s in signals if T0 + first * BUCKET <= s.at < T0 + last * BUCKET]


def test_nothing_is_said_in_the_first_twelve_hours() -> None:
    voices = quiet(1, 2.0)
    voices[60:72] += 40

    assert within(seen(BURST({}), voices), 0, DAY // 2) == []


def test_a_first_day_is_judged_against_six_times_its_mean_and_provisionally() -> None:
    voices = quiet(1, 2.0)
    voices[200:212] += 1  # 14 an hour: loud, but within six times the mean
    assert seen(BURST({}), voices) == []

    voices[200:212] += 9
    signals = seen(BURST({}), voices)
    assert signals
    assert all(s.provisional for s in signals)


def test_a_long_history_is_not_provisional() -> None:
    voices = quiet(9, 2.0)
    voices[-24:] += 5

    assert not seen(BURST({}), voices)[0].provisional


def test_the_busy_hours_of_every_evening_raise_nothing() -> None:
    hours = np.arange(30 * DAY) / HOUR % 24
    rate = np.where((hours > 10) & (hours < 15), 60.0, 3.0)
    voices = np.random.default_rng(5).poisson(rate / HOUR).astype(float)

    assert within(seen(BURST({}), voices), 2 * DAY, 30 * DAY) == []


def test_a_bot_that_posts_at_the_same_hour_every_day_is_soon_known() -> None:
    voices = quiet(20, 3.0)
    voices[100::DAY] += 60

    assert within(seen(BURST({}), voices), 4 * DAY, 20 * DAY) == []


def test_a_brand_nobody_talks_about_is_still_watched() -> None:
    voices = np.zeros(15 * DAY)
    voices[14 * DAY : 14 * DAY + 6] = 2
    signals = seen(BURST({}), voices, voices)

    assert len(signals) == 1
    assert "平时几乎无人提及" in say(signals[0].because)
    assert seen(BURST({}), np.minimum(voices, 1), voices) == []  # six posts are not yet ten


def test_an_outage_filled_with_zeros_makes_nobody_cry_and_nobody_deaf() -> None:
    voices = quiet(30, 40.0)
    voices[15 * DAY : 15 * DAY + 36 * HOUR] = 0
    assert within(seen(BURST({}), voices), 15 * DAY, 30 * DAY) == []

    voices[20 * DAY : 20 * DAY + 2 * HOUR] += 20
    assert within(seen(BURST({}), voices), 20 * DAY, 20 * DAY + 2 * HOUR)


def test_after_a_huge_event_a_second_one_is_still_seen() -> None:
    voices = quiet(24, 10.0)
    voices[15 * DAY : 15 * DAY + DAY] += 200
    voices[20 * DAY : 20 * DAY + 2 * HOUR] += 60

    assert within(seen(BURST({}), voices), 20 * DAY, 20 * DAY + 2 * HOUR)


def test_a_slow_burn_is_told_by_the_day() -> None:
    hours = np.arange(22 * DAY) / HOUR % 24
    rate = np.where((hours > 10) & (hours < 15), 60.0, 6.0)
    rate[20 * DAY :] = 50.0  # all day long as loud as the evenings, never louder
    voices = np.random.default_rng(2).poisson(rate / HOUR).astype(float)
    signals = within(seen(BURST({}), voices), 20 * DAY, 22 * DAY)

    assert signals
    for signal in signals:
        assert signal.because.facts["hours"] == 24
        assert signal.at - signal.since >= timedelta(hours=22)


def test_a_backlog_counts_when_it_was_published_and_speaks_once() -> None:
    now = T0 + timedelta(days=20)
    voices = quiet(17, 10.0)
    voices[15 * DAY : 15 * DAY + HOUR] += 8
    signals = untold(seen(BURST({}), voices, now=now), [])

    assert len(signals) == 1
    assert signals[0].at < T0 + (15 * DAY + HOUR) * BUCKET
    assert signals[0].seen_at == now


def test_a_brand_that_cries_often_is_believed_less() -> None:
    voices = quiet(40, 5.0)
    for day in range(16, 40, 2):
        voices[day * DAY : day * DAY + HOUR] += 2

    assert 1 <= len(within(seen(BURST({}), voices), 16 * DAY, 40 * DAY)) <= 3


def test_two_detectors_of_the_same_series_each_keep_their_own_floor() -> None:
    voices = np.zeros(3 * DAY)
    voices[2 * DAY + 6 * HOUR] = 14

    heard = [bool(seen(BURST({"floor": floor}), voices)) for floor in (10.0, 15.0, 10.0)]

    assert heard == [True, False, True]


def test_two_classes_of_one_brand_each_keep_their_own_floor() -> None:
    voices = np.zeros(3 * DAY)
    voices[2 * DAY + 6 * HOUR] = 5
    classes = (SourceClass.SOCIAL, SourceClass.NEWS, SourceClass.SOCIAL)

    heard = [bool(seen(BURST({}), voices, source_class=source_class)) for source_class in classes]

    assert heard == [False, True, False]


def test_the_sentence_gives_numbers_that_can_be_counted() -> None:
    voices, negatives = quiet(16, 2.0), np.zeros(16 * DAY)
    voices[15 * DAY : 15 * DAY + 4] += 12
    negatives[15 * DAY : 15 * DAY + 4] = 10
    signal = seen(BURST({}), voices, negatives)[-1]

    first, last = ((t - T0) // BUCKET for t in (signal.evidence.since, signal.evidence.until))
    counted, bad = int(voices[first:last].sum()), int(negatives[first:last].sum())
    zh, en = say(signal.because), say(signal.because, "en")
    assert f"1 小时内 {counted} 条" in zh
    assert f"{bad} 条负面" in zh
    assert f"{bad} of them negative" in en
    assert signal.polarity is Polarity.NEG


def test_much_praise_is_a_burst_without_trouble() -> None:
    voices = quiet(16, 2.0)
    voices[15 * DAY : 15 * DAY + 4] += 12

    assert {s.polarity for s in seen(BURST({}), voices)} == {Polarity.NEU}
    assert seen(NEGATIVE_SURGE({}), voices) == []


def test_a_share_that_turns_bad_is_a_surge_at_usual_volume() -> None:
    rng = np.random.default_rng(3)
    voices = quiet(16, 60.0)
    negatives = rng.binomial(voices.astype(int), 0.3).astype(float)
    negatives[15 * DAY : 15 * DAY + HOUR] = voices[15 * DAY : 15 * DAY + HOUR]
    signals = within(seen(NEGATIVE_SURGE({}), voices, negatives), 15 * DAY, 16 * DAY)

    assert signals
    assert any("平时约" in say(s.because) and "%" in say(s.because) for s in signals)


@pytest.mark.parametrize("hours_between", [0, 1, 4])
def test_two_bad_titles_on_hot_lists_are_a_surge_and_one_is_none(hours_between: int) -> None:
    titles = np.zeros(12 * DAY)
    titles[10 * DAY] = 1
    assert seen(NEGATIVE_SURGE({}), titles, titles, SourceClass.BOARD) == []

    titles[10 * DAY + hours_between * HOUR + 1] += 1
    [signal] = seen(NEGATIVE_SURGE({}), titles, titles, SourceClass.BOARD)
    assert "2 个负面话题上榜" in say(signal.because)


def test_two_titles_a_day_apart_are_no_burst() -> None:
    titles = np.zeros(12 * DAY)
    titles[[10 * DAY, 11 * DAY]] = 1

    assert seen(BURST({}), titles, source_class=SourceClass.BOARD) == []


def test_strength_grows_with_what_happened() -> None:
    strongest = []
    for size in (4, 12, 60):
        voices = quiet(16, 10.0)
        voices[15 * DAY : 15 * DAY + HOUR] += size
        strongest.append(max(s.strength for s in seen(BURST({}), voices)))

    assert strongest == sorted(strongest)
    assert strongest[0] < 1 < strongest[-1]


def test_the_chance_of_a_share_is_a_chance() -> None:
    assert shares.tail(0, 20, 0.2) == pytest.approx(1.0)
    tails = [shares.tail(k, 20, 0.2) for k in range(21)]
    assert tails == sorted(tails, reverse=True)
    assert tails[20] > 0
    assert shares.tail(1, 1, 0.2) == pytest.approx(0.2)
    assert 0 < shares.tail(9_000, 12_000, 0.2) < 1e-3


def test_late_arrivals_that_move_a_signal_tell_nothing_new() -> None:
    voices = quiet(16, 10.0)
    voices[15 * DAY : 15 * DAY + HOUR] += 6
    told = seen(BURST({}), voices)
    voices[15 * DAY - 6 : 15 * DAY] += 6  # the beginning arrived late

    again = seen(BURST({}), voices)

    assert told
    assert again
    assert {s.key for s in again} != {s.key for s in told}
    assert untold(again, told) == []
    assert untold(told[:1], []) == told[:1]


def test_weekends_of_twice_the_talk_are_usual_after_two_weeks() -> None:
    rate = np.where(np.arange(42 * DAY) // DAY % 7 >= 5, 12.0, 6.0)
    told = [
        signal
        for seed in range(5)
        for signal in within(seen(BURST({}), talk(rate, seed)), 14 * DAY, 42 * DAY)
    ]

    assert len(told) <= 1
    assert all(signal.strength < FAINT for signal in told)


@pytest.mark.parametrize(("times", "most"), [(1.5, 1), (2.0, 8)])
def test_a_holiday_week_of_more_talk_is_told_faintly_if_at_all(times: float, most: int) -> None:
    rate = np.full(35 * DAY, 6.0)
    rate[21 * DAY : 28 * DAY] *= times
    told = [
        signal for seed in range(5) for signal in within(seen(BURST({}), talk(rate, seed)), 2 * DAY, 35 * DAY)
    ]

    assert len(told) <= most
    assert all(signal.strength < 2 * FAINT for signal in told)


def test_talk_that_does_not_break_off_is_told_beneath_the_peaks_of_bots() -> None:
    voices = quiet(16, 6.0)
    voices[100::DAY] += 120  # one bucket a day, far above anything people say
    voices[15 * DAY : 15 * DAY + HOUR] += 5
    [signal] = within(seen(BURST({}), voices), 15 * DAY, 15 * DAY + HOUR)
    facts = signal.because.facts
    pace, usual, said, times = (float(facts[name]) for name in ("pace", "usual", "voices", "times"))

    assert "接连不断" in say(signal.because)
    assert "steadily" in say(signal.because, "en")
    assert pace <= said
    assert times == pytest.approx(pace / usual, abs=0.1)


def test_as_many_in_one_bucket_are_not_told_beneath_the_peaks_of_bots() -> None:
    voices = quiet(16, 6.0)
    voices[100::DAY] += 120
    voices[15 * DAY] += 5 * HOUR

    assert within(seen(BURST({}), voices), 15 * DAY, 15 * DAY + HOUR) == []


def test_even_talk_a_third_above_its_usual_best_is_no_burst() -> None:
    rate = np.full(20 * DAY, 240.0)
    rate[16 * DAY : 16 * DAY + 3 * HOUR] *= 4 / 3

    for seed in range(5):
        assert within(seen(BURST({}), talk(rate, seed)), 4 * DAY, 20 * DAY) == []


@pytest.mark.parametrize(
    ("source_class", "zh", "en"),
    [
        (None, "「安屿」1 小时内", "安屿: "),
        (SourceClass.NEWS, "「安屿」在新闻里 1 小时内", "安屿 in news: "),
        (SourceClass.FORUM, "「安屿」在论坛里 1 小时内", "安屿 in forums: "),
    ],
)
def test_the_sentence_says_where_if_it_speaks_of_one_kind_of_place(
    source_class: SourceClass | None, zh: str, en: str
) -> None:
    voices = quiet(16, 2.0)
    voices[15 * DAY : 15 * DAY + 4] += 12
    signal = seen(BURST({}), voices, source_class=source_class)[0]

    assert say(signal.because).startswith(zh)
    assert say(signal.because, "en").startswith(en)
