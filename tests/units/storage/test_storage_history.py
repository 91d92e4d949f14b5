"""Looking back: what was seen in the order of then, and nothing changed by looking."""

import hashlib
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk.wiring.backtest import StoredHistory
from tests.units.storage.examples import ALL, DAY, HOUR, MINUTE, NOON, an_incident, an_item
from wanglou.domain.incident import TimelineEntry, Via
from wanglou.domain.item import BoardPlace, Engagement
from wanglou.domain.person import HOUSE, Access
from wanglou.domain.source import SourceClass
from wanglou.domain.span import Span
from wanglou.domain.volume import ExposureRow
from wanglou.storage.engine import SqlStorage, open_storage, open_to_look
from wanglou.storage.errors import CannotOpenError, OldSchemaError, ReadOnlyError
from wanglou.storage.history import SqlHistory


def test_an_empty_database_has_no_bounds(storage: SqlStorage) -> None:
    history = SqlHistory(storage)
    assert history.bounds() is None
    assert list(history.sightings(Span(NOON, NOON + DAY))) == []


def test_items_come_back_in_the_order_they_were_seen_over_many_days(storage: SqlStorage) -> None:
    seen = [(NOON + place * 30 * HOUR, an_item(place, published_at=NOON)) for place in range(9)]
    with storage.begin() as uow:
        for at, item in seen:
            uow.items.keep([item], at)
        uow.commit()
    history = SqlHistory(storage)
    bounds = history.bounds()
    assert bounds is not None
    assert bounds.since == NOON
    assert list(history.sightings(bounds)) == seen
    assert list(history.sightings(Span(NOON + HOUR, NOON + 61 * HOUR))) == seen[1:3]


def test_an_edited_item_is_first_seen_with_its_first_words(storage: SqlStorage) -> None:
    texts = ("锁打不开", "锁打不开，官方已致歉", "官方已致歉并召回")
    with storage.begin() as uow:
        for place, text in enumerate(texts):
            uow.items.keep([an_item(text=text)], NOON + place * 4 * DAY)
        uow.commit()
    seen = list(SqlHistory(storage).sightings(Span(NOON, NOON + 30 * DAY)))
    assert [(at, item.text) for at, item in seen] == [
        (NOON + place * 4 * DAY, text) for place, text in enumerate(texts)
    ]


def test_reactions_and_list_places_come_when_they_were_seen(storage: SqlStorage) -> None:
    listed = replace(an_item(), board=BoardPlace("热榜", 30))
    counted = replace(an_item(), engagement=Engagement(NOON + HOUR, comments=90))
    risen = replace(an_item(), board=BoardPlace("热榜", 2))
    with storage.begin() as uow:
        uow.items.keep([listed], NOON)
        uow.items.keep([counted], NOON + HOUR)
        uow.items.keep([risen], NOON + 2 * HOUR)
        uow.commit()
    seen = list(SqlHistory(storage).sightings(Span(NOON, NOON + DAY)))
    assert [at for at, _ in seen] == [NOON, NOON, NOON + HOUR, NOON + 2 * HOUR]
    assert [item.board and item.board.rank for _, item in seen] == [None, 30, None, 2]
    assert seen[2][1].engagement == Engagement(NOON + HOUR, comments=90)
    assert {item.key for _, item in seen} == {an_item().key}


def test_news_of_what_was_seen_before_the_look_back_is_left_out(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.items.keep([an_item()], NOON)
        uow.items.keep([an_item(text="官方已致歉")], NOON + 2 * DAY)
        uow.commit()
    assert list(SqlHistory(storage).sightings(Span(NOON + DAY, NOON + 3 * DAY))) == []


def test_a_look_back_fed_again_gives_the_same_rows(storage: SqlStorage, sqlite_storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.items.keep([an_item(1), replace(an_item(2), board=BoardPlace("热榜", 3))], NOON)
        uow.items.keep([an_item(1, text="改了")], NOON + MINUTE)
        uow.commit()
    seen = list(SqlHistory(storage).sightings(Span(NOON, NOON + DAY)))
    with sqlite_storage.begin() as uow:
        for at, item in seen:
            uow.items.keep([item], at)
        uow.commit()
    assert list(SqlHistory(sqlite_storage).sightings(Span(NOON, NOON + DAY))) == seen


def test_incidents_are_the_clients_the_reader_may_see(storage: SqlStorage) -> None:
    lock, house = an_incident(1), an_incident(1, HOUSE)
    tea = an_incident(1, "tea", opened_at=NOON + MINUTE)
    later = an_incident(2, opened_at=NOON + 2 * DAY)
    with storage.begin() as uow:
        for incident in (lock, tea, house, later):
            assert uow.incidents.add(incident)
        uow.commit()
    history, span = SqlHistory(storage), Span(NOON - DAY, NOON + DAY)
    assert [i.id for i in history.incidents(ALL, span)] == ["lock-1", "tea-1"]
    assert [i.id for i in history.incidents(Access("chen", frozenset({"tea"})), span)] == ["tea-1"]


def test_what_happened_before_the_first_sighting_and_was_told_after_it_is_among_the_past(
    storage: SqlStorage,
) -> None:
    early = replace(an_incident(1), happened_at=NOON - 2 * MINUTE)
    with storage.begin() as uow:
        uow.incidents.add(early)
        uow.commit()
    [past] = StoredHistory(SqlHistory(storage)).past(ALL, Span(NOON - MINUTE, NOON + DAY))
    assert (past.onset, past.told) == (NOON - MINUTE, early.opened_at)


def test_why_people_dismissed_an_incident_stands_in_its_record(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        facts = {"why": "known_campaign", "text": ""}
        uow.incidents.append([TimelineEntry("lock-1", NOON, "wang", Via.DESK, "incident_dismissed", facts)])
        uow.commit()
    assert SqlHistory(storage).dismissal("lock-1") == "known_campaign"
    assert SqlHistory(storage).dismissal("lock-2") == ""


def test_exposure_is_handed_out_as_it_was_written(storage: SqlStorage) -> None:
    rows = [ExposureRow(SourceClass.NEWS, NOON, 0.25)]
    with storage.begin() as uow:
        uow.volumes.add_exposure(rows)
        uow.commit()
    assert SqlHistory(storage).exposure(Span(NOON, NOON + HOUR)) == rows
    assert SqlHistory(storage).exposure(Span(NOON - HOUR, NOON)) == []


def test_what_is_opened_to_look_refuses_to_be_written(address: str) -> None:
    storage = open_to_look(address)
    with pytest.raises(ReadOnlyError), storage.look() as uow:
        uow.items.keep([an_item()], NOON)
    storage.close()


def test_looking_leaves_every_byte_of_a_file_even_beside_a_running_writer(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a%20b.db"  # a name that an address would read otherwise
    writer = open_storage(shutil.copy(sqlite_template, path))
    with writer.begin() as uow:
        uow.items.keep([an_item()], NOON)
        uow.commit()
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    looking = open_to_look(path)
    assert len(list(SqlHistory(looking).sightings(Span(NOON, NOON + DAY)))) == 1
    with writer.begin() as uow:
        uow.items.keep([an_item(2)], NOON + MINUTE)
        uow.commit()
    assert len(list(SqlHistory(looking).sightings(Span(NOON, NOON + DAY)))) == 2
    looking.close()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    writer.close()


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(CannotOpenError, match="there is no such file; name its folder with --data"):
        open_to_look(tmp_path / "wanglou.db")
    assert list(tmp_path.iterdir()) == []


def test_an_older_schema_is_refused_not_upgraded(tmp_path: Path) -> None:
    path = tmp_path / "wanglou.db"
    with closing(sqlite3.connect(path)) as old:
        old.execute("CREATE TABLE alembic_version (version_num TEXT)")  # what stands before the first schema
        old.commit()
    before = path.read_bytes()
    with pytest.raises(OldSchemaError, match="wanglou db upgrade"):
        open_to_look(path)
    assert path.read_bytes() == before


def test_looking_needs_no_patience_of_a_writer(sqlite_template: Path, tmp_path: Path) -> None:
    writer = open_storage(shutil.copy(sqlite_template, tmp_path / "wanglou.db"))
    with writer.begin():
        looking = open_to_look(tmp_path / "wanglou.db", timedelta(milliseconds=20))
        assert SqlHistory(looking).bounds() is None
        looking.close()
    writer.close()
