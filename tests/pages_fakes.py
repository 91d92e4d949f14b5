"""The desk in memory for page tests: reader, acts, and a browser without script."""

# ruff: noqa: PLR0913, PLR0917 -- an act says who, on what, by which road and when

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from html.parser import HTMLParser

import httpx
from fastapi import FastAPI

from analysis.search import parse
from desk.clocks import SimulatedClock
from desk.correcting import Corrector
from desk.entrance import Entered, Entrance
from desk.web.app import create_app
from desk.web.ports import Backtests, DeskPorts
from tests.pages_sample import (
    CALM,
    CLIENTS,
    HOUR,
    MINUTE,
    NOW,
    QUICK_HASHER,
    SHAPE,
    VOICES,
    config,
    ended,
    full_view,
    health,
    other_incidents,
    view_of,
    volume,
    week,
)
from wanglou.domain.change import Change
from wanglou.domain.client import Client
from wanglou.domain.clock import DESK_ACKNOWLEDGE, STATEMENT
from wanglou.domain.confirmation import Confirmation
from wanglou.domain.incident import IncidentState, TimelineEntry, Via, chain
from wanglou.domain.person import Access
from wanglou.domain.plan import StepState, StepWord
from wanglou.domain.reason import Reason
from wanglou.domain.report import Report
from wanglou.domain.severity import Severity
from wanglou.domain.source import SourceHealth
from wanglou.domain.span import Span
from wanglou.domain.statement import StatementFact
from wanglou.domain.volume import WARM_UP
from wanglou.ports import (
    BoardRow,
    BoardView,
    ChannelState,
    ClientTile,
    ClientView,
    IncidentView,
    QuietSignals,
    Storage,
    TilePoint,
    Voices,
)
from wanglou.storage.mention_list import SqlMentionReader


@dataclass
class FakeReader:
    """Holds views and filters them by access, as a database would."""

    incidents: dict[str, IncidentView] = field(default_factory=dict)
    due: dict[str, tuple[datetime, str, bool]] = field(default_factory=dict)
    tiles: tuple[ClientTile, ...] = ()
    sources: tuple[SourceHealth, ...] = ()
    noted: list[Change] = field(default_factory=list)
    counted: list[Voices] = field(default_factory=list)
    volume: dict[str, tuple[TilePoint, ...]] = field(default_factory=dict)
    feeds: dict[str, int] = field(default_factory=dict)
    kept_quiet: tuple[QuietSignals, ...] = ()
    told: tuple[tuple[str, ChannelState], ...] = ()

    def board(self, access: Access, clients: object, now: datetime) -> BoardView:
        assert isinstance(clients, list)
        shown = [
            v
            for v in self.incidents.values()
            if access.may_see(v.incident.client) and v.incident.state.is_open
        ]
        rows = tuple(self._row(v) for v in shown if v.incident.client in clients)
        tiles = tuple(t for t in self.tiles if access.may_see(t.client) and t.client in clients)
        return BoardView(rows, tiles, self.sources, now, tuple(self.quiet(access, clients, now)))

    def quiet(self, access: Access, clients: Sequence[str], now: datetime) -> list[QuietSignals]:
        shown = {client for client in clients if access.may_see(client)}
        return [q for q in self.kept_quiet if q.signals[0].client in shown]

    def incident(self, access: Access, incident: str, now: datetime) -> IncidentView | None:
        view = self.incidents.get(incident)
        return view if view and access.may_see(view.incident.client) else None

    def incident_numbered(self, access: Access, client: str, number: int) -> str | None:
        found = (v.incident for v in self.incidents.values())
        return next(
            (i.id for i in found if (i.client, i.number) == (client, number) and access.may_see(client)), None
        )

    def client(self, access: Access, client: str, span: Span, now: datetime, past: int) -> ClientView | None:
        if not access.may_see(client):
            return None
        mine = [v.incident for v in self.incidents.values() if v.incident.client == client]
        ended = sorted((i for i in mine if not i.state.is_open), key=lambda i: -i.number)
        counted = tuple(self.voices(access, [client], span))
        return ClientView(self.volume, counted, tuple(ended[:past]), len(ended), self.feeds)

    def voices(self, access: Access, clients: Sequence[str], span: Span) -> list[Voices]:
        return [v for v in self.counted if v.client in clients and access.may_see(v.client)]

    def channels(self, access: Access, now: datetime) -> list[ChannelState]:
        """``told``: the client whose messages they are, and the channel."""
        return [state for client, state in self.told if access.may_see(client)]

    def changes(self, access: Access, after: int) -> list[Change]:
        return [c for c in self.noted if c.id > after and access.may_see(c.client)]

    def newest_change(self) -> int:
        return max((c.id for c in self.noted), default=0)

    def note(self, client: str, kind: str, subject: str) -> Change:
        change = Change(self.newest_change() + 1, client, kind, subject, NOW)
        self.noted.append(change)
        return change

    def show(self, view: IncidentView) -> None:
        self.incidents[view.incident.id] = view
        self.note(view.incident.client, "incident", view.incident.id)

    def _row(self, view: IncidentView) -> BoardRow:
        due, what, is_step = self.due.get(view.incident.id, (None, None, False))
        return BoardRow(view.incident, due, what, is_step, 289, 1_204_500)


@dataclass
class FakeActs:
    """Does to the reader's views what the acts would do to rows; remembers what was asked."""

    reader: FakeReader
    asked: list[tuple[object, ...]] = field(default_factory=list)
    refuse: Reason | None = None

    def acknowledge(self, access: Access, incident: str, via: Via, now: datetime) -> Reason | None:
        if self._ask("acknowledge", access, incident):
            return self.refuse
        view = self.reader.incidents[incident]
        if view.incident.acknowledged_by is None:
            mine = replace(
                view.incident,
                acknowledged_at=now,
                acknowledged_by=access.person,
                owner=access.person,
                state=IncidentState.ACTIVE,
            )
            self.reader.show(replace(view, incident=mine))
        return None

    def own(self, access: Access, incident: str, via: Via, now: datetime) -> Reason | None:
        if self._ask("own", access, incident):
            return self.refuse
        view = self.reader.incidents[incident]
        self.reader.show(replace(view, incident=replace(view.incident, owner=access.person)))
        return None

    def set_topic(
        self, access: Access, incident: str, topic: str, why: str, via: Via, now: datetime
    ) -> Reason | None:
        self._ask("set_topic", access, incident, topic, why)
        return self.refuse

    def step_done(
        self, access: Access, incident: str, step: str, word: StepWord, via: Via, now: datetime
    ) -> Reason | None:
        if self._ask("step_done", access, incident, step, word):
            return self.refuse
        view = self.reader.incidents[incident]
        assert view.plan
        done = [
            replace(s, state=StepState.DONE, done_at=now, done_by=access.person, result=word.result)
            if s.id == step
            else s
            for s in view.plan.steps
        ]
        self.reader.show(replace(view, plan=replace(view.plan, steps=tuple(done))))
        return None

    def step_skipped(
        self, access: Access, incident: str, step: str, why: str, via: Via, now: datetime
    ) -> Reason | None:
        self._ask("step_skipped", access, incident, step, why)
        return self.refuse

    def note(
        self, access: Access, incident: str, text: str, once: str, via: Via, now: datetime
    ) -> Reason | None:
        if ("note", access.person, incident, text, once) in self.asked:
            return None
        if self._ask("note", access, incident, text, once):
            return self.refuse
        view = self.reader.incidents[incident]
        facts = {"who": access.person, "text": text}
        entry = TimelineEntry(incident, now, access.person, via, "incident_note", facts)
        before = view.timeline[-1]
        self.reader.show(replace(view, timeline=(*view.timeline, chain(entry, before.seq + 1, before.hash))))
        return None

    def raise_severity(
        self, access: Access, incident: str, to: Severity, why: str, via: Via, now: datetime
    ) -> Reason | None:
        self._ask("raise_severity", access, incident, to, why)
        return self.refuse

    def lower_severity(
        self, access: Access, incident: str, to: Severity, why: str, via: Via, now: datetime
    ) -> Reason | None:
        self._ask("lower_severity", access, incident, to, why)
        return self.refuse

    def hold(
        self, access: Access, incident: str, wait: str, until: datetime, why: str, via: Via, now: datetime
    ) -> Reason | None:
        self._ask("hold", access, incident, wait, until, why)
        return self.refuse

    def resume(self, access: Access, incident: str, why: str, via: Via, now: datetime) -> Reason | None:
        self._ask("resume", access, incident, why)
        return self.refuse

    def resend(self, access: Access, incident: str, delivery: str, via: Via, now: datetime) -> Reason | None:
        self._ask("resend", access, incident, delivery)
        return self.refuse

    def report(self, access: Access, report: Report, via: Via, now: datetime) -> str | Reason:
        self._ask("report", access, report)
        return self.refuse or next(iter(self.reader.incidents))

    def merge(
        self, access: Access, incident: str, into: str, why: str, via: Via, now: datetime
    ) -> Reason | None:
        self._ask("merge", access, incident, into, why)
        return self.refuse

    def contain(self, access: Access, incident: str, why: str, via: Via, now: datetime) -> Reason | None:
        self._ask("contain", access, incident, why)
        return self.refuse

    def resolve(
        self, access: Access, incident: str, confirmation: Confirmation, via: Via, now: datetime
    ) -> Reason | None:
        self._ask("resolve", access, incident, confirmation)
        return self.refuse

    def waive(self, access: Access, incident: str, why: str, via: Via, now: datetime) -> Reason | None:
        self._ask("waive", access, incident, why)
        return self.refuse

    def state_fact(
        self, access: Access, incident: str, fact: StatementFact, via: Via, now: datetime
    ) -> Reason | None:
        self._ask("state_fact", access, incident, fact)
        return self.refuse

    def withdraw_fact(
        self, access: Access, incident: str, blank: str, why: str, via: Via, now: datetime
    ) -> Reason | None:
        self._ask("withdraw_fact", access, incident, blank, why)
        return self.refuse

    def approve_statement(
        self, access: Access, incident: str, digest: str, word: Confirmation, via: Via, now: datetime
    ) -> Reason | None:
        self._ask("approve_statement", access, incident, digest, word)
        return self.refuse

    def close(self, access: Access, incident: str, learnt: str, via: Via, now: datetime) -> Reason | None:
        self._ask("close", access, incident, learnt)
        return self.refuse

    def reopen(self, access: Access, incident: str, why: str, via: Via, now: datetime) -> Reason | None:
        self._ask("reopen", access, incident, why)
        return self.refuse

    def dismiss(self, access: Access, incident: str, why: str, via: Via, now: datetime) -> Reason | None:
        self._ask("dismiss", access, incident, why)
        return self.refuse

    def _ask(self, deed: str, access: Access, *what: object) -> bool:
        self.asked.append((deed, access.person, *what))
        return self.refuse is not None


@dataclass
class Desk:
    """Everything of a running desk that a test may touch."""

    app: FastAPI
    reader: FakeReader
    acts: FakeActs
    entrance: Entrance
    clock: SimulatedClock
    ports: DeskPorts

    def browser(self) -> "Browser":
        return Browser(self.app)

    def signed_in(self, person: str = "wang") -> "Browser":
        """A browser in which this person came in by a link."""
        nonce = self.entrance.make_link(person, self.clock.now()).removeprefix("/link/")
        came = self.entrance.use_link(nonce, "192.0.2.7", self.clock.now())
        assert isinstance(came, Entered)
        browser = self.browser()
        browser.hold(came.token)
        return browser


def long_observed(client: Client) -> tuple[tuple[str, int], ...]:
    """Enough of each brand to judge its rises."""
    return tuple((brand.name, WARM_UP) for brand in client.brands)


def sample_reader(*, blind: int = 0) -> FakeReader:
    reader = FakeReader(sources=health(blind=blind))
    for view in (full_view(), *(view_of(i) for i in other_incidents())):
        reader.show(view)
    reader.due = {
        "inc-anju-12": (NOW + 2 * MINUTE, DESK_ACKNOWLEDGE, False),
        "inc-hemuli-4": (NOW - 6 * MINUTE, "门店监控与留样送检", True),
        "inc-chengchuan-7": (NOW + 70 * MINUTE, STATEMENT, False),
        "inc-luzhan-2": (NOW + 26 * HOUR, "复盘会", True),
    }
    words = {
        "anju": (("弹开", 88), ("指纹", 61), ("投诉", 54), ("退货", 31), ("客服", 28)),
        "hemuli": (("异物", 19), ("门店", 16), ("奶盖", 9)),
        "chengchuan": (("滤芯", 12), ("宣传", 11), ("直饮", 7)),
        "luzhan": (("退票", 40), ("闪退", 22)),
        "shihe": (("起球", 6), ("面料", 5)),
        "xinglan": (),
    }
    shapes = {"anju": SHAPE, "xinglan": tuple(0 for _ in CALM)}
    reader.incidents |= {f"inc-anju-{n}": view_of(ended(n)) for n in range(1, 12)}
    reader.counted = list(VOICES)
    reader.volume = {"安屿": week(CALM)}
    reader.feeds = {"s1": 81, "s2": 12, "s3": 196}
    reader.tiles = tuple(
        ClientTile(
            c.id, volume(shapes.get(c.id, CALM), band=c.id != "xinglan"), words[c.id], long_observed(c)
        )
        for c in CLIENTS
    )
    return reader


def open_desk(
    storage: Storage,
    reader: FakeReader | None = None,
    *,
    rehearsal: bool = False,
    desk_url: str = "http://desk.example",
    worker_digest: str | None = None,
    backtests: Backtests | None = None,
) -> Desk:
    reader = reader or sample_reader()
    settings = config(desk_url=desk_url)
    clock, acts = SimulatedClock(NOW), FakeActs(reader)
    entrance = Entrance(storage, settings.agency.people, QUICK_HASHER)
    ports = DeskPorts(
        reader=reader,
        mentions=SqlMentionReader(storage),  # type: ignore[arg-type]  # the real storage
        corrector=Corrector(storage, settings),
        parse_words=parse,
        acts=acts,
        entrance=entrance,
        clock=clock,
        config=settings,
        secret="a secret of this test",  # noqa: S106 -- it signs nothing beyond this test
        rehearsal=rehearsal,
        worker_digest=lambda: worker_digest,
        backtests=backtests,
    )
    return Desk(create_app(ports), reader, acts, entrance, clock, ports)


class Browser:
    """A browser without script: keeps cookies, follows redirects, sends forms with their hidden fields."""

    def __init__(self, app: FastAPI, host: str = "http://desk.example") -> None:
        self._app, self._host = app, host
        self.cookies = httpx.Cookies()
        self.last: list[httpx.Response] = []

    def hold(self, token: str) -> None:
        """Put a session cookie into the browser by hand."""
        self.cookies.set("wanglou", token, domain="desk.example")

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self._send("GET", path, None, headers)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        return self._send("POST", path, fields, {"origin": self._host, **headers})

    def post_form(
        self, action: str, fields: dict[str, str] | None = None, *, page: httpx.Response
    ) -> httpx.Response:
        """Fill in the form with this action on ``page`` and send it."""
        hidden = form_fields(page.text, action)
        return self.post(action, {**hidden, **(fields or {})})

    def _send(
        self, method: str, path: str, fields: dict[str, str] | None, headers: dict[str, str]
    ) -> httpx.Response:
        async def talk() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False, client=("192.0.2.7", 5000))
            async with httpx.AsyncClient(
                transport=transport, base_url=self._host, cookies=self.cookies, follow_redirects=True
            ) as client:
                answer = await client.request(
                    method, path, data=fields, headers={k.replace("_", "-"): v for k, v in headers.items()}
                )
                self.cookies = client.cookies
                self.last = [*answer.history, answer]
                return answer

        return asyncio.run(talk())


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.forms.append((found.get("action") or "", {}))
        elif tag == "input" and found.get("type") == "hidden" and self.forms:
            self.forms[-1][1][found.get("name") or ""] = found.get("value") or ""


def form_fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the first form that posts to ``action`` (or to the page itself)."""
    parser = _Forms()
    parser.feed(page)
    exact = [fields for to, fields in parser.forms if to == action]
    return (exact or [fields for to, fields in parser.forms if not to])[0]
