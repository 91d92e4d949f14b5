"""Mentions are counted once, read again at will, and summed as the rules need them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import strategies as some
from tests.laws import ON_ONE_FIXTURE
from tests.units.storage.examples import (
    ALL,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    TODAY,
    a_mention,
    an_item,
)
from wanglou.domain.item import Author
from wanglou.domain.mention import Sentiment
from wanglou.domain.person import Access
from wanglou.domain.source import SourceClass
from wanglou.domain.span import Span
from wanglou.domain.topic import Topic
from wanglou.domain.volume import ExposureRow, Series, VolumeRow
from wanglou.ports import BrandTotals
from wanglou.storage import tables
from wanglou.storage.engine import SqlStorage
from wanglou.storage.errors import RefusedRowError

law = settings(max_examples=25, deadline=None, suppress_health_check=ON_ONE_FIXTURE)


def test_a_mention_read_again_is_not_new_and_shows_the_new_reading(storage: SqlStorage) -> None:
    item = an_item()
    first = a_mention(item)
    again = replace(first, reading=replace(first.reading, label=Sentiment.POS), reach=7)
    with storage.begin() as uow:
        uow.items.keep([item], NOON)
        assert uow.mentions.add([first]) == [first]
        other = a_mention(item, client="phone", brand="某某")
        assert uow.mentions.add([again, other]) == [other]
        assert [s.mention for s in uow.mentions.of_brand(ALL, "lock", "安屿", TODAY)] == [again]


def test_the_last_of_two_readings_in_one_batch_is_kept(storage: SqlStorage) -> None:
    item = an_item()
    first, last = a_mention(item), a_mention(item, reach=7)
    with storage.begin() as uow:
        uow.items.keep([item], NOON)
        assert uow.mentions.add([first, last]) == [last]


def test_a_mention_tells_its_item_which_copies_it_belongs_to(storage: SqlStorage) -> None:
    item = an_item()
    with storage.begin() as uow:
        uow.items.keep([item], NOON)
        uow.mentions.add([a_mention(item)])
        assert uow.items.unread(1)[0].group == "group-1"


def test_a_mention_of_an_item_that_is_not_there_is_refused(storage: SqlStorage) -> None:
    with storage.begin() as uow, pytest.raises(RefusedRowError):
        uow.mentions.add([a_mention(an_item())])


def test_mentions_come_newest_first_and_undated_ones_by_their_first_sight(storage: SqlStorage) -> None:
    old, undated, new = (
        an_item(1, published_at=NOON - HOUR),
        an_item(2, published_at=None),
        an_item(3, published_at=NOON + HOUR),
    )
    with storage.begin() as uow:
        uow.items.keep([old, undated, new], NOON + HOUR)
        uow.mentions.add([a_mention(old), a_mention(undated), a_mention(new)])
        found = uow.mentions.of_brand(ALL, "lock", "安屿", TODAY)
        assert [s.item for s in found] == [new, undated, old]
        assert len(uow.mentions.of_brand(ALL, "lock", "安屿", TODAY, limit=2)) == 2
        until_noon = Span(NOON - DAY, NOON)
        assert [s.item for s in uow.mentions.of_brand(ALL, "lock", "安屿", until_noon)] == [old]


def test_mentions_of_one_class_are_found_apart_and_only_by_who_may_see_the_client(
    storage: SqlStorage,
) -> None:
    post, title = an_item(1), an_item(2)
    on_board = replace(a_mention(title), source_class=SourceClass.BOARD)
    boards = Series("lock", "安屿", SourceClass.BOARD)
    with storage.begin() as uow:
        uow.items.keep([post, title], NOON)
        uow.mentions.add([a_mention(post), on_board])
        assert [s.item for s in uow.mentions.of_series(ALL, boards, TODAY, 9)] == [title]
        assert len(uow.mentions.of_series(ALL, replace(boards, source_class=None), TODAY, 9)) == 2
        assert uow.mentions.of_series(Access("wang", frozenset({"phone"})), boards, TODAY, 9) == []


def test_what_was_said_is_that_of_the_mentions_in_their_order(storage: SqlStorage) -> None:
    """Copies, undated ones, authors without an id, other topics; words of the version that was read."""
    board, brand = (Series("lock", "安屿", of) for of in (SourceClass.BOARD, None))
    hour = [NOON - n * HOUR for n in range(6)]
    items = [replace(an_item(n, published_at=hour[n]), author=Author(f"读者{n}", "")) for n in range(4)]
    items += [
        replace(an_item(4, published_at=hour[4]), author=Author("读者", "id-4")),
        an_item(5, "无名", None),
    ]
    mentions = [a_mention(item) for item in items]
    mentions[1] = replace(mentions[1], voice=False, source_class=SourceClass.BOARD)
    mentions[2] = a_mention(items[2], label=Sentiment.POS, topics=(Topic.FALSE_ADVERT, Topic.OUTAGE))
    mentions[3] = replace(mentions[3], void=True)
    with storage.begin() as uow:
        uow.items.keep(items, NOON)
        uow.items.keep([replace(items[0], title="改过的标题", text="改过的正文")], NOON + HOUR)
        uow.mentions.add(mentions)
        for series in (board, brand):
            said = uow.mentions.said(ALL, series, TODAY, 9)
            seen = uow.mentions.of_series(ALL, series, TODAY, 9)
            assert said == [s.said for s in seen]
            assert [one.all_words for one in said] == [s.all_words for s in seen]
        assert {"第0条\n锁打不开", "第5条\n无名"} == {one.words for one in said[:2]}
        assert len(said) == 5
        assert uow.mentions.said(ALL, brand, TODAY, 2) == said[:2]
        assert uow.mentions.said(Access("wang", frozenset({"phone"})), brand, TODAY, 9) == []


def test_mentions_of_some_items_are_found_newest_first_by_who_may_see_the_client(
    storage: SqlStorage,
) -> None:
    items = [an_item(n, published_at=NOON - n * MINUTE) for n in range(4)]
    wanted = [items[n].key for n in (0, 2, 3)]
    with storage.begin() as uow:
        uow.items.keep(items, NOON)
        uow.mentions.add([*map(a_mention, items[:3]), replace(a_mention(items[3]), void=True)])
        found = uow.mentions.of_items(ALL, "lock", "安屿", wanted)
        assert [s.item for s in found] == [items[0], items[2]]
        assert uow.mentions.of_items(ALL, "lock", "别家", wanted) == []
        assert uow.mentions.of_items(ALL, "lock", "安屿", []) == []
        assert uow.mentions.of_items(Access("wang", frozenset({"phone"})), "lock", "安屿", wanted) == []


def test_totals_in_several_spans_are_those_of_each(storage: SqlStorage) -> None:
    topics = [(Topic.PRODUCT_SAFETY,), (Topic.FALSE_ADVERT, Topic.PRODUCT_SAFETY), ()]
    items = [an_item(n, published_at=NOON - n * HOUR) for n in range(9)]
    labels = [Sentiment.NEG, Sentiment.NEG, Sentiment.NEU]
    spans = [Span(NOON - n * HOUR, NOON - m * HOUR + MINUTE) for n, m in ((3, 0), (8, 0), (6, 4), (20, 10))]
    with storage.begin() as uow:
        uow.items.keep(items, NOON)
        uow.mentions.add(
            [
                a_mention(item, label=labels[n % 3], topics=topics[n // 2 % 3], voice=n != 1, reach=n)
                for n, item in enumerate(items)
            ]
        )
        found = uow.volumes.totals_in("lock", "安屿", spans)
        assert found == [uow.volumes.totals("lock", "安屿", span) for span in spans]

    assert [(t.mentions, t.voices, t.negatives, t.reach) for t in found] == [
        (4, 3, 2, 6),
        (9, 8, 5, 36),
        (3, 3, 2, 15),
        (0, 0, 0, 0),
    ]
    assert [t.topics for t in found] == [
        {"product_safety": 2, "false_advert": 1},
        {"product_safety": 4, "false_advert": 1},
        {"product_safety": 1},
        {},
    ]


def test_totals_count_copies_as_reach_and_leave_undated_mentions_out(storage: SqlStorage) -> None:
    safety, advert = Topic.PRODUCT_SAFETY, Topic.FALSE_ADVERT
    items = [an_item(n, published_at=None if n == 9 else NOON) for n in (1, 2, 3, 4, 9)]
    one, two, three, four, undated = items
    with storage.begin() as uow:
        uow.items.keep(items, NOON)
        uow.mentions.add(
            [
                a_mention(one, topics=(safety, advert), reach=10),
                a_mention(two, topics=(safety,), reach=20),
                a_mention(three, topics=(safety,), voice=False, reach=3 * 10**12),
                a_mention(four, topics=(safety,), label=Sentiment.NEU),
                a_mention(undated),
                a_mention(one, client="phone", brand="安屿"),
            ]
        )
        totals = uow.volumes.totals("lock", "安屿", TODAY)
        nothing = uow.volumes.totals("lock", "安屿", Span(NOON + MINUTE, NOON + DAY))
    assert totals == BrandTotals(4, 3, 2, 3 * 10**12 + 130, {"product_safety": 2, "false_advert": 1})
    assert nothing == BrandTotals(0, 0, 0, 0, {})


@law
@given(rows=st.lists(some.volume_rows, max_size=6), cut=st.integers(0, 6))
def test_counts_added_in_parts_are_the_counts_added_at_once(
    storage: SqlStorage, rows: list[VolumeRow], cut: int
) -> None:
    span = Span(some.EPOCH, NOON + 36_500 * DAY)
    with storage.begin() as uow:
        uow.volumes.add([*rows, *rows])
        at_once = uow.volumes.between(span)
        hours = uow.connection.execute(tables.volume_hour.select()).all()
    with storage.begin() as uow:
        for part in (rows[:cut], rows[cut:], rows):
            uow.volumes.add(part)
        assert uow.volumes.between(span) == at_once
        assert set(uow.connection.execute(tables.volume_hour.select()).all()) == set(hours)
    assert sum(row.mentions for row in hours) == 2 * sum(row.mentions for row in rows)


def test_rows_come_by_start_then_series(storage: SqlStorage) -> None:
    def row(minutes: int, brand: str) -> VolumeRow:
        return VolumeRow(Series("lock", brand, SourceClass.NEWS), NOON + minutes * MINUTE, 1, 1, 0, 5)

    with storage.begin() as uow:
        uow.volumes.add([row(5, "b"), row(0, "b"), row(5, "a"), row(10, "a")])
        found = uow.volumes.between(Span(NOON, NOON + 10 * MINUTE))
    assert found == [row(0, "b"), row(5, "a"), row(5, "b")]


def test_a_sum_over_classes_is_not_stored_beside_its_parts(storage: SqlStorage) -> None:
    with storage.begin() as uow, pytest.raises(ValueError, match="sum over classes"):
        uow.volumes.add([VolumeRow(Series("lock", "安屿", None), NOON, 1, 1, 0, 5)])


def test_the_later_word_on_exposure_wins(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.volumes.add_exposure([ExposureRow(SourceClass.NEWS, NOON, 1.0)])
        uow.volumes.add_exposure([ExposureRow(SourceClass.NEWS, NOON, 0.25)])
        found = uow.volumes.exposure_between(TODAY)
    assert found == [ExposureRow(SourceClass.NEWS, NOON, 0.25)]


def test_the_first_of_a_series_voices_is_found_by_when_it_was_published(storage: SqlStorage) -> None:
    items = [an_item(n, published_at=NOON + n * MINUTE if n < 9 else None) for n in (1, 2, 3, 4, 9)]
    calm, copy, first, later, undated = items
    news, forums = (Series("lock", "安屿", c) for c in (SourceClass.NEWS, SourceClass.FORUM))
    with storage.begin() as uow:
        uow.items.keep(items, NOON)
        uow.mentions.add(
            [
                a_mention(calm, label=Sentiment.NEU),
                a_mention(copy, voice=False),
                a_mention(first),
                a_mention(later),
                a_mention(undated),
            ]
        )
        volumes = uow.volumes
        assert volumes.first(news, TODAY, negative=False) == NOON + MINUTE
        assert volumes.first(news, TODAY, negative=True) == NOON + 3 * MINUTE
        assert volumes.first(replace(news, source_class=None), TODAY, negative=True) == NOON + 3 * MINUTE
        late = Span(NOON + 4 * MINUTE, NOON + 5 * MINUTE)
        assert volumes.first(news, late, negative=True) == NOON + 4 * MINUTE
        assert volumes.first(forums, TODAY, negative=False) is None
        assert volumes.first(news, Span(NOON - MINUTE, NOON + MINUTE), negative=False) is None
