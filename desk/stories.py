"""The voices behind signals and incidents of one brand, and what their words say of stories.

All is asked from the stored mentions in the spans of the signals, so the same signals compare alike on any
machine and however often it is done.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from alerting.decision import Decision
from alerting.rules import Verdict
from alerting.stories import Part, open_beside, sort_out
from analysis.stories import Usual, Voice, WordsOf, another_story, one_story
from analysis.text import clean_text
from desk.pipeline.parts import WORKER, Brand
from wanglou.domain.incident import Incident
from wanglou.domain.likeness import Likeness
from wanglou.domain.mention import Said
from wanglou.domain.signal import Signal
from wanglou.domain.span import Span
from wanglou.domain.topic import Topic
from wanglou.domain.volume import Series
from wanglou.ports import UnitOfWork

MOST = 600
"""Mentions looked at of a story, newest first."""

BEFORE = timedelta(days=14)
MOST_BEFORE = 400
"""How far before a story what is usual with the brand is looked for, and in how many mentions."""

NEW_WORD = "word"
"""The fact of a signal that names the word its voices share."""

SignalsOf = Callable[[Incident], Sequence[Signal]]


@dataclass(frozen=True, slots=True)
class News:
    """What becomes of signals: they open an incident (None) or join one, by this verdict.

    ``shown``: what tells that they belong there though the topic does not. ``beside``: of which incident of
    the same topic they are not.
    """

    incident: Incident | None
    signals: tuple[Signal, ...]
    verdict: Verdict
    shown: Likeness | None = None
    beside: Incident | None = None


@dataclass(frozen=True)
class Stories:
    """``Ties`` over the mentions of one brand, asked once each."""

    uow: UnitOfWork
    words: WordsOf
    brand: Brand
    signals_of: SignalsOf
    _said: dict[tuple[datetime, datetime], list[Said]] = field(default_factory=dict)
    _usuals: dict[tuple[datetime, frozenset[Topic]], Usual] = field(default_factory=dict)

    def apart(self, signal: Signal, incident: Incident) -> Likeness | None:
        """What shows that the signal's voices are of another story than those before them."""
        story = self._of(incident, [signal])
        if not story:
            return None
        news = self._voices([signal])
        before = [s for s in self._voices(story) if s.at < signal.since]
        return another_story(self._cut(news), self._cut(before), self._usual(story, {incident.topic}))

    def same(self, signals: Sequence[Signal], incident: Incident, topic: Topic) -> Likeness | None:
        """What shows that the voices that brought up ``topic`` are of the story of those that did not."""
        story = self._of(incident, signals)
        if not story:
            return None
        news, known = self._voices(signals), self._voices(story)
        if topic is not Topic.OTHER:
            news = [s for s in news if topic in s.topics]
            known = [s for s in known if topic not in s.topics]
        usual = self._usual(story, {incident.topic, topic})
        return one_story(self._cut(news), self._cut(known), usual)

    def _of(self, incident: Incident, news: Sequence[Signal]) -> list[Signal]:
        """The signals an incident's story is known by: of this brand, without the news itself."""
        new = {s.key for s in news}
        return [
            s for s in self.signals_of(incident) if s.key not in new and (s.client, s.brand) == self.brand
        ]

    def _usual(self, story: Sequence[Signal], topics: Collection[Topic]) -> Usual:
        begin, kinds = min(s.since for s in story), frozenset(topics)
        if (begin, kinds) not in self._usuals:
            before = self._between(begin - BEFORE, begin, MOST_BEFORE)
            self._usuals[begin, kinds] = Usual.of(self._cut(before), kinds, self.words)
        return self._usuals[begin, kinds]

    def _voices(self, signals: Sequence[Signal]) -> list[Said]:
        """Who speaks of trouble in the signals' spans, one of each group of copies."""
        spans = [s.evidence for s in signals]
        said = self._between(min(s.since for s in spans), max(s.until for s in spans), MOST)
        voices: dict[str, Said] = {}
        for one in sorted(said, key=lambda s: (s.at, s.item_key)):
            if one.is_troubled and any(_is_behind(one, s) for s in signals):
                voices.setdefault(one.group, one)
        return list(voices.values())

    def _between(self, since: datetime, until: datetime, most: int) -> list[Said]:
        if (since, until) not in self._said:
            series = Series(*self.brand, None)
            self._said[since, until] = self.uow.mentions.said(WORKER, series, Span(since, until), most)
        return self._said[since, until]

    def _cut(self, said: Iterable[Said]) -> list[Voice]:
        return [self.words(s.words) for s in said]


def told_apart(  # noqa: PLR0913, PLR0917 -- all that is known of a brand when news comes
    home: Incident | None,
    open_of_brand: Sequence[Incident],
    news: Sequence[Signal],
    verdict: Verdict,
    ties: Stories,
    verdict_on: Callable[[Sequence[Signal]], Verdict | None],
) -> list[News]:
    """What becomes of ``news`` on which the rules say ``verdict``; ``verdict_on``: of some of it alone.

    What is of another story and meets no rule by itself stays where the topic puts it.
    """
    parts = sort_out(home, open_of_brand, news, verdict.topic, ties)
    if len(parts) == 1 and (home is None or parts[0].incident == home):
        return [News(parts[0].incident, tuple(news), verdict, parts[0].shown)]
    told: list[News] = []
    stay: list[Signal] = []
    for part in parts:
        alone = None if part.incident == home else _alone(part, ties, verdict_on)
        if alone is None:
            stay += part.signals
        else:
            told.append(News(part.incident, part.signals, alone, part.shown, home))
    if not stay or home is None:
        return told
    rest = verdict_on([*stay, *ties.signals_of(home)]) if told else verdict
    return [
        News(home, tuple(stay), rest or replace(verdict, severity=home.severity, topic=home.topic)),
        *told,
    ]


def grown(
    home: Incident | None, open_of_brand: Sequence[Incident], heard: Sequence[Signal], ties: Stories
) -> Incident | None:
    """Of several open incidents of one topic the one whose signals are the newest: that story has grown."""
    alike = [i for i in open_of_brand if home is not None and i.topic == home.topic]
    if len(alike) < 2:  # noqa: PLR2004 -- several
        return home
    keys = {s.key: i for i in alike for s in ties.signals_of(i)}
    newest = max((s for s in heard if s.key in keys), key=lambda s: (s.at, s.key), default=None)
    return home if newest is None else keys[newest.key]


def opened_as(news: News, opened: Decision, open_of_brand: Sequence[Incident]) -> Decision:
    """What was opened for news that is in no incident; beside another, it says so."""
    if news.beside is None or news.shown is None:
        return opened
    return open_beside(opened, news.beside, news.shown, open_of_brand)


def by_words(key: str) -> str:
    """Under what it is remembered that news of a story's key went to another incident by its words."""
    return f"story_by_words:{key}"


def _alone(
    part: Part, ties: Stories, verdict_on: Callable[[Sequence[Signal]], Verdict | None]
) -> Verdict | None:
    if part.incident is None:
        return verdict_on(part.signals)
    found = verdict_on([*part.signals, *ties.signals_of(part.incident)])
    return found and replace(found, topic=part.incident.topic)


def _is_behind(said: Said, signal: Signal) -> bool:
    span, word = signal.evidence, str(signal.because.facts.get(NEW_WORD, ""))
    return (
        span.since <= said.at < span.until
        and signal.source_class in {None, said.source_class}
        and (not word or clean_text(word) in clean_text(said.words))
    )
