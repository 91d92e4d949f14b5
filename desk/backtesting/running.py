"""Runs one config over history through the desk's own verbs and collects what people would have been told."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from desk.backtesting.accounts import Accounts
from desk.backtesting.history import History
from desk.backtesting.result import Alert, Link
from desk.backtesting.scoring import RuleAlerts
from desk.clocks import SimulatedClock
from desk.pipeline.notice import MEMORY
from desk.pipeline.parts import WORKER, Parts
from desk.replaying import QUIET, News, Replay, closes
from wanglou.domain.delivery import DeliveryKind, Message, Sent
from wanglou.domain.mention import Sentiment
from wanglou.domain.span import Span
from wanglou.domain.volume import BUCKET
from wanglou.ports import UnitOfWork

WARM_UP = MEMORY
"""History before the asked-for stretch from which the detectors learn what is usual."""

LINKS = 3
LOOKED_AT = 300
"""Of an alert's newest mentions this many are looked at, and this many negative ones named."""


@dataclass
class Recorder:
    """A channel that sends nothing: it writes down where messages would have gone."""

    kind: str
    sent: list[tuple[str, str]] = field(default_factory=list)

    def send(self, message: Message) -> Sent:
        """Note incident and address; an edit of a card notifies nobody."""
        if message.kind is not DeliveryKind.CARD_UPDATE:
            self.sent.append((message.card.incident, f"{self.kind}:{message.address}"))
        return Sent(message.parent or message.delivery)


@dataclass(frozen=True, slots=True)
class Played:
    """What a config would have told, and what each of its rules is worth in it."""

    alerts: Sequence[Alert]
    by_rule: Mapping[str, RuleAlerts]


@dataclass
class Run:
    """One config over one history. ``recorders`` are the notifiers of ``parts``.

    ``progress`` is told the simulated time now and then.
    """

    parts: Parts
    clock: SimulatedClock
    recorders: Sequence[Recorder]
    progress: Callable[[datetime], None]
    quiet: timedelta = QUIET

    def accounts(self) -> Accounts:
        """Empty books for each rule."""
        return Accounts(self.parts, self.quiet if closes(self.parts.config) else None)

    def over(self, history: History, span: Span, accounts: Accounts) -> Played:
        """Replay the warm-up and the stretch; return what was told within it."""
        replay = Replay(self.parts, self.clock, self.quiet, history.exposure, accounts.look)
        alerts: list[Alert] = []
        known = history.bounds()
        since = max(span.since - WARM_UP, known.since) if known else span.since
        replay.start(since)
        seen = history.sightings(Span(since, span.until))
        for tick in replay.run(seen, span.until):
            self.progress(tick.now)
            alerts += [self._alert(news, tick.now) for news in tick.news]
            for recorder in self.recorders:
                recorder.sent.clear()
        return Played([a for a in alerts if a.at in span], _within(span, accounts.by_rule()))

    def _alert(self, news: News, now: datetime) -> Alert:
        incident = news.incident
        sent = (address for r in self.recorders for name, address in r.sent if name == incident.id)
        with self.parts.storage.look() as uow:
            count, links = _evidence(uow, news, now)
        return Alert(
            client=incident.client,
            brand=incident.brand,
            at=now,
            change=news.change.value,
            severity=incident.severity,
            topic=incident.topic,
            rule=news.rule,
            because=incident.because,
            incident=f"{incident.client}#{incident.number}",
            channels=tuple(sorted(set(sent))),
            mentions=count,
            links=links,
        )


def _evidence(uow: UnitOfWork, news: News, now: datetime) -> tuple[int, tuple[Link, ...]]:
    """How many negative voices the incident's signals rest on, and the newest that have an address."""
    incident = news.incident
    since = min((s.since for s in uow.signals.of_incident(incident.id)), default=incident.happened_at)
    span = Span(since, now + BUCKET)
    seen = uow.mentions.of_brand(WORKER, incident.client, incident.brand, span, LOOKED_AT)
    bad = [s for s in seen if s.mention.voice and s.mention.reading.label is Sentiment.NEG]
    named = [Link(s.item.url, s.mention.published_at or s.mention.first_seen) for s in bad if s.item.url]
    return len(bad), tuple(named[:LINKS])


def _within(span: Span, by_rule: Mapping[str, RuleAlerts]) -> dict[str, RuleAlerts]:
    def cut(alerts: Iterable[Alert]) -> list[Alert]:
        return [a for a in alerts if a.at in span]

    return {rule: RuleAlerts(cut(told.alone), cut(told.without)) for rule, told in by_rule.items()}
