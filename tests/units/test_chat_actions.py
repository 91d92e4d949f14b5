"""Buttons pressed in Slack, from the card that was posted to the incident's record."""

import asyncio
import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI

import playbooks
from alerting.incidents import open_incident
from alerting.notifiers.slack import PLUGIN as SLACK
from alerting.rules import Verdict
from analysis.search import parse
from desk.acts import Acts
from desk.correcting import Corrector
from desk.entrance import Entrance
from desk.pipeline.deliver import deliver
from desk.pipeline.respond import respond
from desk.rehearsal.demo_config import Addresses, write_config
from desk.rehearsal.serving import serving
from desk.rehearsal.slack import Post, SlackContract, press_body, slack_app
from desk.web.app import create_app
from desk.web.chat_actions import MAX_BODY, RESPONSE_ORIGIN, allowed_origin, slack_actions
from desk.web.ports import DeskPorts
from desk.wiring.shared import Place, desk_reader, read_config
from tests.pages_sample import QUICK_HASHER
from tests.stories.processes import PATIENCE
from tests.units.alerting.cast import NOW, signal
from tests.world import World, started
from wanglou.domain.agency import Config
from wanglou.domain.incident import Incident, TimelineEntry, Via
from wanglou.domain.person import Person, Role
from wanglou.domain.plan import Step, StepState
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic
from wanglou.storage.engine import DATABASE_FILE
from wanglou.storage.mention_list import SqlMentionReader
from wanglou.wording import say

TEAM_CHANNEL = "C0000TEAM"
WANG, LI, ZHAO, CHEN, ZHOU = ("U0000WANG", "U0000LI00", "U0000ZHAO", "U0000CHEN", "U0000ZHOU")
PEOPLE = (
    Person("wang", "王芳", Role.ACCOUNT, {"slack": WANG}),
    Person("li", "李岚", Role.DIRECTOR, {"slack": LI}),
    Person("zhao", "赵宁", Role.MEDIA, {"slack": ZHAO}),
    Person("chen", "陈可", Role.ACCOUNT, {"slack": CHEN}),  # another client's account manager
    Person("zhou", "周敏", Role.DESK, {"slack": ZHOU}),
)
GATED = "pause_campaign"


@dataclass
class Room:
    """The client's channel with an incident's card in it, and the desk behind its buttons."""

    world: World
    slack: SlackContract
    app: FastAPI
    opened: Incident
    database: Path

    @property
    def card(self) -> Post:
        return next(p for p in self.slack.posts if p.channel == TEAM_CHANNEL and p.thread is None)

    @property
    def incident(self) -> Incident:
        with self.world.parts.storage.look() as uow:
            found = uow.incidents.get(self.opened.id)
        assert found is not None
        return found

    def record(self) -> list[TimelineEntry]:
        with self.world.parts.storage.look() as uow:
            return [c.entry for c in uow.incidents.timeline(self.opened.id)]

    def step(self, step: str) -> Step:
        with self.world.parts.storage.look() as uow:
            plan = uow.plans.of_incident(self.opened.id)
        assert plan is not None
        return next(s for s in plan.steps if s.id == step)

    def tells(self) -> None:
        """What is due goes out to chat."""
        with serving(slack_app(self.slack), "chat") as origin:
            notifier = SLACK({"slack": self.slack.token}, {"base_url": f"{origin}/api/"})
            parts = replace(self.world.parts, notifiers={**self.world.parts.notifiers, "slack": notifier})
            while deliver(parts, self.world.now):
                pass

    def body(self, person: str, act: str = "acknowledge", value: str = "", response_url: str = "") -> bytes:
        """What Slack posts when ``person`` presses a button that says ``act`` and carries ``value``."""
        action = {"action_id": f"{act}:0", "value": value or self.opened.id}
        form = press_body(self.slack, self.card, action, person)
        return answered_at(form, response_url) if response_url else form

    def press(self, person: str, act: str = "acknowledge", value: str = "", response_url: str = "") -> int:
        body = self.body(person, act, value, response_url)
        return self.post(body, self.slack.signed(body))

    def post(self, body: bytes, headers: dict[str, str]) -> int:
        """The status the desk answers with, after all it does behind the answer."""

        async def talk() -> int:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
            async with httpx.AsyncClient(transport=transport, base_url="http://desk.example") as slack:
                return (await slack.post("/chat/slack/actions", content=body, headers=headers)).status_code

        return asyncio.run(talk())


def answered_at(form: bytes, response_url: str) -> bytes:
    """The same press with the address where Slack takes an answer."""
    payload = json.loads(httpx.QueryParams(form.decode())["payload"])
    return urlencode({"payload": json.dumps({**payload, "response_url": response_url})}).encode()


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder = tmp_path_factory.mktemp("agency")
    write_config(folder, Addresses(*["http://127.0.0.1:9"] * 4))
    config = read_config(Place(folder, folder, Path(playbooks.__path__[0]) / "library"))
    return replace(config, agency=replace(config.agency, people={p.id: p for p in PEOPLE}))


@pytest.fixture(scope="module")
def posted(agency: Config, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Room:
    """The room after the cards came out; its database is copied for each test."""
    folder = tmp_path_factory.mktemp("posted")
    database = Path(shutil.copy(sqlite_template, folder / DATABASE_FILE))
    world = started(agency, database, folder, NOW)
    slack = SlackContract(
        "xoxb-test", "signing", world.clock, {"anyu-watch": TEAM_CHANNEL, "duty-desk": "C0000DESK"}
    )
    room = Room(world, slack, FastAPI(), opened_in(world), database)
    room.tells()
    world.parts.storage.close()  # type: ignore[attr-defined]  # the real storage: its WAL goes into the file
    return room


@pytest.fixture
def room(agency: Config, posted: Room, tmp_path: Path) -> Iterator[Room]:
    database = Path(shutil.copy(posted.database, tmp_path / DATABASE_FILE))
    world = started(agency, database, tmp_path, NOW)
    slack = replace(posted.slack, clock=world.clock, posts=deepcopy(posted.slack.posts), refusals=[])
    yield Room(world, slack, desk_app(world, slack), posted.opened, database)
    world.parts.storage.close()  # type: ignore[attr-defined]  # the real storage


def opened_in(world: World) -> Incident:
    """An orange advert incident with its plan, on the way into chat."""
    verdict = Verdict("negative_burst", Severity.ORANGE, Topic.FALSE_ADVERT)
    decision = open_incident(verdict, [signal()], 1, world.now)
    with world.parts.storage.begin() as uow:
        assert world.parts.carrier.open_new(uow, decision, world.now)
        uow.commit()
    respond(world.parts, world.now)
    return decision.incident


def desk_app(world: World, slack: SlackContract, response_origin: str = RESPONSE_ORIGIN) -> FastAPI:
    config, storage = world.parts.config, world.parts.storage
    desk = DeskPorts(
        reader=desk_reader(storage),  # type: ignore[arg-type]  # the real storage
        mentions=SqlMentionReader(storage),  # type: ignore[arg-type]  # the real storage
        corrector=Corrector(storage, config),
        parse_words=parse,
        acts=Acts(storage, config, frozenset(world.parts.notifiers)),
        entrance=Entrance(storage, config.agency.people, QUICK_HASHER),
        clock=world.clock,
        config=config,
        secret="a test's own",  # noqa: S106 -- a test's own
    )
    return create_app(desk, [slack_actions(desk, slack.signing_secret, response_origin)])


def test_the_card_in_chat_carries_the_button_that_takes_the_incident(room: Room) -> None:
    button = next(e for b in room.card.blocks if b["type"] == "actions" for e in b["elements"])
    body = press_body(room.slack, room.card, button, WANG)
    assert room.post(body, room.slack.signed(body)) == 200
    assert room.incident.acknowledged_by == "wang"
    assert (room.record()[-1].actor, room.record()[-1].via) == ("wang", Via.SLACK)


def test_after_the_press_the_card_names_who_took_it_and_asks_nobody_else(room: Room) -> None:
    room.press(WANG)
    room.tells()
    assert "王芳" in str(room.card.blocks)
    assert "acknowledge" not in str(room.card.blocks)
    assert room.slack.refusals == []


def test_the_same_press_sent_twice_is_one_acknowledgement(room: Room) -> None:
    assert [room.press(WANG), room.press(WANG)] == [200, 200]
    assert [e.kind for e in room.record()].count("incident_acknowledged") == 1


def test_two_people_press_and_the_first_holds_it(room: Room) -> None:
    room.press(WANG)
    room.press(ZHOU)
    assert room.incident.acknowledged_by == "wang"


def test_a_step_without_a_gate_is_done_from_chat(room: Room) -> None:
    assert room.press(WANG, "step_done", f"{room.opened.id}|set_severity") == 200
    done = room.step("set_severity")
    assert (done.state, done.done_by) == (StepState.DONE, "wang")


def test_a_step_pressed_twice_is_on_record_once(room: Room) -> None:
    for _ in range(2):
        room.press(WANG, "step_done", f"{room.opened.id}|set_severity")
    assert [e.kind for e in room.record()].count("incident_step_done") == 1


def no_signature(headers: dict[str, str]) -> dict[str, str]:
    return {k: v for k, v in headers.items() if k != "X-Slack-Signature"}


def no_stamp(headers: dict[str, str]) -> dict[str, str]:
    return {k: v for k, v in headers.items() if k != "X-Slack-Request-Timestamp"}


def with_header(name: str, value: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda headers: {**headers, name: value}


FORGERIES = {
    "no signature": no_signature,
    "an empty signature": with_header("X-Slack-Signature", ""),
    "another's signature": with_header("X-Slack-Signature", "v0=" + "0" * 64),
    "a signature of other letters": with_header("X-Slack-Signature", "v0=\xe9"),
    "no timestamp": no_stamp,
    "a timestamp that is no number": with_header("X-Slack-Request-Timestamp", "soon"),
    "a negative timestamp": with_header("X-Slack-Request-Timestamp", "-1"),
    "a timestamp in other digits": with_header("X-Slack-Request-Timestamp", "\xb9\xb2\xb3"),
    "a timestamp longer than any number": with_header("X-Slack-Request-Timestamp", "9" * 5000),
    "another timestamp than was signed": with_header("X-Slack-Request-Timestamp", "1"),
}


@pytest.mark.parametrize("forged", FORGERIES.values(), ids=FORGERIES.keys())
def test_what_slack_did_not_sign_is_refused_and_does_nothing(
    room: Room, forged: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    body = room.body(WANG)
    headers = {k: v.encode("latin-1") for k, v in forged(room.slack.signed(body)).items()}
    assert room.post(body, headers) == 401  # type: ignore[arg-type]  # raw bytes, as a forger sends them
    assert room.incident == room.opened


def test_a_signature_for_another_body_is_refused(room: Room) -> None:
    signed = room.slack.signed(room.body(CHEN))
    assert room.post(room.body(WANG), signed) == 401
    assert room.incident == room.opened


@pytest.mark.parametrize(
    ("late", "answer"), [(timedelta(minutes=5), 200), (timedelta(minutes=5, seconds=1), 401)]
)
def test_a_recorded_press_is_worth_nothing_after_five_minutes(
    room: Room, late: timedelta, answer: int
) -> None:
    body = room.body(WANG)
    signed = room.slack.signed(body)
    room.world.clock.advance(late)
    assert room.post(body, signed) == answer
    assert (room.incident.acknowledged_by == "wang") == (answer == 200)


def test_a_body_larger_than_any_button_is_refused_before_it_is_read(room: Room) -> None:
    body = room.body(WANG) + b"&more=" + b"x" * MAX_BODY
    assert room.post(body, room.slack.signed(body)) == 401
    assert room.incident == room.opened


def test_a_body_that_is_not_utf8_is_refused(room: Room) -> None:
    body = b"payload=\xff\xfe"
    assert room.post(body, room.slack.signed(body)) == 401


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "payload=",
        "payload=%7B",
        "payload=%5B%5D",
        "payload=null",
        "payload=%7B%22actions%22%3A%5B%5D%7D",
        "x=1",
    ],
)
def test_signed_words_that_are_no_button_are_a_bad_request(room: Room, payload: str) -> None:
    body = payload.encode()
    assert room.post(body, room.slack.signed(body)) == 400


@pytest.mark.parametrize("act", ["open_desk", "no_such_act"])
def test_a_link_button_needs_no_answer(room: Room, act: str) -> None:
    assert room.press(WANG, act) == 200
    assert room.incident == room.opened


@pytest.mark.parametrize(
    ("person", "why"),
    [
        ("U0STRANGER", "nobody of agency.yaml"),
        (CHEN, "not in this client's team"),
        (ZHAO, "in the team, but orders_from names others"),
    ],
)
def test_who_may_not_order_changes_nothing(room: Room, person: str, why: str) -> None:
    assert room.press(person) == 200, why  # Slack calls any other answer a failure of ours
    assert room.incident == room.opened


@pytest.mark.parametrize(("person", "name"), [(WANG, "wang"), (LI, "li"), (ZHOU, "zhou")])
def test_named_people_and_those_who_watch_over_all_clients_may(room: Room, person: str, name: str) -> None:
    room.press(person)
    assert room.incident.acknowledged_by == name


def test_without_named_people_the_whole_team_may(room: Room, agency: Config) -> None:
    lock = replace(agency.clients["lock"], orders_from=())
    room.world.parts = replace(
        room.world.parts, config=replace(agency, clients={**agency.clients, "lock": lock})
    )
    room.app = desk_app(room.world, room.slack)
    room.press(ZHAO)
    assert room.incident.acknowledged_by == "zhao"


def test_an_incident_that_does_not_exist_is_answered_like_one_of_another_team(room: Room) -> None:
    with answers_taken() as taken:
        room.press(WANG, "acknowledge", "no-such-incident", HOOK)
        room.press(CHEN, "acknowledge", "", HOOK)
    assert len(taken) == 2


HOOK = "https://hooks.slack.com/actions/T0/1/x"


@contextmanager
def answers_taken() -> Iterator[list[str]]:
    """A proxy on loopback: the first line of each connection that the desk opens outward."""
    heard: list[str] = []

    def answer() -> None:
        while True:
            try:
                line, _ = door.accept()
            except OSError:
                return
            with line:
                heard.append(line.recv(4096).split(b"\r\n", 1)[0].decode())
                line.sendall(b"HTTP/1.1 502 Not in a test\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as door, pytest.MonkeyPatch.context() as environment:
        environment.setenv("HTTPS_PROXY", f"http://127.0.0.1:{door.getsockname()[1]}")
        thread = threading.Thread(target=answer)
        thread.start()
        yield heard
        door.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_refusal_is_told_to_the_one_who_pressed_at_slacks_own_address(room: Room) -> None:
    with answers_taken() as taken:
        assert room.press(CHEN, response_url=HOOK) == 200
    assert taken == ["CONNECT hooks.slack.com:443 HTTP/1.0"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://hooks.slack.com.evil.example/x",
        "https://evil.example/hooks.slack.com/",
        "https://hooks.slack.com@evil.example/",
        "http://hooks.slack.com/x",
        "http://127.0.0.1:1/x",
        "https://hooks.slack.com:8443/x",
        "https://hooks.slack.com:x/",
        "https://evil.example\\@hooks.slack.com/",
        "https://evil.example\\.hooks.slack.com/",
        "https://hooks.slack.com\n.evil.example/",
        "https://[hooks.slack.com/",
        "file:///etc/hostname",
        "",
    ],
)
def test_a_refusal_goes_nowhere_else(room: Room, elsewhere: str) -> None:
    with answers_taken() as taken:
        assert room.press(CHEN, response_url=elsewhere) == 200
    assert taken == []


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example/",
        "http://10.0.0.7/",
        "http://localhost.evil.example/",
        "http://127.0.0.1.evil.example/",
        "http://evil.example@127.0.0.1/",
        "ftp://127.0.0.1/",
        "127.0.0.1:8803",
        "",
    ],
)
def test_a_response_origin_without_tls_is_refused_off_this_machine(address: str) -> None:
    with pytest.raises(ValueError, match="response_origin"):
        allowed_origin(address)


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://hooks.example/", "https://hooks.example:443"),
        ("http://127.0.0.1:8803/", "http://127.0.0.1:8803"),
        ("http://127.0.0.1/", "http://127.0.0.1:80"),
    ],
)
def test_a_response_origin_with_tls_or_on_this_machine_is_taken(address: str, origin: str) -> None:
    assert allowed_origin(address) == origin


def test_the_rehearsals_room_shows_a_refusal_below_the_button_until_the_next_press(room: Room) -> None:
    room.slack.person = CHEN
    with serving(slack_app(room.slack), "chat") as chat:
        with serving(desk_app(room.world, room.slack, f"{chat}/"), "desk") as room.slack.desk_url:
            action = {"ts": room.card.ts, "action": "acknowledge:0"}
            assert httpx.post(f"{chat}/press", data=action, timeout=PATIENCE).status_code == 303
        # the desk has ended, and with it all it does behind its answers
        page = httpx.get(f"{chat}/", timeout=PATIENCE).text
        assert "仅你可见" in page
        assert say(Reason("slack_not_yours"), "zh") in page
        assert room.incident == room.opened
        room.slack.person = WANG
        with serving(desk_app(room.world, room.slack, f"{chat}/"), "desk") as room.slack.desk_url:
            httpx.post(f"{chat}/press", data=action, timeout=PATIENCE)
        assert "仅你可见" not in httpx.get(f"{chat}/", timeout=PATIENCE).text
    assert room.incident.acknowledged_by == "wang"


def test_the_rehearsals_room_takes_an_answer_only_to_a_press(room: Room) -> None:
    with serving(slack_app(room.slack), "chat") as chat:
        said = {"text": "hello", "response_type": "ephemeral"}
        assert httpx.post(f"{chat}/answers/{room.card.ts}", json=said, timeout=PATIENCE).status_code == 404
    assert room.card.aside == ""


def test_what_was_done_is_answered_by_the_card_alone(room: Room) -> None:
    with answers_taken() as taken:
        room.press(WANG, response_url=HOOK)
    assert taken == []


def test_a_gated_step_is_refused_in_chat_and_the_reason_told(room: Room) -> None:
    with answers_taken() as taken:
        assert room.press(WANG, "step_done", f"{room.opened.id}|{GATED}", HOOK) == 200
    assert room.step(GATED).state is StepState.TODO
    assert len(taken) == 1


def test_a_gated_step_has_no_button_to_press_by_mistake(room: Room) -> None:
    shown = [
        b for p in room.slack.posts if p.channel == TEAM_CHANNEL for b in p.blocks if b["type"] == "actions"
    ]
    buttons = [button for block in shown for button in block["elements"]]
    assert any("url" in button and GATED in button["url"] for button in buttons)  # to its form on the desk
    assert not [button for button in buttons if "url" not in button and GATED in str(button)]


def test_a_step_of_no_plan_is_refused(room: Room) -> None:
    with answers_taken() as taken:
        assert room.press(WANG, "step_done", f"{room.opened.id}|no_such_step", HOOK) == 200
    assert len(taken) == 1
