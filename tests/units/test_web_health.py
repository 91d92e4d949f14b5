"""The health page: every source, what is wrong in words, and what only some may see."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.web.app import create_app
from tests.pages_fakes import Browser, Desk, FakeReader, open_desk, sample_reader
from tests.pages_sample import NOW, incident, view_of
from wanglou.domain.person import HOUSE
from wanglou.domain.source import SourceState
from wanglou.ports import Gauges
from wanglou.storage.engine import SqlStorage


def desk_of(storage: SqlStorage, reader: FakeReader) -> Desk:
    return open_desk(storage, reader)


def text_of(storage: SqlStorage, reader: FakeReader, person: str = "lin") -> str:
    return desk_of(storage, reader).signed_in(person).get("/health").text


def test_what_needs_a_person_stands_first_with_its_reason(sqlite_storage: SqlStorage) -> None:
    reader = sample_reader()
    last = reader.sources[-1]
    reader.sources = (*reader.sources[:-1], replace(sample_reader(blind=1).sources[0], source=last.source))
    desk = desk_of(sqlite_storage, reader)
    text = desk.signed_in("lin").get("/health").text
    names = [desk.ports.config.sources[s].name for s in (last.source, reader.sources[0].source)]
    assert text.index(names[0]) < text.index(names[1])
    assert "读不了" in text
    assert "timeout_seconds" in text


@pytest.mark.parametrize("state", list(SourceState))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_state_has_words(sqlite_storage: SqlStorage, state: SourceState, language: str) -> None:
    reader = sample_reader()
    reader.sources = tuple(replace(h, state=state, next_at=NOW, last_item_at=NOW) for h in reader.sources)
    answer = desk_of(sqlite_storage, reader).signed_in("lin").get(f"/health?lang={language}")
    assert answer.status_code == 200


def test_a_source_nobody_looks_at_any_more_is_not_called_live(sqlite_storage: SqlStorage) -> None:
    reader = sample_reader()
    old = NOW - timedelta(days=1)
    reader.sources = tuple(replace(h, checked_at=old) for h in reader.sources)
    assert "采集已停" in text_of(sqlite_storage, reader)
    reader.sources = ()
    assert "尚未看过" in text_of(sqlite_storage, reader)


def test_the_agencys_own_troubles_are_for_those_who_see_all_clients(sqlite_storage: SqlStorage) -> None:
    reader = sample_reader()
    reader.show(view_of(replace(incident(), id="house-1", client=HOUSE, brand="slack:#desk", number=9)))
    assert "slack:#desk #9" in text_of(sqlite_storage, reader, "lin")
    assert "slack:#desk #9" not in text_of(sqlite_storage, reader, "wang")


def test_what_runs_behind_the_pages_is_said_in_numbers(sqlite_storage: SqlStorage) -> None:
    desk = desk_of(sqlite_storage, sample_reader())
    gauges = Gauges(1204, {}, {"pending": 2, "leased": 1, "dead": 4}, {}, None)
    browser = Browser(create_app(replace(desk.ports, gauges=lambda: gauges)))
    browser.cookies = desk.signed_in("lin").cookies
    text = browser.get("/health").text
    assert "1,204" in text
    assert "还没有跑过" in text


def test_nobody_sees_it_without_signing_in(sqlite_storage: SqlStorage) -> None:
    assert "sign-in" in str(desk_of(sqlite_storage, sample_reader()).browser().get("/health").url)


def test_a_source_that_is_switched_off_is_named_and_not_called_blind(sqlite_storage: SqlStorage) -> None:
    desk = desk_of(sqlite_storage, sample_reader())
    known = desk.ports.config.sources
    off, *rest = known.values()
    ports = replace(
        desk.ports,
        config=replace(desk.ports.config, sources={s.id: s for s in rest}, resting={off.id: off}),
    )
    assert len(known) == len(rest) + 1
    text = replace(desk, ports=ports, app=create_app(ports)).signed_in("lin").get("/health?lang=en").text
    assert (
        f"Switched off: 1 (enabled: false in sources.yaml; not read and not counted as blind): {off.name}"
        in text
    )
    assert "not looked at yet" not in text
