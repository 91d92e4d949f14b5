"""One picture of the board for all who look at once: never another's, never older than it may be."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from desk.web.board import SAME_FOR
from tests.pages_fakes import Desk, FakeReader, form_fields, open_desk, sample_reader
from tests.pages_sample import NOW
from wanglou.domain.person import Access
from wanglou.domain.severity import Severity
from wanglou.ports import BoardView, Storage


@dataclass
class CountingReader(FakeReader):
    """Remembers for which clients a board was made."""

    made: list[Sequence[str]] = field(default_factory=list)

    def board(self, access: Access, clients: object, now: datetime) -> BoardView:
        assert isinstance(clients, list)
        self.made.append(clients)
        return super().board(access, clients, now)


@pytest.fixture
def reader() -> CountingReader:
    sample = sample_reader()
    return CountingReader(sample.incidents, sample.due, sample.tiles, sample.sources, sample.noted)


@pytest.fixture
def desk(sqlite_storage: Storage, reader: CountingReader) -> Desk:
    return open_desk(sqlite_storage, reader)


def test_those_who_see_the_same_share_a_picture(desk: Desk, reader: CountingReader) -> None:
    pages = [desk.signed_in(who).get("/").text for who in ("he", "lin", "li", "he")]
    assert len(reader.made) == 1
    assert all("row-inc-hemuli-4" in page for page in pages)


def test_those_who_see_less_get_a_picture_of_their_own(desk: Desk, reader: CountingReader) -> None:
    everything, chen, again = (desk.signed_in(who).get("/").text for who in ("he", "chen", "he"))
    assert len(reader.made) == 2
    assert "row-inc-anju-12" in everything
    assert "row-inc-anju-12" in again
    assert "row-inc-anju-12" not in chen


def test_each_is_shown_it_in_their_own_words(desk: Desk, reader: CountingReader) -> None:
    chinese, english = desk.signed_in("he").get("/").text, desk.signed_in("he").get("/?lang=en").text
    assert len(reader.made) == 1
    assert "产品安全" in chinese
    assert "产品安全" not in english


def test_a_form_on_a_shared_picture_is_the_readers_own(desk: Desk) -> None:
    action = "/incidents/inc-anju-12/acknowledge"
    lin, li = (desk.signed_in(who) for who in ("lin", "li"))
    his, hers = (form_fields(browser.get("/").text, action) for browser in (lin, li))
    assert li.post(action, his).status_code == 403
    assert li.post(action, hers).status_code == 200
    assert lin.post(action, his).status_code == 200


def test_two_looks_at_one_picture_carry_two_tokens(desk: Desk) -> None:
    first, second = (form_fields(desk.signed_in("he").get("/").text, "/sign-out")["form"] for _ in range(2))
    assert first != second


def test_what_changed_is_shown_at_once(desk: Desk, reader: CountingReader) -> None:
    browser = desk.signed_in("he")
    assert "row-yellow" not in row_of(browser.get("/").text)
    view = reader.incidents["inc-anju-12"]
    reader.show(replace(view, incident=replace(view.incident, severity=Severity.YELLOW)))
    assert "row-yellow" in row_of(browser.get("/").text)


def row_of(page: str) -> str:
    return next(line for line in page.splitlines() if 'id="row-inc-anju-12"' in line)


def test_a_mention_waits_a_moment_and_no_longer(desk: Desk, reader: CountingReader) -> None:
    browser = desk.signed_in("he")
    first = browser.get("/").text
    reader.note("anju", "mention", "anju")
    desk.clock.advance(SAME_FOR - timedelta(milliseconds=1))
    assert after(browser.get("/").text) == after(first)
    desk.clock.set(NOW + SAME_FOR)
    assert after(browser.get("/").text) == after(first) + 1


def after(page: str) -> int:
    return int(page.split('data-after="')[1].split('"', maxsplit=1)[0])


def test_a_filtered_board_is_made_for_who_asks(desk: Desk) -> None:
    browser = desk.signed_in("he")
    assert "row-inc-hemuli-4" not in browser.get("/?client=anju").text
    assert "row-inc-hemuli-4" in browser.get("/").text
