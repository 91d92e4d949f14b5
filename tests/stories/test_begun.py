"""A client is called quiet only after so much of it was observed that a rise of it would have been told."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copy

import pytest

from desk.pipeline.notice import notice, watch
from desk.rehearsal.chatter import chatter
from tests.stories.conftest import AFTERNOON
from tests.stories.test_client_page import Pages, state
from tests.world import World, restarted, started
from wanglou.domain.agency import Config
from wanglou.domain.client import Alias, Brand, Client
from wanglou.domain.item import Author, DatedBy, Item
from wanglou.domain.source import SourceHealth, SourceState

TICK = timedelta(minutes=5)
HOUR = timedelta(hours=1)
SAID = "安屿智能锁装好了，一家人用着挺顺手"
NEW = Client("new", "云砚文具", (Brand("云砚", (Alias("云砚"),)),), team={"account": "wang"})


@pytest.fixture
def fresh(agency: Config, sqlite_template: Path, tmp_path: Path) -> World:
    """An installation with which nobody watched before."""
    database = tmp_path / "fresh.db"
    copy(sqlite_template, database)
    return started(agency, database, tmp_path, AFTERNOON)


def every_source(world: World, in_state: SourceState) -> None:
    """What the rounds of all sources say at this moment."""
    with world.parts.storage.begin() as uow:
        for source, spec in world.parts.config.sources.items():
            due = world.now + spec.every
            uow.sources.save_health(SourceHealth(source, in_state, world.now, world.now, due, world.now))
        uow.commit()


def watched(world: World, span: timedelta, sees: SourceState = SourceState.LIVE) -> None:
    """The worker watches for so long, while every source is in this state; then all are live."""
    end = world.now + span
    while world.now < end:
        every_source(world, sees)
        watch(world.parts, world.now)
        notice(world.parts, world.now)
        world.clock.advance(TICK)
    every_source(world, SourceState.LIVE)
    world.turn()


def said_of(world: World, client: str) -> tuple[str, str]:
    """The word beside the client's name, and what stands beside it; on its page, and so on the board."""
    pages = Pages(world).for_("wang")
    page, board = pages.get(f"/clients/{client}").text, pages.get("/").text
    tile = board[board.index(f'href="/clients/{client}"') :]
    word = state(page)
    assert re.sub(r"<[^>]+>", "", tile[: tile.index("</p>")]).strip().endswith(word)
    how_much = "".join(re.findall(r"(?:已观察|观察刚起步)[^<]*", page)[:1])
    assert how_much in tile[: tile.index("</li>")]
    return word, how_much


def imported(world: World, until: datetime) -> None:
    """The two weeks of talk before a moment, as a drop folder brings them: all of it at once."""
    items = [
        Item(f"history-{c.place}", c.url, c.title, c.text, Author(c.author), c.published_at, DatedBy.FEED)
        for c in chatter(until)
    ]
    with world.parts.storage.begin() as uow:
        uow.items.keep(items, world.now)
        uow.commit()


def with_client(world: World, client: Client) -> World:
    """The same agency after a client's file was added and the worker started again."""
    clients = {**world.parts.config.clients, client.id: client}
    config = replace(world.parts.config, clients=clients)
    place = world.parts.storage.place  # type: ignore[attr-defined]  # the real storage, which is a file
    return started(config, Path(place), Path(place).parent, world.now)


def test_a_new_brand_has_just_begun_until_twelve_hours_of_it_were_observed(fresh: World) -> None:
    watched(fresh, TICK)
    assert said_of(fresh, "lock") == ("刚开始", "观察刚起步，满 12 小时后判断升温；按单条内容的规则已经生效")
    watched(fresh, 3 * HOUR + TICK)
    begun = "已观察 3 小时，满 12 小时后判断升温；按单条内容的规则已经生效"
    assert said_of(fresh, "lock") == ("刚开始", begun)
    watched(fresh, 9 * HOUR - TICK)
    assert said_of(fresh, "lock")[1].startswith("已观察 11 小时 55 分钟，")
    watched(fresh, TICK)
    assert said_of(fresh, "lock") == ("平静", "")
    assert said_of(restarted(fresh), "lock") == ("平静", "")


def test_imported_history_was_observed(fresh: World) -> None:
    imported(fresh, fresh.now - timedelta(minutes=1))
    every_source(fresh, SourceState.LIVE)
    fresh.turn()
    assert said_of(fresh, "lock") == ("平静", "")
    assert said_of(fresh, "tea") == ("平静", "")


def test_a_few_old_posts_that_a_feed_still_shows_are_no_history(fresh: World) -> None:
    fresh.sees([f"{SAID}，第{n}次" for n in range(10)], at=fresh.now - HOUR, every=20 * HOUR)
    watched(fresh, HOUR)
    assert said_of(fresh, "lock")[1].startswith("已观察 50 分钟，")


def test_what_blind_sources_did_not_see_was_not_observed(fresh: World) -> None:
    watched(fresh, 6 * HOUR)
    watched(fresh, 6 * HOUR, SourceState.BLOCKED)
    word, how_much = said_of(fresh, "lock")
    assert word == "刚开始"
    assert how_much.startswith(("已观察 5 小时 50 分钟，", "已观察 6 小时，"))
    watched(fresh, 7 * HOUR)
    assert said_of(fresh, "lock") == ("平静", "")


def test_hours_without_a_worker_were_not_observed(fresh: World) -> None:
    watched(fresh, 3 * HOUR)
    fresh.clock.advance(24 * HOUR)
    awake = restarted(fresh)
    watched(awake, HOUR)
    assert said_of(awake, "lock")[0] == "刚开始"


def test_a_brand_that_joins_others_has_just_begun_whatever_is_read_late_of_them(world: World) -> None:
    watched(world, HOUR)
    joined = with_client(world, NEW)
    watched(joined, HOUR)
    assert said_of(joined, "new")[1].startswith("已观察 50 分钟，")
    joined.sees([SAID], at=joined.now - 40 * HOUR)  # the detectors go over two days again
    watched(joined, TICK)
    assert said_of(joined, "new")[1].startswith("已观察 55 分钟，")
    assert said_of(joined, "lock") == ("平静", "")


def test_history_of_a_new_brand_alone_was_observed_of_it_alone(fresh: World) -> None:
    watched(fresh, HOUR)
    joined = with_client(fresh, NEW)
    joined.sees(["云砚的钢笔写着很顺"] * 30, at=joined.now - TICK, every=HOUR)
    watched(joined, TICK)
    assert said_of(joined, "new") == ("平静", "")
    assert said_of(joined, "lock")[0] == "刚开始"
