"""Rows and tiles of the board that are kept: what is shown is what would be made anew, and nobody else's."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from desk.entrance import Visit
from desk.web.board import SAME_FOR
from desk.web.guard import Guard
from desk.web.kept import KeptPieces
from desk.web.queue_rows import queue_row
from desk.web.rendering import TOKEN_GAP, Reader, macro
from desk.web.tiles import client_tile
from tests.laws import ON_ONE_FIXTURE
from tests.pages_fakes import Desk, form_fields, open_desk, sample_reader
from tests.pages_sample import BURST, CALM, MINUTE, NOW, SHAPE, SURGE, incident, volume
from wanglou.domain.clock import DESK_ACKNOWLEDGE
from wanglou.domain.incident import IncidentState
from wanglou.domain.person import HOUSE
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic
from wanglou.domain.volume import WARM_UP
from wanglou.ports import BoardRow, ClientTile, Storage, TilePoint

ENDLESS = 1_000
PLANTED = "<b>"
law = settings(max_examples=60, deadline=None, suppress_health_check=ON_ONE_FIXTURE)

moments = st.builds(
    lambda days, minutes, seconds: NOW + timedelta(days=days, minutes=minutes, seconds=seconds),
    st.sampled_from([0, 1, 8]),
    st.sampled_from([0, 1, 59, 600]),
    st.sampled_from([0, 30]),
)
incidents = st.builds(
    incident,
    id=st.sampled_from(["inc-1", "inc-2"]),
    number=st.sampled_from([1, 12]),
    client=st.sampled_from(["anju", "nobody", HOUSE]),
    brand=st.sampled_from(["安屿", PLANTED]),
    topic=st.sampled_from([Topic.RUMOUR, Topic.OUTAGE]),
    severity=st.sampled_from([Severity.RED, Severity.YELLOW]),
    state=st.sampled_from([IncidentState.TRIAGE, IncidentState.ACTIVE]),
    because=st.sampled_from([BURST, SURGE]),
    changed_at=moments,
    owner=st.sampled_from([None, "wang", "gone"]),
    acknowledged_at=st.none() | moments,
)
steps = st.sampled_from([(DESK_ACKNOWLEDGE, False), ("复盘会", True), (PLANTED, True)])
rows = st.builds(
    lambda one, due, what, counts: BoardRow(one, due, *(what if due else (None, False)), *counts),
    incidents,
    st.none() | moments,
    steps,
    st.sampled_from([(1, 5000), (2, 5000), (2, 9000)]),
)
tiles = st.builds(
    ClientTile,
    st.sampled_from(["anju", "hemuli"]),
    st.sampled_from([(), volume(), volume(CALM), volume(SHAPE, band=False)]),
    st.sampled_from([(), (("投诉", 9),), ((PLANTED, 9),)]),
    st.sampled_from(
        [(), (("安屿", 36),), (("禾木里", 37),), (("安屿", WARM_UP), ("屿光", WARM_UP), ("禾木里", 9))]
    ),
)
people = st.sampled_from(["he", "chen"])


@pytest.fixture
def desk(sqlite_storage: Storage) -> Desk:
    return open_desk(sqlite_storage, sample_reader())


def reader(desk: Desk, person: str = "he", now: datetime = NOW) -> Reader:
    """Whom a board is made for: He reads Chinese, Chen English."""
    visit = Visit(desk.ports.config.agency.people[person], f"session of {person}", NOW)
    request = Request({"type": "http", "headers": [], "query_string": b"", "path": "/", "method": "GET"})
    return Reader(desk.ports, Guard(desk.ports), request, visit, now)


def made_anew(who: Reader, row: BoardRow) -> str:
    return macro("_board_row.html", "board_row")(who, who.times, TOKEN_GAP, row)


class Watched(KeptPieces):
    """Remembers which pieces it had made."""

    def __init__(self, most: int = ENDLESS) -> None:
        super().__init__(most)
        self.made: list[Hashable] = []

    def piece(self, name: Hashable, says: object, make: Callable[[], str]) -> str:
        def noted() -> str:
            self.made.append(name)
            return make()

        return super().piece(name, says, noted)


# -- rows


@law
@given(st.lists(st.tuples(rows, people, moments), min_size=2, max_size=12))
def test_kept_rows_read_as_made_anew(desk: Desk, looks: list[tuple[BoardRow, str, datetime]]) -> None:
    kept = KeptPieces(ENDLESS)
    for row, person, now in looks:
        who = reader(desk, person, now)
        assert queue_row(who, row, kept) == made_anew(who, row)


FRESH = BoardRow(incident(), NOW + 30 * MINUTE, "复盘会", next_due_is_step=True, mentions=9, reach=5000)
LATER = NOW + 40 * MINUTE


@pytest.mark.parametrize(
    ("row", "person", "now"),
    [
        pytest.param(FRESH, "he", LATER, id="falls due"),
        pytest.param(FRESH, "chen", NOW, id="another language"),
        pytest.param(replace(FRESH, reach=6000), "he", NOW, id="more reach"),
        pytest.param(replace(FRESH, next_due=LATER), "he", NOW, id="due later"),
        pytest.param(replace(FRESH, next_due=None), "he", NOW, id="nothing due"),
        pytest.param(replace(FRESH, incident=incident(owner="wang")), "he", NOW, id="owned"),
        pytest.param(replace(FRESH, incident=incident(acknowledged_at=NOW)), "he", NOW, id="taken"),
    ],
)
def test_a_row_that_says_something_else_is_made_anew(
    desk: Desk, row: BoardRow, person: str, now: datetime
) -> None:
    kept, who = KeptPieces(ENDLESS), reader(desk, person, now)
    before = queue_row(reader(desk), FRESH, kept)
    assert queue_row(who, row, kept) == made_anew(who, row) != before


def test_after_midnight_a_row_no_longer_names_the_day(desk: Desk) -> None:
    kept, row = KeptPieces(ENDLESS), replace(FRESH, next_due=NOW + timedelta(hours=26))
    assert "（周五 16:05）" in queue_row(reader(desk), row, kept)
    assert "（16:05）" in queue_row(reader(desk, now=NOW + timedelta(hours=12)), row, kept)


def test_time_alone_makes_no_row_anew_and_its_clocks_go_on(desk: Desk) -> None:
    kept = Watched()
    shown = [queue_row(reader(desk, "he", NOW + n * MINUTE), FRESH, kept) for n in range(10)]
    assert len(kept.made) == 1
    assert "还有 30 分钟" in shown[0]
    assert "还有 21 分钟" in shown[9]
    assert "3 分钟前" in shown[0]
    assert "12 分钟前" in shown[9]


def test_what_is_equal_but_read_again_makes_no_row_anew(desk: Desk) -> None:
    kept = Watched()
    for _ in range(2):
        queue_row(reader(desk), replace(FRESH, incident=incident()), kept)
    assert len(kept.made) == 1


# -- tiles


def tile_of(points: tuple[TilePoint, ...], seen: int) -> ClientTile:
    """One of a client with two brands, of which one is known for long."""
    return ClientTile("anju", points, (), (("安屿", seen), ("屿光", WARM_UP)))


@law
@given(st.lists(st.tuples(tiles, st.integers(0, 1), st.integers(0, 1), people, moments), max_size=12))
def test_kept_tiles_read_as_made_anew(
    desk: Desk, looks: list[tuple[ClientTile, int, int, str, datetime]]
) -> None:
    kept = KeptPieces(ENDLESS)
    for tile, incidents_open, blind, person, now in looks:
        who = reader(desk, person, now)
        anew = client_tile(who, tile, incidents_open, blind, KeptPieces(0))
        assert client_tile(who, tile, incidents_open, blind, kept) == anew


def test_an_hour_that_ends_is_drawn_as_ended(desk: Desk) -> None:
    kept, tile = Watched(), ClientTile("anju", volume(), ())
    before = client_tile(reader(desk), tile, 0, 0, kept)
    assert client_tile(reader(desk, now=NOW + 54 * MINUTE), tile, 0, 0, kept) == before
    assert len(kept.made) == 1
    after = client_tile(reader(desk, now=NOW + 55 * MINUTE), tile, 0, 0, kept)
    assert 'class="line tail"' in before
    assert 'class="line tail"' not in after


@pytest.mark.parametrize(
    ("points", "seen", "incidents_open", "blind", "state"),
    [
        pytest.param(CALM, WARM_UP, 0, 0, "tile-quiet", id="quiet"),
        pytest.param(CALM, WARM_UP - 1, 0, 0, "tile-begun", id="begun"),
        pytest.param(CALM, WARM_UP, 0, 1, "tile-unknown", id="blind"),
        pytest.param(SHAPE, WARM_UP, 0, 0, "tile-unusual", id="loud"),
        pytest.param(CALM, WARM_UP, 2, 0, "tile-incident", id="incident"),
    ],
)
def test_a_tile_says_what_its_client_is_in_now(  # noqa: PLR0913, PLR0917 -- what a tile depends on
    desk: Desk, points: tuple[int, ...], seen: int, incidents_open: int, blind: int, state: str
) -> None:
    kept = KeptPieces(ENDLESS)
    client_tile(reader(desk), tile_of(volume(CALM), WARM_UP), 1, 0, kept)
    shown = client_tile(reader(desk), tile_of(volume(points), seen), incidents_open, blind, kept)
    assert state in shown


def test_a_kept_tile_says_how_much_was_observed_by_now(desk: Desk) -> None:
    kept = KeptPieces(ENDLESS)
    said = [
        client_tile(reader(desk), tile_of(volume(CALM), seen), 0, 0, kept)
        for seen in (0, 36, WARM_UP - 1, WARM_UP)
    ]
    assert "安屿：观察刚起步，满 12 小时后判断升温；按单条内容的规则已经生效" in said[0]
    assert "已观察 3 小时，满 12 小时后判断升温" in said[1]
    assert "已观察 11 小时 55 分钟" in said[2]
    assert "判断升温" not in said[3]
    assert "平静" in said[3]


# -- what is kept


def test_of_more_pieces_than_may_be_kept_the_longest_unseen_go() -> None:
    kept = Watched(2)
    for name in ("a", "b", "a", "c", "a", "b"):
        assert kept.piece(name, "the same", lambda name=name: name) == name  # type: ignore[misc]  # bound now
    assert kept.made == ["a", "b", "c", "b"]


def test_a_kept_row_holds_no_token_and_each_is_given_their_own(desk: Desk) -> None:
    action = "/incidents/inc-anju-12/acknowledge"
    lin, li = (desk.signed_in(who) for who in ("lin", "li"))
    his = form_fields(lin.get("/").text, action)
    desk.clock.advance(SAME_FOR)
    hers = form_fields(li.get("/").text, action)
    assert TOKEN_GAP not in hers["form"]
    assert li.post(action, his).status_code == 403
    assert li.post(action, hers).status_code == 200


def test_a_kept_row_is_shown_to_nobody_who_may_not_see_its_incident(desk: Desk) -> None:
    everything = desk.signed_in("he").get("/").text
    chen = desk.signed_in("chen").get("/?lang=zh").text
    assert "安屿" in everything
    assert "禾木里" in chen
    assert "安屿" not in chen
