"""Judge: what stood out, held against the rules; incidents open, grow and rise."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerting import incidents, rules
from alerting.incidents import Subject, open_key
from alerting.rules import Verdict
from alerting.stories import joined_by_words, noted_beside
from desk.evidence import first_published, link_evidence
from desk.merging import home_of
from desk.pipeline.parts import WORKER, Brand, Parts
from desk.stories import News, Stories, by_words, grown, opened_as, told_apart
from wanglou.domain.incident import Incident
from wanglou.domain.person import HOUSE
from wanglou.domain.rule import Facts
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.span import Span
from wanglou.domain.topic import Topic
from wanglou.domain.volume import BUCKET
from wanglou.ports import StaleIncidentError, UnitOfWork

log = logging.getLogger(__name__)


def judge(parts: Parts, now: datetime) -> None:
    """Look at every brand with a signal not judged, or with an open incident and new mentions.

    A signal no rule holds for stays unjudged while a rule's window still covers it: reach and voices may
    grow until one does. Then it is put away with the reason.
    """
    if not parts.config.rules or not _has_cases(parts):
        return
    try:
        with parts.storage.begin() as uow:
            _decide_all(parts, uow, now)
            uow.commit()
    except StaleIncidentError as error:  # somebody acted meanwhile; the next look decides on that
        log.info("judged again at the next look: %s", error)
        return
    parts.memory.touched = set()


def _decide_all(parts: Parts, uow: UnitOfWork, now: datetime) -> None:
    waiting = _by_brand(uow.signals.unjudged())
    for brand in sorted(waiting.keys() | _growing(parts, uow)):
        _Case(parts, uow, brand, now).decide(waiting.get(brand, []))


def _has_cases(parts: Parts) -> bool:
    """Look first: this runs every second, and mostly there is nothing to write."""
    with parts.storage.look() as uow:
        return bool(uow.signals.unjudged() or _growing(parts, uow))


def _growing(parts: Parts, uow: UnitOfWork) -> set[Brand]:
    touched = parts.memory.touched
    brands = {(i.client, i.brand) for i in uow.incidents.all_open() if i.client != HOUSE}
    return brands if touched is None else brands & touched


def _by_brand(signals: Sequence[Signal]) -> Mapping[Brand, list[Signal]]:
    grouped: dict[Brand, list[Signal]] = defaultdict(list)
    for signal in signals:
        grouped[signal.client, signal.brand].append(signal)
    return grouped


def facts_of_brand(
    parts: Parts, uow: UnitOfWork, brand: Brand, heard: Sequence[Signal], now: datetime
) -> Mapping[timedelta, Facts]:
    """What is known in each rule's window: as of now, or as of then for what happened longer ago.

    ``heard``: the brand's signals of late, at least one.
    """
    newest = max(s.at for s in heard)
    # A window that still covers the newest signal moves with the clock; then it stands still.
    ends = {w: min(now, newest + w - BUCKET) for w in rules.windows(parts.config.rules.values())}
    spans = [Span(until - within, until + BUCKET) for within, until in ends.items()]
    totals = uow.volumes.totals_in(*brand, spans)
    return {
        within: rules.facts_of(heard, found, ends[within], within)
        for within, found in zip(ends, totals, strict=True)
    }


@dataclass(frozen=True, slots=True)
class _Case:
    """One brand before the rules."""

    parts: Parts
    uow: UnitOfWork
    brand: Brand
    now: datetime

    @property
    def longest(self) -> timedelta:
        """The widest window of any rule."""
        return rules.windows(self.parts.config.rules.values())[-1]

    def decide(self, waiting: Sequence[Signal]) -> None:
        """Open, join or put away."""
        live = [s for s in waiting if not self._is_history(s)]
        since = min((s.at for s in live), default=self.now) - self.longest
        heard = self.uow.signals.recent(*self.brand, since)
        if not heard:
            return
        facts = facts_of_brand(self.parts, self.uow, self.brand, heard, self.now)
        verdict = rules.verdict(self.parts.config.rules.values(), facts)
        if verdict is None:
            self._put_away(live, facts)
            return
        for news in self._sorted(verdict, live, heard):
            incident = self._told(news)
            if incident is not None:
                self.uow.signals.mark_judged([s.key for s in news.signals], incident.id, None)
                link_evidence(self.uow, WORKER, incident, news.signals or heard, self.now)

    def _is_history(self, signal: Signal) -> bool:
        reason = incidents.history(signal.at, self.now)
        if reason is not None:
            self.uow.signals.mark_judged([signal.key], None, reason)
        return reason is not None

    def _put_away(self, live: Sequence[Signal], facts: Mapping[timedelta, Facts]) -> None:
        why = rules.suppressed(self.parts.config.rules.values(), facts)
        expired = self.now - self.longest
        done = [s.key for s in live if s.at <= expired or s.polarity is Polarity.POS]
        trouble = {s.key for s in live if s.polarity is not Polarity.POS}
        first = self.uow.signals.hold([s.key for s in live], why)
        self.uow.signals.mark_judged(done, None, why)
        if first & trouble:  # what the board lists; praise it never does
            client, _ = self.brand
            self.uow.changes.note(client, "signal", client, self.now)

    def _sorted(self, verdict: Verdict, live: Sequence[Signal], heard: Sequence[Signal]) -> Sequence[News]:
        """What the verdict is to become of: each story's news, or the growth of the story it is about."""
        home = home_of(self.uow, Subject(*self.brand, verdict.topic), self.now)
        mine = self.uow.incidents.open_of_brand(*self.brand)
        stories = Stories(self.uow, self.parts.story_words[self.brand[0]], self.brand, self._signals_of)
        if live:
            return told_apart(home, mine, live, verdict, stories, self._verdict_on)
        growing = grown(home, mine, heard, stories) or self._by_words(verdict)
        return [News(growing, (), verdict)] if growing else []

    def _signals_of(self, incident: Incident) -> Sequence[Signal]:
        return self.uow.signals.of_incident(incident.id)

    def _verdict_on(self, signals: Sequence[Signal]) -> Verdict | None:
        facts = facts_of_brand(self.parts, self.uow, self.brand, signals, self.now)
        return rules.verdict(self.parts.config.rules.values(), facts)

    def _by_words(self, verdict: Verdict) -> Incident | None:
        """The open incident that news of this topic joined by its words."""
        key = by_words(open_key(Subject(*self.brand, verdict.topic)))
        found = self.uow.incidents.get(self.uow.meta.get(key) or "")
        return found if found is not None and found.state.is_open else None

    def _told(self, news: News) -> Incident | None:
        """The incident the news belongs to: joined, or newly opened if something stood out just now."""
        if news.incident is not None:
            return self._joined(news.incident, news)
        mine = self.uow.incidents.open_of_brand(*self.brand)
        number = self.uow.incidents.next_number(self.brand[0])
        published = first_published(self.uow, news.signals)
        opened = incidents.open_incident(news.verdict, news.signals, number, self.now, published)
        decision = opened_as(news, opened, mine)
        if not self.parts.carrier.open_new(self.uow, decision, self.now):
            return None  # another worker was quicker: the next look joins it
        if news.beside is not None and news.shown is not None:
            noted = noted_beside(news.beside, decision.incident, news.shown, self.now)
            self.parts.carrier.carry_out(self.uow, news.beside, noted, self.now)
        return decision.incident

    def _joined(self, home: Incident, news: News) -> Incident:
        signals = self._new_to(home, news.signals)
        verdict = _as_in(home, news, self.brand)
        decision = incidents.join(home, verdict, signals, self.now)
        if news.shown is not None and signals and news.verdict.topic != home.topic:
            decision = joined_by_words(decision, news.verdict.topic, news.shown)
            key = open_key(Subject(*self.brand, news.verdict.topic))
            self.uow.meta.set(by_words(key), home.id)
        self.parts.carrier.carry_out(self.uow, home, decision, self.now)
        return decision.incident

    def _new_to(self, home: Incident, live: Sequence[Signal]) -> Sequence[Signal]:
        """Without those a person put there: the record has them, and whoever called it quiet knew them."""
        known = {s.key for s in self.uow.signals.of_incident(home.id)} if live else set()
        return [s for s in live if s.key not in known]


def _as_in(home: Incident, news: News, brand: Brand) -> Verdict:
    """News from another brand, or that joins by its words, says nothing about the topic of what it joins."""
    is_own = home.brand == brand[1] and (news.shown is None or home.topic is Topic.OTHER)
    return news.verdict if is_own else replace(news.verdict, topic=home.topic)
