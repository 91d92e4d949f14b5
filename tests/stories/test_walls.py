"""The wall between clients, at every door there is: each route of the application is found by itself.

Whoever adds a page, a form or a table is held to the same: what these tests do not know how to fill in or
ask for makes them fail until it is listed here.
"""

import asyncio
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from desk.clocks import SimulatedClock
from desk.entrance import Entered
from desk.pipeline.deliver import deliver
from desk.rehearsal.slack import Post, SlackContract, press_body
from desk.web.app import create_app
from desk.web.chat_actions import slack_actions
from desk.web.deeds import DEEDS
from desk.web.ports import DeskPorts
from desk.web.stating import DEEDS as STATING
from desk.wiring.shared import Place
from desk.wiring.web import desk_ports
from tests.pages_fakes import Browser, form_fields
from tests.pages_sample import NOW
from tests.routes import Door, doors
from tests.two_clients import ABOVE_IT, ALL, BEHIND_THE_WALL, OURS, SECRET, THEIRS, config, fill
from tests.world import started
from wanglou.domain.delivery import Message, Outcome, Sent
from wanglou.storage import tables
from wanglou.storage.engine import DATABASE_FILE, SqlStorage, open_storage

Rows = Mapping[str, list[tuple[Any, ...]]]

OF_THE_VISITOR = frozenset({"session", "sign_in", "sign_in_record", "link"})
"""Tables that coming and looking may change."""

NO_SESSION_NEEDED = frozenset({"/sign-in", "/link/{nonce}", "/chat/slack/actions"})
"""Doors that are open before anyone is known; each has a lock of its own kind, tested below."""

UNKNOWN = {
    "incident": "no-such-incident",
    "client": "no-such-client",
    "number": "1",
    "nonce": "no-such-nonce",
    "deed": "no-such-deed",
}
"""What may stand in an address, with a value that leads nowhere. A new kind must be added here."""

TYPED = {
    "text": "转来客户原话",
    "to": "red",
    "span": "4h",
    "by": "客户方负责人",
    "medium": "email",
    "at": "2026-11-12T13:00",
    "back": "",
    "topic": "rumour",
    "severity": "red",
    "heard_from": "客户",
    "blank": "known",
    "source": "客户邮件",
    "digest": "0" * 64,
    "name": "wang",
    "password": "a long enough password",
    "next": "/",
    "words": "同意暂停",
    "stopped": "yes",
    "since": "2026-11-12T13:05",
}
"""What people type into forms, by the field's name; a new field must be added here or among ``theirs``."""


DEEDS_OF = {"/incidents/{incident}/{deed}": DEEDS, "/incidents/{incident}/plan/{deed}": STATING}
"""What may stand in an address that ends in a deed; a new such address must be added here."""


@dataclass
class House:
    """The application on a database with both clients in it."""

    ports: DeskPorts
    storage: SqlStorage
    browsers: dict[str, Browser]

    def __post_init__(self) -> None:
        self.chat = SlackContract("a-token", "a-signing-secret", self.ports.clock, {})
        chat = slack_actions(self.ports, self.chat.signing_secret)
        self.app = create_app(self.ports, [chat])

    def signed_in(self, person: str) -> Browser:
        """A browser of this person's, with a session of its own."""
        now = self.ports.clock.now()
        nonce = self.ports.entrance.make_link(person, now).removeprefix("/link/")
        came = self.ports.entrance.use_link(nonce, "192.0.2.7", now)
        assert isinstance(came, Entered)
        browser = Browser(self.app)
        browser.hold(came.token)
        return browser

    def browser(self, person: str) -> Browser:
        return self.browsers.setdefault(person, self.signed_in(person))

    def token(self, browser: Browser) -> str:
        """What a form of this person's carries."""
        return form_fields(browser.get("/report").text, "/sign-out")["form"]

    def ids(self, client: str) -> dict[str, str]:
        """What stands in addresses and forms about this client."""
        with self.storage.look() as uow:
            [incident] = [i for i in uow.incidents.all_open() if i.client == client]
            [correction] = uow.corrections.since(ALL, client, NOW - timedelta(days=1))
            [quiet] = [s for s, _ in uow.signals.kept_quiet(NOW - timedelta(days=1)) if s.client == client]
        brand = self.ports.config.clients[client].brands[0].name
        return {
            "incident": incident.id,
            "client": client,
            "number": str(incident.number),
            "nonce": "no-such-nonce",
            "deed": "acknowledge",
            "brand": f"{client}|{brand}",
            "step": f"{client}-step",
            "delivery": f"{client}-dead-delivery",
            "item": correction.item_key,
            "correction": str(correction.id),
            "change": "sentiment:pos",
            "signal": quiet.key,
        }

    def rows(self, *but: str) -> Rows:
        """Everything stored, without the tables of ``but``."""
        with self.storage.look() as uow:
            return {
                name: sorted(map(tuple, uow.connection.execute(select(table))), key=str)
                for name, table in tables.metadata.tables.items()
                if name not in {*OF_THE_VISITOR, *but}
            }

    def secrets(self, client: str) -> set[str]:
        """Names, words and ids of a client: everything stored of it that nobody else has."""
        mine, others = self._words(client), set[str]()
        for other in self.ports.config.clients:
            others |= self._words(other) if other != client else set()
        known = self.ports.config.clients[client]
        names = {known.id, known.name, *(brand.name for brand in known.brands), SECRET[client]}
        return {word for word in (mine - others) if len(word) > 3} | names

    def _words(self, client: str) -> set[str]:
        found: set[str] = set()
        with self.storage.look() as uow:
            for table in tables.metadata.tables.values():
                for row in uow.connection.execute(select(table)).mappings():
                    if row.get("client") == client:
                        found |= {value for value in row.values() if isinstance(value, str)}
        return found


@pytest.fixture(scope="module")
def filled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("walls") / DATABASE_FILE))
    storage = open_storage(path)
    fill(storage, config())
    storage.close()
    return path


@pytest.fixture
def house(filled: Path, tmp_path: Path) -> Iterator[House]:
    shutil.copy(filled, tmp_path / DATABASE_FILE)
    (tmp_path / "secret").write_text("s" * 40, encoding="ascii")
    place, clock = Place(tmp_path, tmp_path, tmp_path), SimulatedClock(NOW)
    storage = open_storage(tmp_path / DATABASE_FILE)
    yield House(desk_ports(config(), place, clock, {}, rehearsal=False), storage, {})
    storage.close()


def asked(house: House, method: str) -> list[Door]:
    return [door for door in doors(house.app.routes) if door.method == method]


def likened(text: str, values: Mapping[str, str]) -> str:
    """An answer without what differs on every page, and without the words that were asked for."""
    bare = re.sub(r'name="form" value="[^"]*"', "", text)
    for value in sorted(
        {part for v in values.values() for part in (v, *v.split("|"))}, key=len, reverse=True
    ):
        bare = bare.replace(value, "…") if len(value) > 1 else bare
    return bare


def test_every_table_with_a_client_has_rows_of_both(house: House) -> None:
    with house.storage.look() as uow:
        for name, table in tables.metadata.tables.items():
            if "client" in table.c:
                found = set(uow.connection.execute(select(table.c.client)).scalars())
                assert found >= {OURS, THEIRS}, f"tests/two_clients.py puts no rows of both into {name}"


def test_every_blank_and_field_is_known(house: House) -> None:
    blanks = {b for door in doors(house.app.routes) for b in door.blanks}
    assert blanks <= UNKNOWN.keys()
    fields = {f for door in asked(house, "POST") for f in door.fields} - {"form"}
    assert fields <= TYPED.keys() | house.ids(OURS).keys()


def test_those_above_the_wall_see_both_sides(house: House) -> None:
    """Otherwise the tests below could not fail."""
    theirs = house.ids(THEIRS)
    for person in ABOVE_IT:
        assert SECRET[THEIRS] in house.browser(person).get("/").text
        page = re.sub("<[^>]+>", "", house.browser(person).get(f"/incidents/{theirs['incident']}").text)
        for what in ("记一笔", "步骤", "标题0", "正文0", "作者"):
            assert f"{SECRET[THEIRS]}{what}" in page


def test_no_page_shows_a_byte_from_behind_the_wall(house: House) -> None:
    hidden = house.secrets(THEIRS)
    assert len(hidden) > 20
    for door, person in product(asked(house, "GET"), BEHIND_THE_WALL):
        if door.path == "/events":
            continue  # an endless answer, listened to below
        for values in (house.ids(OURS), UNKNOWN):
            page = house.browser(person).get(door.address(values)).text
            assert not {word for word in hidden if word in page}, (door.path, person)


def test_what_is_forbidden_is_answered_like_what_does_not_exist(house: House) -> None:
    theirs, hidden = house.ids(THEIRS), house.secrets(THEIRS)
    for door, person in product(asked(house, "GET"), BEHIND_THE_WALL):
        if not door.blanks:
            continue
        forbidden, unknown = (house.browser(person).get(door.address(values)) for values in (theirs, UNKNOWN))
        assert forbidden.status_code == unknown.status_code, (door.path, person)
        assert likened(forbidden.text, theirs) == likened(unknown.text, UNKNOWN), (door.path, person)
        asked_for = set(re.split(r"[/|]", door.address(theirs)))
        assert not {w for w in hidden - asked_for if w in forbidden.text}, (door.path, person)


FILTERS = (
    "client",
    "brand",
    "q",
    "source",
    "incident",
    "item",
    "topic",
    "competitor",
    "mention",
    "story",
    "signal",
)
"""What pages read from the address behind the question mark."""


@pytest.mark.parametrize("person", BEHIND_THE_WALL)
def test_no_filter_reaches_over_the_wall(house: House, person: str) -> None:
    brand = house.ports.config.clients[THEIRS].brands[0].name
    theirs = {**house.ids(THEIRS), "brand": brand, "q": SECRET[THEIRS], "competitor": f"{SECRET[THEIRS]}对手"}
    nobodys = {"client": "no-such-client", "brand": "无此品牌", "incident": "no-such-incident"}
    nobodys |= {"q": "无此机密", "competitor": "无此机密对手"}
    nobodys["signal"] = theirs["signal"].replace(THEIRS, "no-such-client").replace(brand, "无此品牌")
    for door, name in product(asked(house, "GET"), FILTERS):
        if door.path == "/events":
            continue
        place = door.address(house.ids(OURS))
        values = {"asked": theirs.get(name, THEIRS)}, {"asked": nobodys.get(name, "no-such-thing")}
        pages = [house.browser(person).get(f"{place}?{name}={v['asked']}") for v in values]
        plain = [plain_of(page.text, v) for page, v in zip(pages, values, strict=True)]
        assert plain[0] == plain[1], (door.path, name)


def plain_of(text: str, values: Mapping[str, str]) -> str:
    """An answer without the words asked for, in whatever quoting they come back."""
    from_address = re.sub(r"%[0-9A-Fa-f]{2}", "", text)
    return likened(from_address, values)


def forms(house: House, values: Mapping[str, str]) -> Iterator[tuple[Door, str, dict[str, str]]]:
    """Every form there is, filled in about ``values``: the door, its address and the fields."""
    for door in asked(house, "POST"):
        for deed in DEEDS_OF[door.path] if "deed" in door.blanks else ("",):
            filled_in = {name: {**TYPED, **values}.get(name, "") for name in door.fields if name != "form"}
            if door.path.startswith("/mentions/"):  # where a brand stands without its client
                filled_in = {n: v.rpartition("|")[2] if n == "brand" else v for n, v in filled_in.items()}
            if deed == "dismiss":
                filled_in["text"] = "duplicate"
            if deed == "hold":
                filled_in["to"] = "awaiting_client"
            if deed == "merge":
                filled_in["to"] = values["number"]
            yield door, door.address({**values, "deed": deed}), filled_in


def test_no_form_reaches_over_the_wall(house: House) -> None:
    theirs, before = house.ids(THEIRS), house.rows()
    unknown = {**UNKNOWN, "brand": "no-such-client|无此品牌", "step": "none", "delivery": "none"}
    unknown |= {"item": "0" * 64, "correction": "999", "change": theirs["change"], "signal": "none"}
    for person in BEHIND_THE_WALL:
        pairs = zip(forms(house, theirs), forms(house, unknown), strict=True)
        for (door, place, fields), (_, nowhere, empty) in pairs:
            if door.path in {*NO_SESSION_NEEDED, "/password", "/sign-out"}:
                continue
            browser = house.browser(person)
            form = {"form": house.token(browser)}
            answer = browser.post(place, {**fields, **form})
            other = browser.post(nowhere, {**empty, **form})
            assert answer.status_code == other.status_code >= 400, (place, person)
            assert likened(answer.text, theirs) == likened(other.text, unknown), (place, person)
            assert house.rows() == before, (place, person)


def test_no_form_is_taken_that_was_not_filled_in_here(house: House) -> None:
    before = house.rows()
    for door, place, fields in forms(house, house.ids(OURS)):
        if door.path in NO_SESSION_NEEDED:
            continue
        browser, other = house.browser("wang"), house.browser("he")
        good, foreign = house.token(browser), house.token(other)
        send: Callable[..., Any] = partial(browser.post, place)
        refused = [
            send(fields),
            send({**fields, "form": ""}),
            send({**fields, "form": "nonce.signature"}),
            send({**fields, "form": foreign}),
            send({**fields, "form": good}, origin="https://evil.example"),
        ]
        assert {answer.status_code for answer in refused} == {403}, place
        assert house.rows() == before, place


@pytest.mark.parametrize("path", sorted(NO_SESSION_NEEDED))
def test_doors_without_a_session_have_locks_of_their_own(house: House, path: str) -> None:
    before = house.rows()
    [door] = [d for d in asked(house, "POST") if d.path == path]
    fields = {name: TYPED.get(name, "") for name in door.fields}
    for form in ("", "nonce.signature", house.token(house.browser("wang"))):
        answer = Browser(house.app).post(door.address(UNKNOWN), {**fields, "form": form})
        assert answer.status_code in {401, 403}
    assert house.rows() == before


def test_a_form_that_comes_twice_does_what_it_does_once(house: House) -> None:
    twice = []
    for door, place, fields in forms(house, house.ids(OURS)):
        if door.path in {*NO_SESSION_NEEDED, "/password", "/sign-out"}:
            continue
        browser = house.browser("wang")
        form = {**fields, "form": house.token(browser)}
        browser.post(place, form)
        once = house.rows()
        browser.post(place, form)
        if house.rows() != once:
            twice.append(place)
    assert not twice


def test_without_a_session_no_door_shows_or_does_anything(house: House) -> None:
    hidden, before = house.secrets(OURS) | house.secrets(THEIRS), house.rows()
    hidden -= set(house.ids(OURS).values())  # who asks for an address knows what stands in it
    for door in doors(house.app.routes):
        place = door.address(house.ids(OURS))
        stranger = Browser(house.app)
        answer = stranger.get(place) if door.method == "GET" else stranger.post(place, {})
        assert not {word for word in hidden if word in answer.text}, place
    assert house.rows() == before


def test_who_left_the_agency_is_a_stranger_at_once(house: House) -> None:
    browser = house.signed_in("wang")
    assert browser.get("/").url.path == "/"
    people = {k: v for k, v in house.ports.entrance.people.items() if k != "wang"}
    object.__setattr__(house.ports.entrance, "people", people)
    assert browser.get("/").url.path == "/sign-in"
    assert browser.post("/report", {"form": "x"}).status_code == 401


def test_the_stream_tells_only_of_what_its_reader_may_see(house: House) -> None:
    async def heard(person: str) -> list[str]:
        access = house.ports.config.access_of(house.ports.config.agency.people[person])
        stream = house.app.state.live.events(access, 0, lambda: False, heartbeat=0)
        return [text async for text in stream]

    for person in BEHIND_THE_WALL:
        told = "".join(asyncio.run(heard(person)))
        assert not {word for word in house.secrets(THEIRS) if word in told}, person
        assert (OURS in told) == (person != "gu")
        assert "house" not in told
    assert THEIRS in "".join(asyncio.run(heard("chen")))


@pytest.mark.parametrize("act", ["acknowledge", "step_done"])
def test_no_button_in_chat_reaches_over_the_wall(
    house: House, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[tuple[object, ...]] = []
    monkeypatch.setattr("desk.web.chat_actions._answer", lambda *told: answers.append(told))
    theirs, before = house.ids(THEIRS), house.rows()
    for user in ("U0000WANG", "U0000ZHAO", "U00000GU0", "U0STRANGER"):
        for incident in (theirs["incident"], "no-such-incident"):
            value = f"{incident}|{theirs['step']}"
            assert press(house, user, act, value) == 200
        forbidden, unknown = answers[-2:]
        assert forbidden == unknown, user
    assert house.rows() == before
    assert press(house, "U00000HE0", act, f"{theirs['incident']}|{theirs['step']}") == 200
    assert house.rows() != before


def press(house: House, user: str, act: str, value: str) -> int:
    post = Post("C0000TEAM", "1.1", "", [], None, {})
    body = press_body(house.chat, post, {"action_id": f"{act}:0", "value": value}, user)

    async def talk() -> int:
        transport = httpx.ASGITransport(house.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.example") as slack:
            headers = house.chat.signed(body)
            return (await slack.post("/chat/slack/actions", content=body, headers=headers)).status_code

    return asyncio.run(talk())


def test_no_message_carries_a_word_over_the_wall(house: House, tmp_path: Path) -> None:
    sent: list[Message] = []

    class Recorder:
        def send(self, message: Message) -> Outcome:
            sent.append(message)
            return Sent(str(len(sent)))

    world = started(config(), tmp_path / DATABASE_FILE, tmp_path, NOW)
    parts = replace(world.parts, notifiers={"inbox": Recorder()})
    while deliver(parts, NOW):
        pass
    mine = [m for m in sent if m.address == OURS]
    assert mine
    assert [m for m in sent if m.address == THEIRS]
    words = json.dumps([repr(m) for m in mine], ensure_ascii=False)
    assert not {word for word in house.secrets(THEIRS) if word in words}
    with house.storage.look() as uow:
        for incident in uow.incidents.all_open():
            team = set(house.ports.config.clients[incident.client].team.values()) | {
                "team",
                "desk",
                "lin",
                "he",
            }
            for delivery in uow.deliveries.of_incident(incident.id):
                assert delivery.recipient in team
                assert delivery.channel in {f"inbox:{incident.client}", "inbox:desk"}


def test_the_reader_itself_knows_no_way_over_the_wall(house: House) -> None:
    """Pages stand on it; its answers are checked without their help."""
    hidden, reader = house.secrets(THEIRS), house.ports.reader
    for person in BEHIND_THE_WALL:
        access = house.ports.config.access_of(house.ports.config.agency.people[person])
        board = repr(reader.board(access, [OURS, THEIRS, "house"], NOW)) + repr(reader.changes(access, 0))
        assert not {word for word in hidden if word in board}, person
        assert reader.incident(access, house.ids(THEIRS)["incident"], NOW) is None
    assert reader.incident(ALL, house.ids(THEIRS)["incident"], NOW) is not None
