"""Drift by the week: what is counted when the worker reads, and what stands out."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analysis.brand_reader import Asked, BrandReader
from analysis.drift import BASELINE, ENOUGH, SHOWN, WEEK, drift_of, week_of
from analysis.model import load_weights
from analysis.reading import Reader
from analysis.segmenting import QuickSegmenter
from wanglou.domain.agency import Lexicon
from wanglou.domain.drift import CorrectedReading, ReadingCount
from wanglou.wording import LANGUAGES, say

NOW = datetime(2026, 3, 12, 6, 0, tzinfo=UTC)
MONDAY = date(2026, 3, 9)


def weeks(usual: ReadingCount, now: ReadingCount) -> dict[date, ReadingCount]:
    before = {MONDAY - WEEK * back: usual for back in range(1, SHOWN + BASELINE)}
    return {**before, MONDAY: now}


USUAL = ReadingCount(1_000, 200, 100_000, 12_000)


def codes(now: ReadingCount) -> list[str]:
    found = drift_of(weeks(USUAL, now), [], NOW)
    assert all(say(reason, language) for reason in found.remarks for language in LANGUAGES)
    return [reason.code for reason in found.remarks]


@pytest.mark.parametrize(
    ("moment", "monday"),
    [
        (datetime(2026, 3, 9, 0, 0, tzinfo=UTC), MONDAY),
        (datetime(2026, 3, 15, 23, 59, tzinfo=UTC), MONDAY),
        (datetime(2026, 3, 8, 23, 59, tzinfo=UTC), MONDAY - WEEK),
    ],
)
def test_a_week_is_named_by_its_monday(moment: datetime, monday: date) -> None:
    assert week_of(moment) == monday


def test_a_usual_week_is_not_remarked() -> None:
    assert codes(USUAL) == []


def test_more_doubt_and_more_new_words_than_usual_are_remarked() -> None:
    assert codes(ReadingCount(1_000, 300, 100_000, 12_000)) == ["drift_unsure"]
    assert codes(ReadingCount(1_000, 200, 100_000, 20_000)) == ["drift_unseen"]
    assert codes(ReadingCount(1_000, 300, 100_000, 20_000)) == ["drift_unsure", "drift_unseen"]


def test_less_of_both_is_no_trouble() -> None:
    assert codes(ReadingCount(1_000, 100, 100_000, 1_000)) == []


def test_a_week_that_has_just_begun_says_nothing_yet() -> None:
    assert codes(ReadingCount(ENOUGH - 1, ENOUGH - 1, 100, 100)) == []


def test_without_earlier_weeks_there_is_nothing_to_hold_a_week_against() -> None:
    found = drift_of({MONDAY: ReadingCount(1_000, 900, 10, 10)}, [], NOW)
    assert found.baseline is None
    assert found.remarks == ()
    assert [week.start for week in found.weeks] == [MONDAY]


def test_nothing_read_is_nothing_told() -> None:
    assert drift_of({}, [], NOW).weeks == ()


def test_the_baseline_is_the_weeks_before_those_that_are_shown() -> None:
    found = drift_of(weeks(USUAL, USUAL), [], NOW)
    assert found.baseline
    assert found.baseline.readings == BASELINE * USUAL.readings
    assert len(found.weeks) == SHOWN
    assert found.weeks[-1].start == MONDAY
    assert found.baseline.start + WEEK * BASELINE == found.weeks[0].start


def test_a_week_tells_how_sure_the_model_was_of_what_people_looked_at() -> None:
    looked_at = [
        CorrectedReading(NOW, 0.9, was_right=False),
        CorrectedReading(NOW - timedelta(hours=1), 0.5, was_right=True),
        CorrectedReading(NOW - WEEK, 0.6, was_right=False),
    ]
    before, now = drift_of({}, looked_at, NOW).weeks
    assert (now.corrections, now.right) == (2, 0.5)
    assert now.claimed == pytest.approx(0.7)
    assert (before.corrections, before.claimed, before.right) == (1, 0.6, 0.0)
    assert (now.readings, now.unsure, now.unseen) == (0, None, None)


def test_strange_words_are_counted_as_never_seen_and_known_ones_are_not() -> None:
    reader = BrandReader(Reader(load_weights(), Lexicon(), QuickSegmenter(())), "v")

    def share(texts: list[str]) -> float:
        readings, count = reader.read_counted([Asked("", text, ()) for text in texts])
        assert count.readings == len(readings) == len(texts)
        assert count.unsure == sum(reading.unsure for reading in readings)
        return count.unseen / count.grams

    plain = share(
        ["客服态度很好，物流也快，下次还会再来", "质量太差了，用了两天就坏了", "今天去门店看了看，人不多"] * 5
    )
    strange = share(
        ["囍龘靐齉爩鱻麤灪龖厵滟爨癵籱饢驫鲡鹂鸾麣纞虋", "讟钃鸜麷鞻韽韾顟鬸鱹鷫鹴麢黸齽齾龗靇靆"] * 5
    )
    assert plain < 0.15
    assert strange > 0.6


def test_an_empty_batch_counts_nothing() -> None:
    reader = BrandReader(Reader(load_weights(), Lexicon(), QuickSegmenter(())), "v")
    assert reader.read_counted([]) == ([], ReadingCount())
