"""What sources showed: kept once, in versions, until nothing uses it."""

from dataclasses import replace
from datetime import timedelta

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
from wanglou.domain.item import BoardPlace, DatedBy, Engagement, Item
from wanglou.domain.span import Span
from wanglou.ports import KnownCopy, MentionFilter
from wanglou.storage import places, tables
from wanglou.storage.engine import SqlStorage
from wanglou.storage.mention_list import SqlMentionReader

law = settings(max_examples=25, deadline=None, suppress_health_check=ON_ONE_FIXTURE)
batches = st.lists(some.items, max_size=6)


@law
@given(batch=batches, again=batches)
def test_a_batch_fed_twice_or_split_writes_no_more(
    storage: SqlStorage, batch: list[Item], again: list[Item]
) -> None:
    with storage.begin() as uow:
        whole = uow.items.keep([*batch, *again], NOON)
        first = uow.items.unread(100)
        assert uow.items.keep(batch, NOON + HOUR) == 0
        assert uow.items.keep([*again, *batch], NOON + HOUR) == 0
        assert [k.version for k in uow.items.unread(100)] == [k.version for k in first]
    with storage.begin() as uow:
        assert uow.items.keep(batch, NOON) + uow.items.keep(again, NOON) == whole


def test_an_edited_article_is_a_new_version_to_be_read_again(storage: SqlStorage) -> None:
    first, edited = an_item(text="锁打不开"), an_item(text="锁打不开，官方已致歉")
    with storage.begin() as uow:
        assert uow.items.keep([first], NOON) == 1
        uow.items.mark_read(uow.items.unread(10), NOON)
        assert uow.items.keep([edited], NOON + HOUR) == 1
        (kept,) = uow.items.unread(10)
        assert (kept.item, kept.version, kept.first_seen) == (edited, 2, NOON)


def test_a_version_seen_before_is_not_news(storage: SqlStorage) -> None:
    """A cache that answers with the old page now and then must not make versions for ever."""
    first, edited = an_item(text="锁打不开"), an_item(text="锁打不开，官方已致歉")
    with storage.begin() as uow:
        uow.items.keep([first, edited], NOON)
        assert uow.items.keep([first], NOON + HOUR) == 0
        assert uow.items.unread(10)[0].item == edited


def test_a_version_that_came_in_during_the_reading_stays_unread(storage: SqlStorage) -> None:
    first, edited = an_item(text="锁打不开"), an_item(text="官方已致歉")
    with storage.begin() as uow:
        uow.items.keep([first], NOON)
        being_read = uow.items.unread(10)
        uow.items.keep([edited], NOON + MINUTE)
        uow.items.mark_read(being_read, NOON + 2 * MINUTE)
        assert [k.item for k in uow.items.unread(10)] == [edited]


def test_people_see_the_words_that_were_read(storage: SqlStorage) -> None:
    """Offsets of a match lie in the version that was read, not in a later one."""
    first, edited = an_item(text="锁打不开"), an_item(text="官方已致歉")
    with storage.begin() as uow:
        uow.items.keep([first], NOON)
        uow.mentions.add([a_mention(first)])
        uow.items.keep([edited], NOON + HOUR)
        (seen,) = uow.mentions.of_brand(ALL, "lock", "安屿", TODAY)
        assert seen.item == first
        uow.mentions.add([replace(seen.mention, version=2)])
        (seen,) = uow.mentions.of_brand(ALL, "lock", "安屿", TODAY)
        assert seen.item == edited


def test_a_publication_time_ahead_of_us_is_set_back_and_marked(storage: SqlStorage) -> None:
    ahead = an_item(published_at=NOON + HOUR)
    with storage.begin() as uow:
        uow.items.keep([ahead], NOON)
        (kept,) = uow.items.unread(1)
    assert (kept.item.published_at, kept.future_dated) == (NOON, True)
    assert kept.item.dated_by is DatedBy.FEED


def test_an_edit_keeps_the_first_publication_time_and_gives_one_where_there_was_none(
    storage: SqlStorage,
) -> None:
    dated, undated = an_item(1, published_at=NOON - HOUR), an_item(2, published_at=None)
    with storage.begin() as uow:
        uow.items.keep([dated, undated], NOON)
        edits = [an_item(1, "改", published_at=NOON), an_item(2, "改", published_at=NOON - DAY)]
        uow.items.keep(edits, NOON + HOUR)
        times = {k.item.url[-1]: k.item.published_at for k in uow.items.unread(10)}
    assert times == {"1": NOON - HOUR, "2": NOON - DAY}


def test_engagement_and_places_gather_history_and_the_newest_is_shown(storage: SqlStorage) -> None:
    def seen(likes: int, rank: int, after: timedelta) -> Item:
        return replace(an_item(), engagement=Engagement(NOON + after, likes), board=BoardPlace("热搜", rank))

    with storage.begin() as uow:
        uow.items.keep([seen(10, 5, HOUR)], NOON)
        assert uow.items.keep([seen(90, 1, 2 * HOUR)], NOON + HOUR) == 0
        assert uow.items.keep([seen(3, 9, timedelta())], NOON - HOUR) == 0
        assert uow.items.unread(1)[0].item == seen(90, 1, 2 * HOUR)
        likes = uow.connection.execute(
            tables.item_engagement.select().order_by(tables.item_engagement.c.observed_at)
        )
        ranks = uow.connection.execute(tables.item_place.select().order_by(tables.item_place.c.placed_at))
        assert [row.likes for row in likes] == [3, 10, 90]
        assert [row.rank for row in ranks] == [9, 5, 1]


def test_unread_items_come_first_seen_first(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.items.keep([an_item(2)], NOON + HOUR)
        uow.items.keep([an_item(1)], NOON)
        assert [k.item for k in uow.items.unread(10)] == [an_item(1), an_item(2)]
        assert [k.item for k in uow.items.unread(1)] == [an_item(1)]


def test_of_items_seen_together_the_earliest_published_comes_first_and_the_undated_last(
    storage: SqlStorage,
) -> None:
    late, early, undated = (an_item(n, published_at=at) for n, at in ((1, NOON), (2, NOON - HOUR), (3, None)))
    with storage.begin() as uow:
        uow.items.keep([undated, late, early], NOON)
        assert [k.item for k in uow.items.unread(10)] == [early, late, undated]


def test_pruning_leaves_what_a_mention_uses(storage: SqlStorage) -> None:
    used, unused, fresh = an_item(1), replace(an_item(2), board=BoardPlace("热搜", 1)), an_item(3)
    with storage.begin() as uow:
        uow.items.keep([used, unused], NOON)
        uow.items.keep([replace(unused, text="改")], NOON)
        uow.items.keep([fresh], NOON + DAY)
        uow.mentions.add([a_mention(used)])
        assert uow.items.prune(NOON + HOUR) == 1
        assert [k.item for k in uow.items.unread(10)] == [used, fresh]
        assert uow.items.prune(NOON + HOUR) == 0


def test_a_fingerprint_keeps_its_first_group_and_is_seen_again(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.copies.remember({"f1": "g1", "f2": "g2"}, NOON)
        uow.copies.remember({"f1": "g9"}, NOON + DAY)
        uow.copies.remember({"f1": "g9"}, NOON)
        first = {"f1": KnownCopy("g1", NOON, NOON + DAY)}
        assert uow.copies.known(["f1", "f2", "f3"]) == first | {"f2": KnownCopy("g2", NOON, NOON)}
        uow.items.prune(NOON + HOUR)
        assert uow.copies.known(["f1", "f2"]) == first


def test_a_drop_folder_of_any_size_may_be_fed_twice(sqlite_storage: SqlStorage) -> None:
    """Beyond what a database takes as values of one statement."""
    export = [Item("export", f"https://example.cn/{n}", "", "") for n in range(33_000)]
    with sqlite_storage.begin() as uow:
        assert uow.items.keep(export, NOON) == len(export)
        assert uow.items.keep(export, NOON) == 0
        uow.items.mark_read(uow.items.unread(len(export)), NOON)
        assert uow.items.unread(1) == []
        assert uow.copies.known([str(n) for n in range(70_000)]) == {}


def test_a_place_held_on_to_is_kept_once_and_one_returned_to_again(storage: SqlStorage) -> None:
    item = replace(an_item(), board=BoardPlace("热搜", 3))
    for minutes in (0, 30, 60, 180):
        with storage.begin() as uow:
            assert uow.items.places([item.key]) == ({item.key: item.board} if minutes else {})
            uow.items.keep([item], NOON + timedelta(minutes=minutes))
            uow.commit()
    with storage.look() as uow:
        rows = uow.connection.execute(tables.item_place.select().order_by(tables.item_place.c.placed_at))
        assert [row.placed_at for row in rows] == [NOON, NOON + timedelta(minutes=180)]
        assert uow.connection.execute(tables.item.select()).one().placed_at == NOON + timedelta(minutes=180)


def test_moves_on_a_hot_list_come_back_with_their_heat_and_the_last_sight(storage: SqlStorage) -> None:
    item = replace(an_item(), board=BoardPlace("热搜", 30, 1_200))
    for after, rank, heat in ((0, 30, 1_200), (10, 4, 98_000), (20, 4, 9_000), (300, 4, None)):
        with storage.begin() as uow:
            now_there = replace(item, board=BoardPlace("热搜", rank, heat))
            uow.items.keep([now_there], NOON + after * MINUTE)
            uow.commit()
    plain = an_item(2)
    with storage.begin() as uow:
        uow.items.keep([plain], NOON)
        uow.mentions.add([a_mention(item), replace(a_mention(plain), group="another")])
        uow.commit()
    found = SqlMentionReader(storage).find(
        ALL, MentionFilter((a_mention(item).client,), Span(NOON - DAY, NOON + DAY)), None, "", NOON + DAY
    )
    moves = {s.seen.item.key: s.placed for s in found.stories}
    assert moves[plain.key] == ()
    told = [(m.at - NOON, m.place.rank, m.place.heat) for m in moves[item.key]]
    assert told == [
        (timedelta(), 30, 1_200),
        (timedelta(minutes=10), 4, 98_000),
        (timedelta(minutes=300), 4, None),
    ]
    with storage.begin() as uow:
        uow.items.keep([replace(item, board=BoardPlace("热搜", 4, 7))], NOON + timedelta(minutes=310))
        last = places.placed(uow.connection, [s.seen for s in found.stories])[item.key][-1]
    assert (last.at - NOON, last.place.heat) == (timedelta(minutes=310), 7)
