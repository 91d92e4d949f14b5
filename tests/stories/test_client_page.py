"""The page of a client over real rows, while a competitor is talked about and late posts come in."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from desk.entrance import Entrance
from desk.web.app import create_app
from desk.wiring.shared import desk_reader
from tests.pages_fakes import Browser, open_desk
from tests.pages_sample import QUICK_HASHER
from tests.stories.test_advert_crisis import crisis
from tests.stories.test_competitors import COMPLAINTS, RIVAL
from tests.world import World
from wanglou.domain.person import Person, Role
from wanglou.storage.engine import SqlStorage


class Pages:
    """The desk's pages over the world's rows, by its clock."""

    def __init__(self, world: World) -> None:
        storage = world.parts.storage
        assert isinstance(storage, SqlStorage)
        agency = world.parts.config.agency
        people = {**agency.people, "neu": Person("neu", "新人", Role.ACCOUNT)}
        config = replace(world.parts.config, agency=replace(agency, people=people))
        self.world, self.entrance = world, Entrance(storage, people, QUICK_HASHER)
        ports = replace(
            open_desk(storage).ports,
            reader=desk_reader(storage),
            acts=world.acts,
            entrance=self.entrance,
            clock=world.clock,
            config=config,
        )
        self.app = create_app(ports)

    def for_(self, person: str) -> Browser:
        browser = Browser(self.app, self.world.parts.config.agency.desk_url)
        link = self.entrance.make_link(person, self.world.now)
        browser.post_form(link.partition("?")[0], page=browser.get(link))
        return browser


@pytest.fixture
def pages(world: World) -> Pages:
    return Pages(world)


def own_share(page: str) -> tuple[int, int]:
    """Own voices, and everybody's."""
    found = re.search(r"合计 \d+%（([\d,]+) 个声音中 ([\d,]+) 个）", page)
    assert found
    everyone, own = (int(n.replace(",", "")) for n in found.groups())
    return own, everyone


def _plain(page: str) -> str:
    return re.sub(r"<[^>]+>", "", page)


def state(page: str) -> str:
    """The word beside the client's name."""
    found = re.search(r'class="tile-state">(.*?)</span>', page, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", "", found[1]).strip()


def test_a_competitors_posts_move_the_share_and_late_ones_correct_it(world: World, pages: Pages) -> None:
    wang = pages.for_("wang")
    own, everyone = own_share(wang.get("/clients/lock").text)
    assert own == everyone
    world.sees(RIVAL[:20])
    world.run(minutes=2)
    assert own_share(wang.get("/clients/lock").text) == (own, everyone + 20)
    world.sees(RIVAL[20:30], at=world.now - timedelta(days=2))
    world.run(minutes=2)
    page = wang.get("/clients/lock").text
    assert own_share(page) == (own, everyone + 30)
    assert "陌川" in page
    assert "起才有计数" in page
    assert state(page) == "平静"
    assert world.chat.posts == []


def test_a_crisis_of_the_clients_own_is_on_its_page_and_on_nobody_elses(world: World, pages: Pages) -> None:
    crisis(world)
    number = world.incident().number
    page = pages.for_("wang").get("/clients/lock").text
    assert f"虚假宣传 #{number}" in page
    assert state(page) == "1 起事件"
    other = pages.for_("wang").get("/clients/tea").text
    assert "没有未结的事件" in other


def test_a_bar_opens_the_mentions_it_stands_for(world: World, pages: Pages) -> None:
    crisis(world, 20)
    wang = pages.for_("wang")
    page = wang.get("/clients/lock").text
    bars = [unescape(link) for link in re.findall(r'<a href="(/mentions[^"]+)" class="bar-link"', page)]
    crisis_hours, week_ago = wang.get(bars[-1]).text, wang.get(bars[0]).text
    assert COMPLAINTS[19][:12] in _plain(crisis_hours)
    assert COMPLAINTS[19][:12] not in _plain(week_ago)
    assert "安屿" in _plain(week_ago)


def test_who_is_in_no_team_finds_no_client(pages: Pages) -> None:
    stranger = pages.for_("neu")
    assert stranger.get("/clients/lock").status_code == stranger.get("/clients/nobody").status_code == 404
    assert "安屿" not in stranger.get("/clients").text
