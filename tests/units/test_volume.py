"""Counting: what counts, what is not known, and what a brand has in all."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.volume import brand_totals, buckets, count, known_since, with_totals
from wanglou.domain.mention import Match, Mention, Reading, Sentiment
from wanglou.domain.source import SourceClass
from wanglou.domain.span import Span
from wanglou.domain.volume import BUCKET, ExposureRow, Series, VolumeRow, share_of_voice

NOON = datetime(2026, 3, 15, 4, tzinfo=UTC)
NEWS = Series("lock", "安屿", SourceClass.NEWS)
SOCIAL = Series("lock", "安屿", SourceClass.SOCIAL)
HOUR = Span(NOON, NOON + timedelta(hours=1))


def mention(
    at: datetime | None,
    label: Sentiment = Sentiment.NEU,
    source_class: SourceClass = SourceClass.NEWS,
    *,
    voice: bool = True,
    reach: int = 10,
) -> Mention:
    return Mention(
        client="lock",
        brand="安屿",
        item_key="key",
        version=1,
        source="paper",
        source_class=source_class,
        published_at=at,
        first_seen=NOON,
        read_at=NOON,
        match=Match("lock", "安屿", "安屿", ((0, 2),)),
        reading=Reading("model", 0.2, 0.6, 0.2, label, unsure=False),
        group="group",
        voice=voice,
        reach=reach,
    )


def row(series: Series, minutes: int, voices: int = 1, negatives: int = 0) -> VolumeRow:
    return VolumeRow(series, NOON + timedelta(minutes=minutes), voices, voices, negatives, voices * 10)


def test_mentions_count_in_the_bucket_they_were_published_in() -> None:
    rows = count([mention(NOON), mention(NOON + timedelta(minutes=4, seconds=59)), mention(NOON + BUCKET)])

    assert [(r.start, r.voices) for r in rows] == [(NOON, 2), (NOON + BUCKET, 1)]


def test_an_undated_item_counts_toward_no_bucket() -> None:
    assert count([mention(None, Sentiment.NEG)]) == []


def test_a_copy_adds_reach_and_no_voice() -> None:
    [counted] = count([mention(NOON, Sentiment.NEG), mention(NOON, Sentiment.NEG, voice=False, reach=500)])

    assert counted == VolumeRow(NEWS, NOON, mentions=2, voices=1, negatives=1, reach=510)


def test_classes_are_counted_apart() -> None:
    rows = count([mention(NOON), mention(NOON, source_class=SourceClass.SOCIAL)])

    assert [r.series for r in rows] == [NEWS, SOCIAL]


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 120), st.sampled_from(Sentiment), st.booleans()), max_size=30))
def test_order_does_not_matter_and_nothing_is_lost(drawn: list[tuple[int, Sentiment, bool]]) -> None:
    mentions = [mention(NOON + timedelta(minutes=m), label, voice=v) for m, label, v in drawn]

    rows = count(mentions)

    assert rows == count(mentions[::-1])
    assert sum(r.mentions for r in rows) == len(mentions)
    assert sum(r.negatives for r in rows) == sum(v and label is Sentiment.NEG for _, label, v in drawn)


def test_a_bucket_without_a_row_is_a_true_zero() -> None:
    laid = buckets([row(NEWS, 5, voices=3, negatives=2)], [], HOUR, HOUR.until, [NEWS, SOCIAL])

    assert laid.voices.tolist() == [[0, 3, *[0] * 10], [0] * 12]
    assert laid.negatives[0, 1] == 2
    assert laid.reach[0, 1] == 30
    assert (laid.exposure == 1).all()


def test_only_buckets_before_the_watermark_are_closed() -> None:
    laid = buckets([], [], HOUR, NOON + 3 * BUCKET, [NEWS])

    assert laid.starts[: laid.closed] == tuple(NOON + BUCKET * i for i in range(3))
    assert len(laid.starts) == 12


def test_a_span_between_bucket_edges_holds_the_starts_inside_it() -> None:
    odd = Span(NOON + timedelta(minutes=2), NOON + timedelta(minutes=11))

    assert buckets([], [], odd, NOON, [NEWS]).starts == (NOON + BUCKET, NOON + 2 * BUCKET)


def test_an_empty_span_has_no_buckets() -> None:
    laid = buckets([], [], Span(NOON, NOON), NOON, [NEWS])

    assert laid.voices.shape == (1, 0)
    assert buckets([], [], HOUR, NOON, []).voices.shape == (0, 12)


def test_half_blind_counts_are_scaled_and_a_blind_zero_is_unknown() -> None:
    seen = [
        ExposureRow(SourceClass.NEWS, NOON, 0.5),
        ExposureRow(SourceClass.NEWS, NOON + BUCKET, 0.4),
        ExposureRow(SourceClass.NEWS, NOON + 2 * BUCKET, 0.8),
    ]

    laid = buckets([row(NEWS, 0, 3), row(SOCIAL, 5, 2)], seen, HOUR, HOUR.until, [NEWS, SOCIAL])

    assert laid.voices[0, 0] == 6
    assert np.isnan(laid.voices[0, 1])
    assert laid.voices[0, 2] == 0
    assert laid.voices[1, 1] == 2


def test_what_is_seen_while_nearly_blind_stands_unscaled() -> None:
    seen = [ExposureRow(SourceClass.NEWS, NOON, 0.1)]

    laid = buckets([row(NEWS, 0, 7, negatives=5)], seen, HOUR, HOUR.until, [NEWS])

    assert (laid.voices[0, 0], laid.negatives[0, 0]) == (7, 5)


def test_a_brand_of_several_classes_gets_a_sum() -> None:
    seen = [ExposureRow(c, NOON + BUCKET, 0.0) for c in (SourceClass.NEWS, SourceClass.SOCIAL)]
    blind_news = ExposureRow(SourceClass.NEWS, NOON + 2 * BUCKET, 0.0)
    other = Series("tea", "云岫", SourceClass.NEWS)
    laid = buckets(
        [row(NEWS, 0, 2), row(SOCIAL, 0, 3), row(SOCIAL, 10, 4)],
        [*seen, blind_news],
        HOUR,
        HOUR.until,
        [NEWS, SOCIAL, other],
    )

    summed = with_totals(laid)

    assert summed.series == (NEWS, SOCIAL, other, Series("lock", "安屿", None))
    assert summed.voices[3, 0] == 5
    assert np.isnan(summed.voices[3, 1])
    assert summed.voices[3, 2] == 4
    assert summed.exposure[3, 2] == 0.5
    assert (summed.starts, summed.closed) == (laid.starts, laid.closed)


def test_totals_add_up_over_classes_and_buckets() -> None:
    totals = brand_totals([row(SOCIAL, 5, 3, 1), row(NEWS, 0, 2, 1)])

    assert totals == {("lock", "安屿"): VolumeRow(Series("lock", "安屿", None), NOON, 5, 5, 2, 50)}


def test_shares_of_voice_add_up_to_one_or_nobody_spoke() -> None:
    assert share_of_voice({"安屿": 30, "陌川": 10}) == {"安屿": 0.75, "陌川": 0.25}
    assert share_of_voice({"安屿": 0}) == {"安屿": 0.0}


def test_series_sort_with_the_sum_before_its_classes() -> None:
    assert sorted([SOCIAL, NEWS, Series("lock", "安屿", None)]) == [
        Series("lock", "安屿", None),
        NEWS,
        SOCIAL,
    ]


def test_before_a_brand_was_known_its_zeros_say_nothing() -> None:
    other = Series("lock", "屿光", SourceClass.NEWS)
    laid = buckets([row(NEWS, 5), row(NEWS, 30), row(other, 0)], [], HOUR, NOON, [NEWS, other])
    since = {("lock", "安屿"): NOON + 3 * BUCKET, ("lock", "屿光"): NOON}
    known = known_since(laid, since)
    assert np.isnan(known.voices[0]).tolist() == [True, False, True] + [False] * 9
    assert known.voices[0, 1] == 1.0
    assert known.exposure[0].tolist() == [0.0] * 3 + [1.0] * 9
    assert not np.isnan(known.voices[1]).any()
    assert known_since(laid, {("lock", "安屿"): NOON}) is laid
    assert known_since(laid, {}) is laid
