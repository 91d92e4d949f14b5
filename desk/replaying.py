"""History through the same verbs: recorded input, a simulated clock, a database of its own."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from desk.acts import Acts
from desk.clocks import SimulatedClock
from desk.pipeline.deliver import deliver
from desk.pipeline.judge import judge
from desk.pipeline.notice import notice
from desk.pipeline.parts import Parts
from desk.pipeline.read import AT_ONCE, read
from desk.pipeline.respond import respond
from desk.recorded import Sighting
from wanglou.domain.agency import Config
from wanglou.domain.incident import Incident, Via
from wanglou.domain.item import Item
from wanglou.domain.person import HOUSE, Person, Role
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.source import SourceClass, SourceSpec
from wanglou.domain.span import Span
from wanglou.domain.volume import BUCKET, ExposureRow, bucket_of
from wanglou.ports import UnitOfWork
from wanglou.wording import say

QUIET = timedelta(hours=24)
"""Stand-in for people: an incident with no news for this long is resolved and closed."""

TITLE_REACH = 100_000
"""Readers one hot-list title is taken to have where the config names no such source."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a replay's output. ``at`` is when it was known, never when it happened."""

    client: str
    brand: str
    at: datetime
    kind: str
    severity: str | None
    polarity: Polarity
    because: str

    @property
    def line(self) -> Mapping[str, object]:
        """The line as JSON takes it."""
        return {
            "client": self.client,
            "brand": self.brand,
            "at": self.at.isoformat(),
            "kind": self.kind,
            "severity": self.severity,
            "polarity": self.polarity.value,
            "because": self.because,
        }


def with_sources(config: Config, sightings: Iterable[Item]) -> Config:
    """The config with a source for each that ``sightings`` come from and it does not name."""
    unknown = {item.source: item for item in sightings if item.source not in config.sources}
    made = {name: _spec(name, item) for name, item in unknown.items()}
    return replace(config, sources={**config.sources, **made})


def _spec(name: str, item: Item) -> SourceSpec:
    on_board = item.board is not None
    return SourceSpec(
        id=name,
        name=name,
        kind="drop_folder",
        url="file:recorded/",  # never looked at: what was recorded is handed in
        source_class=SourceClass.BOARD if on_board else SourceClass.SOCIAL,
        every=timedelta(hours=1),
        silent_after=timedelta(days=3650),
        reach=TITLE_REACH if on_board else 0,
    )


class Change(StrEnum):
    """What people hear of an incident."""

    OPENED = "opened"
    RAISED = "raised"


@dataclass(frozen=True, slots=True)
class News:
    """An incident that opened or became graver: a card or a reply in people's channels.

    ``rule`` is the rule that said so, empty where none did.
    """

    change: Change
    incident: Incident
    rule: str


@dataclass(frozen=True, slots=True)
class Tick:
    """What came of one look around at ``now``."""

    now: datetime
    signals: Sequence[Signal]
    news: Sequence[News]


def signal_told(signal: Signal, now: datetime) -> Told:
    """A signal as a replay writes it."""
    because = say(signal.because)
    return Told(signal.client, signal.brand, now, signal.kind, None, signal.polarity, because)


def news_told(news: News, now: datetime) -> Told:
    """News of an incident as a replay writes it."""
    incident, because = news.incident, say(news.incident.because)
    severity = incident.severity.colour
    return Told(incident.client, incident.brand, now, news.change, severity, Polarity.NEG, because)


def fully_seen(_: Span) -> Sequence[ExposureRow]:
    """Nothing is known of what could be seen: every bucket counts as seen."""
    return ()


def unwatched(_: Sequence[Signal], __: datetime) -> None:
    """Nobody looks over the desk's shoulder."""


@dataclass
class Replay:
    """Runs the verbs tick by tick over what was recorded.

    Nobody is at the desk: an incident without news for ``quiet`` is closed in the name of the agency's
    first decider, as people would have done, so that a later happening opens a new one. ``exposure``:
    what could be seen in the buckets that start in a span. ``before_judging`` is shown, at each tick,
    what stood out since the last one, before the rules see it.
    """

    parts: Parts
    clock: SimulatedClock
    quiet: timedelta = QUIET
    exposure: Callable[[Span], Sequence[ExposureRow]] = fully_seen
    before_judging: Callable[[Sequence[Signal], datetime], None] = unwatched
    known: dict[str, Severity] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)

    def run(self, sightings: Iterable[Sighting], until: datetime | None = None) -> Iterator[Tick]:
        """Yield after each 5-minute tick, up to the last sighting's or, where given, to ``until``."""
        waiting: list[Item] = []
        for sighting in sightings:
            while sighting.visible_at > self.clock.now():
                yield self._tick(waiting)
                waiting = []
                self.clock.advance(BUCKET)
            waiting.append(sighting.item)
        yield self._tick(waiting)
        while until is not None and self.clock.now() < until:
            self.clock.advance(BUCKET)
            yield self._tick([])

    def start(self, first: datetime) -> None:
        """Set the clock to the first tick's end."""
        self.clock.set(bucket_of(first) + BUCKET)

    def _tick(self, items: list[Item]) -> Tick:
        now = self.clock.now()
        self._see(items, now)
        notice(self.parts, now)
        new, has_cases = self._stood_out()
        self.before_judging(new, now)
        if not has_cases:  # nothing to judge, to plan or to send: on most ticks nothing stands out
            return Tick(now, new, ())
        judge(self.parts, now)
        respond(self.parts, now)
        deliver(self.parts, now)
        return Tick(now, new, list(self._news(now)))

    def _see(self, items: list[Item], now: datetime) -> None:
        seen = self.exposure(Span(now - BUCKET, now))
        if items or seen:
            with self.parts.storage.begin() as uow:
                uow.items.keep(items, now)
                uow.volumes.add_exposure(seen)
                uow.commit()
        while items and read(self.parts, now) == AT_ONCE:
            pass

    def _stood_out(self) -> tuple[list[Signal], bool]:
        """Signals no earlier tick has seen, and whether there is anything for the rules to look at."""
        with self.parts.storage.look() as uow:
            unjudged, is_open = uow.signals.unjudged(), bool(uow.incidents.all_open())
        new = [signal for signal in unjudged if signal.key not in self.pending]
        self.pending = {signal.key for signal in unjudged}
        return new, bool(unjudged) or is_open

    def _news(self, now: datetime) -> Iterator[News]:
        with self.parts.storage.look() as uow:
            open_now = [i for i in uow.incidents.all_open() if i.client != HOUSE]
            for incident in open_now:
                before = self.known.get(incident.id)
                if before is None or incident.severity > before:
                    change = Change.OPENED if before is None else Change.RAISED
                    yield News(change, incident, _rule_of(uow, incident))
                self.known[incident.id] = incident.severity
        for incident in open_now:
            if now - incident.changed_at >= self.quiet:
                self._close(incident, now)

    def _close(self, incident: Incident, now: datetime) -> None:
        decider = _decider(self.parts.config)
        if decider is None:
            return
        acts = Acts(self.parts.storage, self.parts.config, frozenset(self.parts.notifiers))
        access = self.parts.config.access_of(decider)
        because = say(Reason("replay_quiet", {"hours": self.quiet / timedelta(hours=1)}))
        acts.waive(access, incident.id, because, Via.COMMAND, now)
        acts.close(access, incident.id, because, Via.COMMAND, now)


def closes(config: Config) -> bool:
    """Whether the agency has somebody in whose name a replay closes incidents."""
    return _decider(config) is not None


def _decider(config: Config) -> Person | None:
    people = config.agency.people.values()
    return next((p for p in people if p.role is Role.DIRECTOR), None)


def _rule_of(uow: UnitOfWork, incident: Incident) -> str:
    """The rule of the newest line of the record that names one."""
    facts = (link.entry.facts for link in reversed(uow.incidents.timeline(incident.id)))
    return next((str(f["rule"]) for f in facts if "rule" in f), "")
