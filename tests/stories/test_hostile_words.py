"""Hostile words in every place strangers and people can write: every page there is shows them dead."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from desk.acts import Acts
from desk.clocks import SimulatedClock
from desk.wiring.shared import Place
from desk.wiring.web import desk_ports
from tests import two_clients
from tests.pages_sample import NOW
from tests.stories.test_walls import House, asked
from tests.two_clients import OURS, config, fill
from tests.units.test_web_strangers import Page
from wanglou.domain.client import Client
from wanglou.domain.incident import Via
from wanglou.domain.item import Item
from wanglou.domain.statement import StatementFact
from wanglou.storage.engine import DATABASE_FILE, open_storage

EVIL = (
    "恶语<script>alert(1)</script><img src=x onerror=alert(2)>"
    "\"' onclick=alert(3) {{7*7}}<svg onload=alert(4)>"
)
ADDRESSES = (
    "javascript:alert(5)",
    "data:text/html,<script>alert(6)</script>",
    'https://ok.example/"><script>alert(7)</script>',
)
ACTIVE = {"img", "iframe", "object", "embed", "base", "video", "audio", "style", "applet"}
ASKED = ("q", "client", "brand", "signal", "days", "since", "group", "refused", "older", "next", "lang")
"""What pages read from the address behind the question mark, and may say again."""


def hostile_item(client: Client, number: int) -> Item:
    return replace(kindly(client, number), url=ADDRESSES[number], platform_id=f"{client.id}-post-{number}")


kindly = two_clients._item


@pytest.fixture
def house(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setitem(two_clients.SECRET, OURS, EVIL)
    monkeypatch.setattr(two_clients, "_item", hostile_item)
    database = Path(shutil.copy(sqlite_template, tmp_path / DATABASE_FILE))
    (tmp_path / "secret").write_text("s" * 40, encoding="ascii")
    settings, storage = config(), open_storage(database)
    fill(storage, settings)
    ports = desk_ports(
        settings, Place(tmp_path, tmp_path, tmp_path), SimulatedClock(NOW), {}, rehearsal=False
    )
    here = House(ports, storage, {})
    acts, wang = (
        Acts(storage, settings, frozenset({"inbox"})),
        settings.access_of(settings.agency.people["wang"]),
    )
    fact = StatementFact("known", EVIL, EVIL, EVIL, "wang", NOW)
    assert acts.state_fact(wang, here.ids(OURS)["incident"], fact, Via.DESK, NOW) is None
    yield here
    storage.close()


def dead(text: str, place: str) -> None:
    page = Page(text)
    assert not page.tags & ACTIVE, place
    assert not {a for a in page.attributes if a.startswith("on") or a in {"style", "srcdoc"}}, place
    assert all(source.startswith("/static/") for source in page.scripts), place
    hrefs = [link.get("href", "") for link in page.links]
    assert not [h for h in hrefs if not h.startswith(("/", "#", "?", "https://"))], place
    assert "<script>alert" not in text, place
    assert "恶语49" not in text, place


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_makes_what_was_written_active(house: House, language: str) -> None:
    values, spoke = house.ids(OURS), set()
    for door in asked(house, "GET"):
        if door.path == "/events":
            continue
        place = door.address(values)
        answer = house.browser("he").get(f"{place}?lang={language}")
        if answer.headers["content-type"].startswith("text/html"):
            dead(answer.text, place)
            spoke |= {door.path} if "恶语" in answer.text else set()
    told = {"/", "/mentions", "/clients/{client}", "/incidents/{incident}", "/incidents/{incident}/plan"}
    assert spoke >= told  # otherwise this could not fail


def test_no_page_makes_what_its_address_says_active(house: House) -> None:
    for door in asked(house, "GET"):
        if door.path == "/events":
            continue
        place = door.address(house.ids(OURS))
        for name in ASKED:
            for said in (EVIL, *ADDRESSES):
                answer = house.browser("he").get(f"{place}?{name}={quote(said)}")
                if answer.headers["content-type"].startswith("text/html"):
                    dead(answer.text, f"{place}?{name}")


def test_what_is_typed_into_a_form_comes_back_dead(house: House) -> None:
    browser, incident = house.browser("wang"), house.ids(OURS)["incident"]
    token = {"form": house.token(browser)}
    typed = dict.fromkeys(
        ("text", "by", "medium", "at", "to", "topic", "severity", "brand", "heard_from", "digest"), EVIL
    )
    for place in ("/report", f"/incidents/{incident}/lower", f"/incidents/{incident}/resolve"):
        answer = browser.post(place, {**typed, **token})
        assert answer.status_code == 409, place
        dead(answer.text, place)
        assert "恶语" in answer.text, place
    refused = browser.post(f"/incidents/{incident}/plan/approve", {**typed, **token})
    dead(refused.text, "approve")
