"""An agency for stories: real config, storage, model and detectors; simulated time; a chat that records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from alerting.notifier import Notifier
from alerting.notifiers import inbox
from desk.acts import Acts
from desk.clocks import SimulatedClock
from desk.pipeline.chase import chase
from desk.pipeline.deliver import deliver
from desk.pipeline.index import index
from desk.pipeline.judge import judge
from desk.pipeline.notice import notice, watch
from desk.pipeline.parts import Memory, Parts
from desk.pipeline.read import read
from desk.pipeline.respond import respond
from desk.wiring.shared import Place
from desk.wiring.worker import worker_parts
from wanglou.domain.agency import Config
from wanglou.domain.confirmation import Confirmation, Medium
from wanglou.domain.delivery import DeliveryKind, Later, Message, Outcome, Sent
from wanglou.domain.incident import Incident, Via
from wanglou.domain.item import Author, DatedBy, Item
from wanglou.domain.person import HOUSE, Access
from wanglou.domain.plan import StepWord, Stopped
from wanglou.domain.reason import Reason
from wanglou.domain.source import SourceHealth, SourceState
from wanglou.storage.engine import SqlStorage, open_storage
from wanglou.storage.reader import SqlDeskReader


@dataclass
class Chat:
    """A channel as people see it: cards, their replies, their edits. ``down`` refuses for now."""

    down: bool = False
    posts: list[Message] = field(default_factory=list)
    edits: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> Outcome:
        if self.down:
            return Later(Reason("slack_unreachable", {"found": "down"}))
        if message.kind is DeliveryKind.CARD_UPDATE and message.parent:
            self.edits.append(message)
            return Sent(message.parent)
        self.posts.append(message)
        return Sent(f"{message.address}/{len(self.posts)}")

    @property
    def cards(self) -> list[Message]:
        return [m for m in self.posts if m.kind is DeliveryKind.CARD]

    def in_channel(self, address: str) -> list[Message]:
        return [m for m in self.posts if m.address == address]

    def texts(self) -> str:
        return "\n".join(m.text for m in self.posts)


@dataclass
class World:
    """Arrange with ``sees`` and ``run``; assert on what people would see in ``chat``."""

    parts: Parts
    clock: SimulatedClock
    chat: Chat
    serial: int = 0

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def acts(self) -> Acts:
        return Acts(self.parts.storage, self.parts.config, frozenset(self.parts.notifiers))

    @property
    def reader(self) -> SqlDeskReader:
        storage = self.parts.storage
        assert isinstance(storage, SqlStorage)
        return SqlDeskReader(storage)

    def sees(
        self,
        texts: Iterable[str],
        source: str = "square",
        at: datetime | None = None,
        every: timedelta = timedelta(seconds=2),
    ) -> None:
        """The source shows posts, the last of them published now (or at ``at``)."""
        items = list(self._items(list(texts), source, at or self.now, every))
        with self.parts.storage.begin() as uow:
            uow.items.keep(items, self.now)
            uow.commit()

    def _items(self, texts: Sequence[str], source: str, last: datetime, every: timedelta) -> Iterable[Item]:
        for place, text in enumerate(texts):
            self.serial += 1
            when = last - every * (len(texts) - 1 - place)
            url = f"http://forum.example/p/{self.serial}"
            yield Item(source, url, "", text, Author(f"读者{self.serial}"), when, DatedBy.FEED)

    def all_sources_live(self) -> None:
        with self.parts.storage.begin() as uow:
            for source in self.parts.config.sources:
                uow.sources.save_health(SourceHealth(source, SourceState.LIVE, self.now, self.now))
            uow.commit()

    def run(self, minutes: float = 0, step: timedelta = timedelta(minutes=1)) -> None:
        """Let the worker's verbs run now and after each step."""
        self.turn()
        end = self.now + timedelta(minutes=minutes)
        while self.now < end:
            self.clock.advance(min(step, end - self.now))
            self.turn()

    def turn(self) -> None:
        now = self.now
        watch(self.parts, now)
        while read(self.parts, now):
            pass
        notice(self.parts, now)
        judge(self.parts, now)
        respond(self.parts, now)
        chase(self.parts, now)
        while deliver(self.parts, now):
            pass
        while index(self.parts):
            pass

    def incidents(self) -> list[Incident]:
        with self.parts.storage.look() as uow:
            return [i for i in uow.incidents.all_open() if i.client != HOUSE]

    def house_incidents(self) -> list[Incident]:
        with self.parts.storage.look() as uow:
            return [i for i in uow.incidents.all_open() if i.client == HOUSE]

    def incident(self) -> Incident:
        [only] = self.incidents()
        return only

    def access(self, person: str) -> Access:
        return self.parts.config.access_of(self.parts.config.agency.people[person])

    def acknowledges(self, person: str, incident: Incident) -> Reason | None:
        return self.acts.acknowledge(self.access(person), incident.id, Via.SLACK, self.now)


def started(config: Config, database: Path, data: Path, now: datetime) -> World:
    """An agency on an existing database, at ``now``."""
    clock, chat = SimulatedClock(now), Chat()
    channels: Mapping[str, Notifier] = {"inbox": inbox.PLUGIN({}, {}), "slack": chat}
    return World(
        worker_parts(
            config, Place(data, data, data), open_storage(database), clock, channels, rehearsal=True
        ),
        clock,
        chat,
    )


def restarted(world: World) -> World:
    """The same agency after its worker was killed: only rows are left."""
    parts = replace(world.parts, memory=Memory(), holder=f"{world.parts.holder}+")
    return replace(world, parts=parts)


def word(at: datetime, words: str = "同意结案，后续按方案执行") -> Confirmation:
    """What the client wrote, or said, at ``at``."""
    return Confirmation("陈经理（市场部）", Medium.MAIL, at, words)


def consent(at: datetime) -> StepWord:
    """What is said of a step that needs it: the client agreed in writing, what it stops stopped at ``at``."""
    return StepWord(word(at, "同意，请马上办"), Stopped.YES, at, "截图已存")
