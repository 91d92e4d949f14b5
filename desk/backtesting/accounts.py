"""What each rule alone is worth: every set of rules keeps a book of its own beside the real one.

The rules are asked through the very functions the desk judges with; what stood out and what was counted is
the same for all, as no detector knows of rules. The book of all rules together equals what the desk tells;
a test holds it to that.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from alerting import incidents, rules
from alerting.incidents import Subject
from alerting.rules import Verdict
from desk.backtesting.result import Alert
from desk.backtesting.scoring import RuleAlerts
from desk.pipeline.judge import facts_of_brand
from desk.pipeline.parts import Brand, Parts
from desk.stories import News, Stories, grown, opened_as, told_apart
from wanglou.domain.incident import Incident
from wanglou.domain.rule import Facts, Rule
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.topic import Topic
from wanglou.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class _Heard:
    """What is known of a brand just now, for all sets of rules alike."""

    signals: Sequence[Signal]
    facts: Mapping[timedelta, Facts]
    facts_of: Callable[[Sequence[Signal]], Mapping[timedelta, Facts]]
    stories: Stories


@dataclass
class Book:
    """One set of rules: which incidents it would have open, and what it would have told."""

    rules: Sequence[Rule]
    closes_after: timedelta | None
    open: dict[Brand, list[Incident]] = field(default_factory=lambda: defaultdict(list))
    waiting: dict[Brand, list[Signal]] = field(default_factory=lambda: defaultdict(list))
    joined: dict[str, list[Signal]] = field(default_factory=lambda: defaultdict(list))
    by_words: dict[str, str] = field(default_factory=dict)
    told: list[Alert] = field(default_factory=list)
    opened: int = 0

    @property
    def longest(self) -> timedelta:
        """The widest window of any rule."""
        return rules.windows(self.rules)[-1]

    def look(self, brand: Brand, heard: _Heard, now: datetime) -> None:
        """Open, join or put away, as the desk would with these rules."""
        live = [s for s in self.waiting[brand] if incidents.history(s.at, now) is None]
        self.waiting[brand] = live
        since = min((s.at for s in live), default=now) - self.longest
        if not any(s.at >= since for s in heard.signals):
            return
        verdict = rules.verdict(self.rules, heard.facts)
        if verdict is None:
            expired = now - self.longest
            self.waiting[brand] = [s for s in live if s.at > expired and s.polarity is not Polarity.POS]
            return
        for news in self._sorted(brand, verdict, live, heard, now):
            self._tell_of(brand, news, now)
        self.waiting[brand] = []

    def _sorted(
        self, brand: Brand, verdict: Verdict, live: Sequence[Signal], heard: _Heard, now: datetime
    ) -> Sequence[News]:
        home, mine = self._home(Subject(*brand, verdict.topic), now), self.open[brand]
        stories = replace(heard.stories, signals_of=lambda i: self.joined[i.id])
        if live:
            return told_apart(
                home, mine, live, verdict, stories, lambda s: rules.verdict(self.rules, heard.facts_of(s))
            )
        key = incidents.open_key(Subject(*brand, verdict.topic))
        by_its_words = next((i for i in mine if i.id == self.by_words.get(key)), None)
        growing = grown(home, mine, heard.signals, stories) or by_its_words
        return [News(growing, (), verdict)] if growing else []

    def _tell_of(self, brand: Brand, news: News, now: datetime) -> None:
        home, verdict = news.incident, news.verdict
        if home is None:
            self._open(brand, news, now)
            return
        if news.shown is not None and verdict.topic != home.topic:
            self.by_words[incidents.open_key(Subject(*brand, verdict.topic))] = home.id
        if news.shown is not None and home.topic is not Topic.OTHER:
            verdict = replace(verdict, topic=home.topic)
        joined = incidents.join(home, verdict, news.signals, now).incident
        self.joined[home.id] += news.signals
        self.open[brand] = [joined if i.id == home.id else i for i in self.open[brand]]
        if joined.severity > home.severity:
            self._tell(joined, "raised", verdict.rule, now)

    def _open(self, brand: Brand, news: News, now: datetime) -> None:
        self.opened += 1
        opened = incidents.open_incident(news.verdict, news.signals, self.opened, now)
        incident = opened_as(news, opened, self.open[brand]).incident
        self.joined[incident.id] += news.signals
        self.open[brand].insert(0, incident)
        self._tell(incident, "opened", news.verdict.rule, now)

    def close(self, now: datetime) -> None:
        """Put away what had no news for long enough."""
        if self.closes_after is None:
            return
        for brand, mine in self.open.items():
            self.open[brand] = [i for i in mine if now - i.changed_at < self.closes_after]

    def _home(self, subject: Subject, now: datetime) -> Incident | None:
        mine = self.open[subject.client, subject.brand]
        key = incidents.open_key(subject)
        return next((i for i in mine if i.open_key == key), None) or incidents.home(mine, subject.topic, now)

    def _tell(self, incident: Incident, change: str, rule: str, now: datetime) -> None:
        self.told.append(
            Alert(
                client=incident.client,
                brand=incident.brand,
                at=now,
                change=change,
                severity=incident.severity,
                topic=incident.topic,
                rule=rule,
                because=incident.because,
                incident=f"{incident.client}#{incident.number}",
            )
        )


@dataclass
class Accounts:
    """The books of all sets of rules: each rule alone, all but each, and all."""

    parts: Parts
    closes_after: timedelta | None
    books: dict[tuple[str, str], Book] = field(default_factory=dict)

    def __post_init__(self) -> None:
        every = list(self.parts.config.rules.values())
        self.books["all", ""] = Book(every, self.closes_after)
        for rule in every:
            self.books["alone", rule.id] = Book([rule], self.closes_after)
            self.books["without", rule.id] = Book([r for r in every if r is not rule], self.closes_after)
        self.books = {name: book for name, book in self.books.items() if book.rules}

    def by_rule(self) -> dict[str, RuleAlerts]:
        """Rule → what it alone would have told, and the others without it."""
        nothing = Book((), None)
        return {
            rule: RuleAlerts(self.books["alone", rule].told, self.books.get(("without", rule), nothing).told)
            for rule in self.parts.config.rules
        }

    def look(self, new: Sequence[Signal], now: datetime) -> None:
        """Let every book see what stood out, before the desk itself judges it."""
        for signal in new:
            for book in self.books.values():
                book.waiting[signal.client, signal.brand].append(signal)
        brands = sorted(self._asked())
        if brands:
            with self.parts.storage.look() as uow:
                for brand in brands:
                    self._look_at(uow, brand, now)
        for book in self.books.values():
            book.close(now)

    def _asked(self) -> Iterable[Brand]:
        """Brands for which any book waits, or has something open that may have grown."""
        touched = self.parts.memory.touched
        waiting = {b for book in self.books.values() for b, signals in book.waiting.items() if signals}
        running = {b for book in self.books.values() for b, mine in book.open.items() if mine}
        return waiting | (running if touched is None else running & touched)

    def _look_at(self, uow: UnitOfWork, brand: Brand, now: datetime) -> None:
        every = self.books["all", ""]
        oldest = [s.at for book in self.books.values() for s in book.waiting[brand]]
        heard = uow.signals.recent(*brand, min([*oldest, now]) - every.longest)
        if not heard:
            return

        def facts_of(signals: Sequence[Signal]) -> Mapping[timedelta, Facts]:
            return facts_of_brand(self.parts, uow, brand, signals, now)

        stories = Stories(uow, self.parts.story_words[brand[0]], brand, lambda _: ())
        known = _Heard(heard, facts_of(heard), facts_of, stories)
        touched = self.parts.memory.touched
        has_grown = touched is None or brand in touched
        for book in self.books.values():
            if book.waiting[brand] or (has_grown and book.open[brand]):
                book.look(brand, known, now)
