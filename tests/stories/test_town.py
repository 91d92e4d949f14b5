"""The rehearsal as a whole, in simulated time: a real crawler reads the town, and two crises come of it."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crawlers.crawl import Collector
from crawlers.rounds import CrawlSettings
from desk.clocks import SimulatedClock
from desk.pipeline.collect import collect_web
from desk.rehearsal.demo_config import Addresses, write_config
from desk.rehearsal.pages import Document
from desk.rehearsal.posts import load_script
from desk.rehearsal.town import DRAFTS, Site, Town, run_town
from desk.sample import SAMPLE_CONFIG
from desk.wiring.shared import Place, read_config
from tests.stories.conftest import AFTERNOON, LIBRARY
from tests.world import World, started
from wanglou.domain.source import SourceState
from wanglou.domain.topic import Topic

STEP = timedelta(seconds=20)
NOWHERE = "http://127.0.0.1:9"
WEB = ("square", "forum", "news", "finance", "hot")


@dataclass(frozen=True)
class WatchedTown(Town):
    """A town that remembers who asked for what."""

    asked: list[tuple[Site, str]] = field(default_factory=list)

    def document(self, site: Site, path: str, origin: str) -> Document:
        self.asked.append((site, path))
        return super().document(site, path, origin)


@dataclass
class Watch:
    """The agency at the town."""

    world: World
    town: WatchedTown

    def lets_time_pass(self, seconds: int) -> None:
        end = self.world.now + timedelta(seconds=seconds)
        while self.world.now < end:
            self.world.clock.advance(STEP)
            asyncio.run(collect_web(self.world.parts, self.world.now))
            self.world.turn()

    def rows(self, question: str, **about: str) -> list[tuple[Any, ...]]:
        with self.world.parts.storage.look() as uow:
            found = uow.connection.execute(text(question), about)  # type: ignore[attr-defined] # SQL's own
            return [tuple(row) for row in found]

    def ranks_of(self, title: str) -> list[int]:
        joined = "item_place JOIN item ON item.key = item_place.item_key"
        question = f"SELECT item_place.rank FROM {joined} WHERE title = :title ORDER BY item_place.placed_at"  # noqa: S608 -- no word of a stranger's
        return [rank for (rank,) in self.rows(question, title=title)]

    def states(self) -> dict[str, SourceState]:
        with self.world.parts.storage.look() as uow:
            return {name: each.state for name, each in uow.sources.health().items() if name in WEB}


@pytest.fixture
def watch(two_quiet_weeks: Callable[[datetime], Path], tmp_path: Path) -> Iterator[Watch]:
    database = tmp_path / "wanglou.db"
    shutil.copy(two_quiet_weeks(AFTERNOON), database)
    clock = SimulatedClock(AFTERNOON)
    town = WatchedTown(load_script(), clock, AFTERNOON)
    with run_town(town) as origins:
        write_config(
            tmp_path / "config",
            Addresses(origins.news, origins.forum, NOWHERE, NOWHERE),
            SAMPLE_CONFIG / "lexicon",
        )
        config = read_config(Place(tmp_path / "config", tmp_path, LIBRARY))
        world = started(config, database, tmp_path, AFTERNOON)
        collector = Collector(CrawlSettings(folders_under=tmp_path), clock)
        world = replace(world, clock=clock, parts=replace(world.parts, clock=clock, collector=collector))
        yield Watch(world, town)


def test_what_robots_txt_forbids_is_linked_and_never_fetched(watch: Watch) -> None:
    watch.lets_time_pass(60)
    front = watch.town.document(Site.NEWS, "/", "").body.decode()
    assert f'href="{DRAFTS}' in front
    assert "辞职" in watch.town.document(Site.NEWS, f"{DRAFTS}1.html", "").body.decode()
    fetched = [path for site, path in watch.town.asked[:-2] if site is Site.NEWS]
    assert "/robots.txt" in fetched
    assert len([path for path in fetched if path.startswith("/a/")]) >= 4
    assert not [path for path in fetched if path.startswith(DRAFTS)]
    assert watch.rows("SELECT COUNT(*) FROM item WHERE text LIKE '%草稿%'") == [(0,)]
    assert watch.states() == dict.fromkeys(WEB, SourceState.LIVE)


@pytest.mark.slow
def test_two_crises_of_two_clients_come_one_after_the_other_and_nothing_else(watch: Watch) -> None:
    watch.lets_time_pass(100)
    (first,) = watch.world.incidents()
    assert (first.client, first.topic) == ("lock", Topic.FALSE_ADVERT)
    watch.lets_time_pass(80)
    first, second = watch.world.incidents()
    assert (first.client, second.client, second.topic) == ("lock", "home", Topic.PRODUCT_SAFETY)
    with watch.world.parts.storage.look() as uow:
        plan = uow.plans.of_incident(second.id)
    assert plan
    assert plan.book == "product_safety"
    watch.lets_time_pass(160)
    assert {i.client for i in watch.world.incidents()} == {"lock", "home"}
    ranks = watch.ranks_of("暖榆暖风机冒烟起火有人烫伤")
    assert ranks[0] > 5
    assert ranks[-1] == 1
    assert ranks == sorted(ranks, reverse=True)
    spoke = watch.rows("SELECT DISTINCT client, brand FROM signal WHERE kind = 'authority'")
    assert set(spoke) == {("lock", "安屿"), ("home", "暖榆")}
    assert watch.rows("SELECT DISTINCT dated_by FROM item WHERE source = 'finance'") == [("sitemap",)]
    assert (
        watch.rows("SELECT COUNT(*) FROM item WHERE source = 'news' AND author_name = '城事晚报'")[0][0] > 0
    )
    assert watch.world.house_incidents() == []
    card = next(m for m in watch.world.chat.cards if m.address == "#nuanyu-watch")
    assert card.rehearsal
