"""History through the same verbs: recorded input, a simulated clock, a database of its own."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from desk.acts import Acts
from desk.clocks import SimulatedClock
from desk.pipeline.deliver import deliver
from desk.pipeline.judge import judge
from desk.pipeline.notice import notice
from desk.pipeline.parts import Parts
from desk.pipeline.read import read
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
from wanglou.domain.volume import BUCKET, bucket_of
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


@dataclass
class Replay:
    """Runs the verbs tick by tick over what was recorded.

    ``signals`` and ``incidents`` are handed out as they come. Nobody is at the desk: an incident without
    news for ``quiet`` is closed in the name of the agency's first decider, as people would have done, so
    that a later happening opens a new one.
    """

    parts: Parts
    clock: SimulatedClock
    quiet: timedelta = QUIET
    known: dict[str, Severity] = field(default_factory=dict)

    def run(self, sightings: Iterable[Sighting]) -> Iterator[tuple[datetime, list[Told], list[Told]]]:
        """Yield after each 5-minute tick: its time, its signals, its incidents (opened or raised)."""
        waiting: list[Item] = []
        for sighting in sightings:
            while sighting.visible_at > self.clock.now():
                yield self._tick(waiting)
                waiting = []
                self.clock.advance(BUCKET)
            waiting.append(sighting.item)
        yield self._tick(waiting)

    def start(self, first: datetime) -> None:
        """Set the clock to the first tick's end."""
        self.clock.set(bucket_of(first) + BUCKET)

    def _tick(self, items: list[Item]) -> tuple[datetime, list[Told], list[Told]]:
        now = self.clock.now()
        if items:
            with self.parts.storage.begin() as uow:
                uow.items.keep(items, now)
                uow.commit()
            while read(self.parts, now):
                pass
        found = notice(self.parts, now)
        judge(self.parts, now)
        respond(self.parts, now)
        deliver(self.parts, now)
        return now, [_signal(s, now) for s in found], list(self._incidents(now))

    def _incidents(self, now: datetime) -> Iterator[Told]:
        with self.parts.storage.look() as uow:
            open_now = [i for i in uow.incidents.all_open() if i.client != HOUSE]
        for incident in open_now:
            before = self.known.get(incident.id)
            if before is None or incident.severity > before:
                yield _incident(incident, "opened" if before is None else "raised", now)
            self.known[incident.id] = incident.severity
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


def _decider(config: Config) -> Person | None:
    people = config.agency.people.values()
    return next((p for p in people if p.role is Role.DIRECTOR), None)


def _signal(signal: Signal, now: datetime) -> Told:
    because = say(signal.because)
    return Told(signal.client, signal.brand, now, signal.kind, None, signal.polarity, because)


def _incident(incident: Incident, what: str, now: datetime) -> Told:
    severity = incident.severity.colour
    because = say(incident.because)
    return Told(incident.client, incident.brand, now, what, severity, Polarity.NEG, because)
