"""The rehearsal looks back: two weeks that came in at once are seen when they were published."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.backtesting.saved import Shelf
from desk.rehearsal.chatter import chatter
from desk.rehearsal.demo_config import Addresses, write_config
from desk.rehearsal.look_back import OURS, SPAN, Lived, look_back
from desk.rehearsal.posts import Place as TownPlace
from desk.rehearsal.posts import Strand, load_script, visible
from desk.sample import SAMPLE_CONFIG, SHIPPED_LIBRARY
from desk.wiring.backtest import StoredHistory
from desk.wiring.shared import Place, storage_of
from wanglou.domain.item import Author, DatedBy, Item
from wanglou.domain.span import Span
from wanglou.storage.engine import SqlStorage
from wanglou.storage.history import SqlHistory

NOW = datetime(2026, 3, 10, 6, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def said(source: str, name: str, text: str, at: datetime | None) -> Item:
    url = f"https://{source}.example/{name}"
    return Item(source, url, "", text, Author(name), at, DatedBy.FEED if at else DatedBy.NONE)


def kept(storage: SqlStorage, seen_at: datetime, *items: Item) -> None:
    with storage.begin() as uow:
        uow.items.keep(list(items), seen_at)
        uow.commit()


@pytest.fixture
def lived(sqlite_storage: SqlStorage) -> Lived:
    return Lived(StoredHistory(SqlHistory(sqlite_storage)))


def test_what_came_in_late_is_seen_when_it_was_published(sqlite_storage: SqlStorage, lived: Lived) -> None:
    assert lived.bounds() is None
    assert list(lived.sightings(Span(NOW - SPAN, NOW))) == []
    old = [said("history-social", f"old-{n}", "安屿好用", NOW - n * DAY) for n in (1, 3, 2)]
    fresh, undated = said("square", "new", "安屿漏电", NOW - MINUTE), said("square", "list", "安屿", None)
    kept(sqlite_storage, NOW, *old, fresh, undated)
    known = lived.bounds()
    assert known is not None
    assert known.since == NOW - 3 * DAY
    assert NOW < known.until <= NOW + timedelta(hours=1)
    seen = [(s.visible_at, s.item.url.rpartition("/")[2]) for s in lived.sightings(known)]
    assert seen[:3] == [(NOW - n * DAY, f"old-{n}") for n in (3, 2, 1)]
    assert sorted(seen[3:]) == [(NOW, "list"), (NOW, "new")]  # as it was, a minute after it was published
    assert [s.item.url.rpartition("/")[2] for s in lived.sightings(Span(NOW - 2 * DAY, NOW))] == [
        "old-2",
        "old-1",
    ]


def test_no_more_is_looked_at_than_a_week(sqlite_storage: SqlStorage, lived: Lived) -> None:
    kept(sqlite_storage, NOW, said("history-social", "old", "安屿好用", NOW - 14 * DAY))
    known = lived.bounds()
    assert known is not None
    assert known.until - known.since == SPAN


@dataclass(frozen=True)
class Shown:
    """What the town has said by ``NOW``, as the worker stores it."""

    chatted: tuple[Item, ...]
    posted: tuple[tuple[datetime, Item], ...]


@pytest.fixture
def shown() -> Shown:
    """A day of ordinary talk, then the advert's first quarter of an hour."""
    talk = [c for c in chatter(NOW - DAY / 2) if c.published_at > NOW - 1.5 * DAY]
    chatted = tuple(
        replace(said(f"history-{c.place}", "", c.text, c.published_at), url=c.url, author=Author(c.author))
        for c in talk
    )
    script = [p for p in load_script() if p.strand is Strand.COMPLAINT and p.place is TownPlace.SQUARE]
    up = visible(script, NOW - 15 * MINUTE, NOW)
    posted = tuple(
        (s.published_at + timedelta(seconds=5), said("square", s.key, s.post.text, s.published_at))
        for s in up
    )
    return Shown(chatted, posted)


def test_the_rules_are_tried_on_all_that_was_said_and_the_run_is_kept(tmp_path: Path, shown: Shown) -> None:
    place = Place(tmp_path / "config", tmp_path / "data", SHIPPED_LIBRARY)
    write_config(place.config, Addresses(*["http://127.0.0.1:9"] * 4), SAMPLE_CONFIG / "lexicon")
    storage = storage_of(place)
    kept(storage, NOW - 20 * MINUTE, *shown.chatted)
    for seen_at, item in shown.posted:
        kept(storage, seen_at, item)
    storage.close()
    name = look_back(place, NOW)
    found = Shelf(place.data).run(OURS, name)
    assert found is not None
    lock, tea = found.one.clients["lock"], found.one.clients["tea"]
    assert timedelta(days=1) < found.span.until - found.span.since < timedelta(days=2)
    assert lock.brand_weeks == pytest.approx(1.5 / 7, abs=0.05)
    assert lock.alerts
    assert all(alert.at > NOW - 15 * MINUTE for alert in lock.alerts)
    assert tea.alerts == ()
    assert found.one.rule_said(lock.alerts[0].rule, "zh") != lock.alerts[0].rule
