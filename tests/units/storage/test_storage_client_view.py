"""What the page of one client asks: its brands by the hour, what is over, what feeds it; and only its own."""

from dataclasses import replace
from datetime import datetime

from tests.units.storage.examples import ALL, DAY, HOUR, MINUTE, NOON, a_mention, an_incident, an_item
from wanglou.domain.incident import IncidentState
from wanglou.domain.person import Access
from wanglou.domain.source import SourceClass
from wanglou.domain.span import Span
from wanglou.domain.volume import Series, VolumeRow
from wanglou.ports import ClientView
from wanglou.storage.engine import SqlStorage
from wanglou.storage.reader import SqlDeskReader

NOW = NOON + 5 * MINUTE
WEEK = Span(NOON - 6 * DAY - 12 * HOUR, NOW)


def said(brand: str, start: datetime, mentions: int, client: str = "lock") -> VolumeRow:
    return VolumeRow(Series(client, brand, SourceClass.NEWS), start, mentions, mentions, 1, 100)


def seen(storage: SqlStorage, span: Span = WEEK, past: int = 10, access: Access = ALL) -> ClientView:
    view = SqlDeskReader(storage).client(access, "lock", span, NOW, past)
    assert view is not None
    return view


def test_each_brand_has_every_hour_of_the_span(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.volumes.add([said("安屿", NOON - n * DAY, 10 + n) for n in range(10)])
        uow.volumes.add([said("屿光", NOON, 3), said("安屿", NOON, 99, client="tea")])
        uow.commit()
    volume = seen(storage).volume
    assert sorted(volume) == ["安屿", "屿光"]
    points = volume["安屿"]
    assert (points[0].start, points[-1].start) == (NOON - 6 * DAY - 12 * HOUR, NOON)
    assert len(points) == len(volume["屿光"]) == 6 * 24 + 13
    assert points[-1].mentions == 10
    assert points[-1].usual_high is not None
    assert volume["屿光"][0].usual_high is None


def test_an_hour_that_the_span_ends_before_is_not_shown(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.volumes.add([said("安屿", NOON, 1), said("安屿", NOON - 3 * HOUR, 1)])
        uow.commit()
    assert seen(storage, Span(NOON - DAY, NOON)).volume["安屿"][-1].start == NOON - HOUR


def test_the_newest_ended_incidents_come_first_and_all_are_counted(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        for number in range(1, 5):
            uow.incidents.add(an_incident(number, state=IncidentState.CLOSED))
        uow.incidents.add(an_incident(5))
        uow.incidents.add(an_incident(6, client="tea", state=IncidentState.DISMISSED))
        uow.commit()
    view = seen(storage, past=3)
    assert [i.number for i in view.past] == [4, 3, 2]
    assert view.all_past == 4


def test_sources_are_counted_by_what_they_brought_in_the_last_day(storage: SqlStorage) -> None:
    ages = (0, 5, 30)
    items = [an_item(n, published_at=NOON - age * HOUR) for n, age in enumerate(ages)]
    other = an_item(9, text="另一处")
    with storage.begin() as uow:
        uow.items.keep([*items, replace(other, source="bbs")], NOON)
        uow.mentions.add([a_mention(item) for item in items])
        uow.mentions.add([a_mention(replace(other, source="bbs"))])
        uow.mentions.add([a_mention(items[0], client="tea")])
        uow.commit()
    assert seen(storage).feeds == {"caijing": 2, "bbs": 1}


def test_a_client_out_of_sight_is_no_client(storage: SqlStorage) -> None:
    reader = SqlDeskReader(storage)
    assert reader.client(Access("chen", frozenset({"tea"})), "lock", WEEK, NOW, 10) is None
    assert seen(storage, access=Access("wang", frozenset({"lock"}))).volume == {}
