"""The demo: town, chat and config put up together, and the first incident told in figures."""

import os
import secrets
import socket
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from desk.clocks import WallClock
from desk.entrance import Entrance
from desk.rehearsal.chatter import write_chatter
from desk.rehearsal.demo_config import HISTORY, Addresses, write_config
from desk.rehearsal.looking_back import LookingBack
from desk.rehearsal.posts import load_script, visible
from desk.rehearsal.serving import LOOPBACK, PortTakenError, serving
from desk.rehearsal.slack import SlackContract, slack_app
from desk.rehearsal.town import Site, Town, town_app
from desk.sample import SAMPLE_CONFIG
from desk.wiring.shared import Place, desk_reader, matcher_of, read_config, storage_of
from wanglou.domain.agency import Config
from wanglou.domain.delivery import Delivery
from wanglou.domain.incident import Incident
from wanglou.domain.item import Item
from wanglou.domain.mention import Mention
from wanglou.domain.person import HOUSE, Access
from wanglou.ports import DeskReader, IncidentView, Storage
from wanglou.wording import say

LEAD = timedelta(seconds=12)
"""Between our start and the script's: worker and web come up, two weeks of history are read."""

DUTY = "zhou"
ALL = Access("demo", None)


@dataclass(frozen=True, slots=True)
class Report:
    """An incident: its id, facts for machines, text for people."""

    incident: str
    facts: Mapping[str, object]
    text: str


@dataclass(frozen=True, slots=True)
class Demo:
    """A rehearsal that stands. ``commands`` are the processes to run, ``environment`` theirs."""

    place: Place
    config: Config
    storage: Storage
    reader: DeskReader
    town: Town
    chat: SlackContract
    addresses: Addresses
    link: str
    commands: Sequence[Sequence[str]]
    environment: Mapping[str, str]
    looking_back: LookingBack

    @property
    def greeting(self) -> str:
        """Where to look."""
        return (
            "\n演练开始 — the rehearsal begins (Ctrl-C stops it)\n"
            f"  值班台 desk    {self.addresses.desk}{self.link}   (一次性登录 one-time sign-in)\n"
            f"  聊天 chat      {self.addresses.chat}/\n"
            f"  新闻 news      {self.addresses.news}/\n"
            f"  论坛 forum     {self.addresses.forum}/square/\n"
            f"  热榜 hot list  {self.addresses.forum}/hot.json\n"
        )

    def report(self, told: Collection[str] = ()) -> Report | None:
        """The first incident, but for those ``told``, whose card arrived in chat; None before."""
        with self.storage.look() as uow:
            open_now = [i for i in uow.incidents.all_open() if i.client != HOUSE and i.id not in told]
        for incident in open_now:
            view = self.reader.incident(ALL, incident.id, self.town.clock.now())
            card = _card(view) if view else None
            if view and card:
                return self._told(view, card, is_first=not told)
        return None

    def why_none(self) -> str:
        """What stood in the way, for the exit message."""
        with self.storage.look() as uow:
            blind = [h for h in uow.sources.health().values() if not h.state.sees]
            quiet = uow.signals.kept_quiet(self.town.started_at - LEAD)
        if blind:
            trouble = blind[0].trouble
            return f"source {blind[0].source} is {blind[0].state}: {say(trouble, 'en') if trouble else ''}"
        if quiet:
            return f"signals were kept quiet: {say(quiet[0][1], 'en')}"
        return "nothing stood out; the worker's log says what it read"

    def _told(self, view: IncidentView, card: Delivery, *, is_first: bool) -> Report:
        stamps = _stamps(view, card, self.town.started_at)
        quiet = self.kept_quiet(view.incident) if is_first else self._copies(view.incident)
        facts = {
            "incident": f"{view.incident.client}-{view.incident.number}",
            "severity": view.incident.severity.colour,
            "topic": view.incident.topic.value,
            "because": say(view.incident.because, "zh"),
            **{name: moment.isoformat() for name, moment in stamps.items()},
            "seconds_from_start": round((stamps["delivered_at"] - self.began).total_seconds(), 1),
            "kept_quiet": quiet,
        }
        return Report(view.incident.id, facts, self._text(view, stamps, quiet))

    @property
    def began(self) -> datetime:
        """When the demo was started, before the script began."""
        return self.town.started_at - LEAD

    def kept_quiet(self, incident: Incident) -> list[str]:
        """What was seen and not told, each with the reason."""
        return [*self._look_alikes(), *self._copies(incident), *self._signals()]

    def _look_alikes(self) -> list[str]:
        matcher = matcher_of(self.config)
        shown = visible(self.town.script, self.town.started_at, self.town.clock.now())
        items = [Item("demo", s.key, s.post.title, s.post.text) for s in shown]
        voided = Counter(v.look_alike for i in items for v in matcher.why_not(i))
        return [f"{n} 处像而不是 look-alikes: 「{name}」" for name, n in voided.most_common()]

    def _copies(self, incident: Incident) -> list[str]:
        view = self.reader.incident(ALL, incident.id, self.town.clock.now())
        copies = [m for m in view.evidence if not m.mention.voice] if view else []
        return [f"{len(copies)} 条转载只计触达 copies add reach, not voices"] if copies else []

    def _signals(self) -> list[str]:
        with self.storage.look() as uow:
            quiet = uow.signals.kept_quiet(self.began)
        return [f"{signal.brand} {signal.kind}: {say(why, 'zh')}" for signal, why in quiet]

    def _text(self, view: IncidentView, stamps: Mapping[str, datetime], quiet: Sequence[str]) -> str:
        zone = self.config.agency.zone
        lines = [f"  {name:<13} {moment.astimezone(zone):%H:%M:%S}" for name, moment in stamps.items()]
        kept = [f"  压下 kept quiet: {line}" for line in quiet]
        incident = view.incident
        where = f"  {self.addresses.desk}/incidents/{incident.id}"
        title = f"事件 incident {incident.severity.numeral} {incident.brand}: {say(incident.because, 'zh')}"
        return "\n".join(["", title, *lines, *kept, where])


def _card(view: IncidentView) -> Delivery | None:
    """The card that arrived in chat first."""
    sent = [d for d in view.deliveries if d.delivered_at and d.channel.startswith("slack:")]
    return min(sent, key=lambda d: d.delivered_at or d.created_at, default=None)


def _stamps(view: IncidentView, card: Delivery, since: datetime) -> dict[str, datetime]:
    """The stamps of its first mention of this story, as far as it has one, and its own.

    An incident that a person reported has no mention; an entry of a hot list has no time of its own.
    """
    told = {"alerted_at": view.incident.opened_at, "delivered_at": card.delivered_at or card.created_at}
    first = _first(view, since)
    if first is None:
        return told
    published = {"published_at": first.published_at} if first.published_at else {}
    return {**published, "first_seen": first.first_seen, "read_at": first.read_at, **told}


def _first(view: IncidentView, since: datetime) -> Mention | None:
    """The evidence it began with, dated if any is; earlier grumbling is evidence too."""
    mentions = [m.mention for m in view.evidence]
    dated = [m for m in mentions if m.published_at] or mentions
    of_this_story = [m for m in dated if _when(m) >= since] or dated
    return min(of_this_story, key=_when, default=None)


def _when(mention: Mention) -> datetime:
    return mention.published_at or mention.first_seen


@contextmanager
def opened(data: Path, library: Path, desk_port: int) -> Iterator[Demo]:
    """Put up the town and the chat on loopback, write config and history; take all down at the end."""
    clock = WallClock()
    desk = f"http://{LOOPBACK}:{_free(desk_port)}"
    town = Town(load_script(), clock, clock.now() + LEAD)
    chat = SlackContract(secrets.token_urlsafe(16), secrets.token_urlsafe(16), clock, {}, desk)
    with ExitStack() as servers:
        news, forum, room = (
            _put_up(servers, *server)
            for server in (
                (town_app(town, Site.NEWS), "news", 8801),
                (town_app(town, Site.FORUM), "forum", 8802),
                (slack_app(chat), "chat", 8803),
            )
        )
        demo = _stood_up(data, library, town, chat, Addresses(news, forum, room, desk))
        try:
            yield demo
        finally:
            demo.looking_back.stop()


def _put_up(servers: ExitStack, app: object, name: str, port: int) -> str:
    """Serve on the usual port, or on any where that one is taken."""
    try:
        return servers.enter_context(serving(app, name, port))  # type: ignore[arg-type]  # FastAPI apps all
    except PortTakenError:
        return servers.enter_context(serving(app, name, 0))  # type: ignore[arg-type]  # same


def _stood_up(data: Path, library: Path, town: Town, chat: SlackContract, addresses: Addresses) -> Demo:
    place = Place(data / "config", data, library)
    write_config(place.config, addresses, SAMPLE_CONFIG / "lexicon")
    write_chatter(data / HISTORY, town.clock.now())
    config = read_config(place)
    chat.channels.update(_channels(config))
    people = config.agency.people.values()
    chat.people.update({p.contacts["slack"]: p.name for p in people if "slack" in p.contacts})
    storage = storage_of(place)
    link = Entrance(storage, config.agency.people).make_link(DUTY, town.clock.now())
    environment = {
        **os.environ,
        "WANGLOU_SLACK_TOKEN": chat.token,
        "WANGLOU_SLACK_SIGNING": chat.signing_secret,
    }
    environment.pop("WANGLOU_DATABASE", None)
    shared = ["--config", str(place.config), "--data", str(data), "--library", str(library), "--rehearsal"]
    port = addresses.desk.rpartition(":")[2]
    commands = [["up", "--only", "worker", *shared], ["up", "--only", "web", "--port", port, *shared]]
    reader = desk_reader(storage)
    looking_back = LookingBack(place, environment)
    return Demo(
        place, config, storage, reader, town, chat, addresses, link, commands, environment, looking_back
    )


def _channels(config: Config) -> dict[str, str]:
    """Channel name → an id as Slack makes them, for every Slack channel the config names."""
    named = [
        *config.agency.channels.values(),
        *(channel for client in config.clients.values() for channel in client.channels.values()),
    ]
    names = sorted({c.partition(":")[2].removeprefix("#") for c in named if c.startswith("slack:")})
    return {name: f"C{place:07d}ROOM" for place, name in enumerate(names)}


def _free(port: int) -> int:
    """``port`` if nobody listens there, else any free one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return _free(0)
        return int(probe.getsockname()[1])
