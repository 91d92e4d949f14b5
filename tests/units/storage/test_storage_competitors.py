"""Competitors' mentions: counted once each, by the hour, and only for those who may see the client."""

from dataclasses import replace
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.laws import ON_ONE_FIXTURE
from tests.units.storage.examples import ALL, DAY, HOUR, MINUTE, NOON, TODAY, a_mention, an_item
from wanglou.domain.mention import CompetitorMention
from wanglou.domain.person import Access
from wanglou.domain.source import SourceClass
from wanglou.domain.span import Span
from wanglou.domain.volume import Series, VolumeRow
from wanglou.ports import Voices
from wanglou.storage.engine import SqlStorage
from wanglou.storage.reader import SqlDeskReader
from wanglou.storage.tables import competitor_hour
from wanglou.storage.unit_of_work import SqlUnitOfWork


def about(
    number: int, *, client: str = "lock", at: datetime | None = NOON, voice: bool = True
) -> CompetitorMention:
    return CompetitorMention(client, "陌川", f"item-{number}", at, NOON, voice)


def add(storage: SqlStorage, *mentions: CompetitorMention) -> list[CompetitorMention]:
    with storage.begin() as uow:
        new = uow.competitors.add(mentions)
        uow.commit()
    return new


def counted(storage: SqlStorage, span: Span = TODAY, access: Access = ALL) -> list[tuple[str, int, int]]:
    found = SqlDeskReader(storage).voices(access, ["lock", "tea"], span)
    return [(v.client, v.mentions, v.voices) for v in found]


def expire(storage: SqlStorage, before: datetime, limit: int = 100) -> int:
    with storage.begin() as uow:
        gone = uow.competitors.expire("lock", before, limit)
        uow.commit()
    return gone


def test_a_copy_is_a_mention_and_no_voice(storage: SqlStorage) -> None:
    add(storage, about(1), about(2, voice=False), about(3, at=NOON + HOUR))
    assert counted(storage) == [("lock", 3, 2)]
    assert counted(storage, Span(NOON, NOON + HOUR)) == [("lock", 2, 1)]


def test_what_was_counted_is_not_counted_again_in_whatever_form_it_comes(storage: SqlStorage) -> None:
    assert add(storage, about(1), about(1)) == [about(1)]
    assert add(storage, about(1), replace(about(1), published_at=NOON - HOUR, voice=False)) == []
    assert counted(storage) == [("lock", 1, 1)]


def test_an_undated_mention_counts_toward_no_hour_nor_when_a_date_turns_up(storage: SqlStorage) -> None:
    assert add(storage, about(1, at=None)) == [about(1, at=None)]
    assert add(storage, about(1)) == []
    assert counted(storage) == []


def test_two_clients_may_have_the_same_competitor(storage: SqlStorage) -> None:
    add(storage, about(1), about(1, client="tea"))
    assert counted(storage) == [("lock", 1, 1), ("tea", 1, 1)]
    assert counted(storage, access=Access("chen", frozenset({"tea"}))) == [("tea", 1, 1)]
    assert counted(storage, access=Access("nobody", frozenset())) == []


def test_own_brands_come_first_with_their_negatives_and_competitors_say_since_when(
    storage: SqlStorage,
) -> None:
    early, span = NOON - 40 * DAY, Span(NOON - DAY, NOON + HOUR)
    add(storage, about(1), about(2, at=early + 7 * MINUTE))
    with storage.begin() as uow:
        series = Series("lock", "安屿", SourceClass.NEWS)
        uow.volumes.add([VolumeRow(series, NOON + n * 5 * MINUTE, 3, 2, 1, 9) for n in range(2)])
        uow.commit()
    assert SqlDeskReader(storage).voices(ALL, ["lock"], span) == [
        Voices("lock", "安屿", competitor=False, mentions=6, voices=4, negatives=2),
        Voices("lock", "陌川", competitor=True, mentions=1, voices=1, since=early),
    ]


def test_competitors_are_out_of_the_detectors_sight(storage: SqlStorage) -> None:
    add(storage, *(about(n) for n in range(50)))
    with storage.look() as uow:
        assert uow.volumes.between(Span(NOON - DAY, NOON + DAY)) == []


def test_what_was_counted_is_forgotten_in_pieces_and_the_counts_stay(storage: SqlStorage) -> None:
    add(storage, *(about(n) for n in range(3)), about(9, client="tea"))
    assert expire(storage, NOON) == 0
    assert (expire(storage, NOON + DAY, 2), expire(storage, NOON + DAY, 2)) == (2, 1)
    assert counted(storage) == [("lock", 3, 3), ("tea", 1, 1)]


def test_an_item_that_is_still_shown_stays_counted(storage: SqlStorage) -> None:
    """A feed may show an old article for years: each time its item was pruned it comes in anew."""
    add(storage, about(1))
    add(storage, replace(about(1), first_seen=NOON + 20 * DAY))
    assert expire(storage, NOON + 10 * DAY) == 0
    assert add(storage, replace(about(1), first_seen=NOON + 30 * DAY)) == []
    assert counted(storage) == [("lock", 1, 1)]


def test_its_item_is_kept_no_longer_for_it(storage: SqlStorage) -> None:
    mine, theirs = an_item(1), an_item(2)
    with storage.begin() as uow:
        uow.items.keep([mine, theirs], NOON)
        uow.mentions.add([a_mention(mine)])
        uow.competitors.add([replace(about(1), item_key=theirs.key)])
        assert uow.items.prune(NOON + DAY) == 1
        uow.commit()
    assert counted(storage) == [("lock", 1, 1)]


def hours(uow: SqlUnitOfWork) -> list[tuple[object, ...]]:
    return [
        tuple(row) for row in uow.connection.execute(select(competitor_hour).order_by(*competitor_hour.c))
    ]


streams = st.lists(
    st.builds(
        about,
        st.integers(0, 12),
        client=st.sampled_from(["lock", "tea"]),
        at=st.none() | st.integers(0, 300).map(lambda m: NOON + m * MINUTE),
    ),
    max_size=20,
    unique_by=lambda m: (m.client, m.item_key),
)


@given(stream=streams, data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=ON_ONE_FIXTURE)
def test_order_pieces_and_repetition_do_not_matter(
    sqlite_storage: SqlStorage, stream: list[CompetitorMention], data: st.DataObject
) -> None:
    with sqlite_storage.begin() as uow:
        uow.competitors.add(stream)
        once = hours(uow)
    with sqlite_storage.begin() as uow:
        shuffled = data.draw(st.permutations(stream))
        cut = data.draw(st.integers(0, len(stream)))
        for piece in (shuffled[:cut], shuffled[cut:], shuffled[:cut]):
            uow.competitors.add(piece)
        assert hours(uow) == once
