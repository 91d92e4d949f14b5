"""Whether what stands out anew is one story with what is known, by the words people use of it.

A story's own words are those that many of its voices use and that are unusual: in what was said of the
brand before it began, in ordinary Chinese, and in talk of this kind of trouble, where 广告 and 客服 stand in
every story. See docs/noticing.md for where the constants come from.
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from re import Pattern
from typing import Protocol

from analysis.headlines import load_words
from analysis.own_posts import sentences_in
from analysis.segmenting import Cutter, WordList
from analysis.text import clean_text
from analysis.topic_floor import TOPIC_SENTENCES
from analysis.topic_model import weak_words
from wanglou.domain.likeness import Likeness
from wanglou.domain.topic import Topic

LEAST_VOICES = 8
"""With fewer on either side nothing is told apart: a few people's words differ by chance."""

LEAST_NEWS, LEAST_RELATED = 5, 4
"""So many new voices, so many of them in the story's words, are enough to be of the same."""

USED_BY = 0.1
"""The share of a story's voices that use one of its own words, at least."""

LESSER = 0.3
"""And this part of the use of its most used one: personal words come up a few times by chance."""

TIMES_USUAL = 6.0
"""How many times as usual it must be among them as elsewhere."""

OWN_WORDS = 10
"""Own words of a story that are looked for, the most telling ones."""

APART = 0.15
"""At most this share of the voices of another story uses own words of the first."""

ONE = 0.4
"""At least this share of the voices of the same story does, with at least two of its own words."""

RULING = 0.6
"""One own word is enough where this share of both uses it, and no fault of a product is in question."""

AGREED = 0.3
"""The share of the voices of another story that use one and the same word which the first has not."""

STRAY = 0.03
"""A word that so few of a story's voices use is none of it."""

MOST_CHARACTERS = 600
"""Of a text that are looked at: the story stands at the head of a report."""

ORDINARY = 100.0
"""Times in a million words from which on a word tells nothing."""

FAULTS = frozenset(
    {Topic.PRODUCT_SAFETY, Topic.FOOD_SAFETY, Topic.DATA_LEAK, Topic.ENVIRONMENT, Topic.OUTAGE}
)
"""Trouble whose words name the thing itself: 刹车 and 起火 are two stories, 虚假 and 夸大 one mood."""

_TWO = 2
_SHORTEST = 2
_WORDS_A_TEXT = 25e-6
"""Turns times in a million words into the share of texts that hold a word."""

_REPORTING = ("regulator", "apology", "exposure", "official_act", "breaking", "rebuke", "refusal")
_REPORTING_CALM = (
    "statement",
    "rebuttal",
    "media",
    "critic",
    "whose",
    "asking",
    "doubt",
    "business",
    "person",
)
_ANSWERS = ("apology", "regulator", "official_act", "statement")
_MOSTLY = 0.5
_ANGER = ("service", "morals")

Voice = frozenset[str]
"""The words of one voice."""


@dataclass(frozen=True)
class WordsOf:
    """Cuts texts into the words that may tell stories apart; ``names`` of the client tell nothing."""

    cutter: "Dictionary"
    names: Pattern[str] | None = None

    def __call__(self, text: str) -> Voice:
        """The words of a text as its source gave it."""
        return _cut(self.cutter, self.names, text[:MOST_CHARACTERS])


class Dictionary(Cutter, WordList, Hashable, Protocol):
    """Cuts texts, and knows how usual words are."""


@dataclass(frozen=True)
class Usual:
    """What is said anyway: of the brand before, and where trouble is of these ``topics``."""

    talks: tuple["_Talk", ...]
    topics: frozenset[Topic]
    known: WordList

    @classmethod
    def of(cls, background: Sequence[Voice], topics: Iterable[Topic], words: WordsOf) -> "Usual":
        """``background``: what was said of the brand before the story began."""
        kinds = frozenset(topics)
        trouble = (_Talk.of(_of_topic(words.cutter, topic)) for topic in sorted({*kinds, Topic.OTHER}))
        return cls((_Talk.of(background), *trouble), kinds, words.cutter)

    def share(self, word: str) -> float:
        """The share of other talk that holds a word; 1 for what stands in any story."""
        ordinary = self.known.per_million(word)
        if ordinary >= ORDINARY or _is_reporting(word) or self._is_of_topic(word):
            return 1.0
        return max(ordinary * _WORDS_A_TEXT, *(talk.share(word) for talk in self.talks))

    def _is_of_topic(self, word: str) -> bool:
        moods = self.topics - FAULTS
        return bool(moods) and (bool(moods & weak_words(word).keys()) or _is_anger(word))


def own_words(voices: Sequence[Voice], usual: Usual) -> tuple[str, ...]:
    """The words by which a story is known, the most telling first."""
    counts = Counter(word for voice in voices for word in voice)
    used = {word: n / len(voices) for word, n in counts.items() if n > _TWO and n >= USED_BY * len(voices)}
    unusual = {word: share for word, share in used.items() if share >= TIMES_USUAL * usual.share(word)}
    least = LESSER * max(unusual.values(), default=0.0)
    telling = [(-n * math.log(n / usual.share(word)), word) for word, n in unusual.items() if n >= least]
    return tuple(word for _, word in sorted(telling)[:OWN_WORDS])


def another_story(news: Sequence[Voice], story: Sequence[Voice], usual: Usual) -> Likeness | None:
    """What shows that ``news`` is of another story; None where it is of this one, or too little is known.

    Hardly a voice uses the story's own words, and many agree on a word that the story has not. Where half of
    them speak of an apology, a statement or the authorities, they may well speak of what became of it.
    """
    if min(len(news), len(story)) < LEAST_VOICES or not (own := frozenset(own_words(story, usual))):
        return None
    strangers = [voice for voice in news if not voice & own]
    if len(strangers) < max(LEAST_VOICES, (1 - APART) * len(news)) or _are_answers(strangers):
        return None
    fresh = [
        word
        for word in own_words(strangers, usual)
        if _share(word, strangers) >= AGREED and _share(word, story) <= STRAY
    ]
    return Likeness(len(news), len(news) - len(strangers), tuple(fresh[:3])) if fresh else None


def one_story(news: Sequence[Voice], story: Sequence[Voice], usual: Usual) -> Likeness | None:
    """What shows that ``news`` is of the same story; None where too little does."""
    if len(news) < LEAST_NEWS or len(story) < LEAST_VOICES:
        return None
    used = {word: _share(word, news) for word in own_words(story, usual)}
    shared = sorted((w for w, share in used.items() if share >= USED_BY), key=lambda w: (-used[w], w))
    related = sum(not voice.isdisjoint(shared) for voice in news)
    if related < max(LEAST_RELATED, ONE * len(news)):
        return None
    if len(shared) < _TWO and not _rules(shared[0], news, story, usual):
        return None
    return Likeness(len(news), related, tuple(shared[:3]))


def _rules(word: str, news: Sequence[Voice], story: Sequence[Voice], usual: Usual) -> bool:
    return not usual.topics & FAULTS and min(_share(word, news), _share(word, story)) >= RULING


@dataclass(frozen=True, slots=True)
class _Talk:
    """How many texts of some talk hold each word."""

    counts: Mapping[str, int]
    texts: int

    @classmethod
    def of(cls, voices: Sequence[Voice]) -> "_Talk":
        return cls(Counter(word for voice in voices for word in voice), len(voices))

    def share(self, word: str) -> float:
        """Never nothing: what little talk has not shown may still be usual."""
        return (self.counts.get(word, 0) + 0.5) / (self.texts + 1)


def _share(word: str, voices: Sequence[Voice]) -> float:
    return sum(word in voice for voice in voices) / len(voices)


@lru_cache(maxsize=4096)
def _cut(cutter: Dictionary, names: Pattern[str] | None, text: str) -> Voice:
    cleaned = clean_text(text)
    if names:
        cleaned = names.sub("\n", cleaned)
    return frozenset(w for w in cutter.words(cleaned) if len(w) >= _SHORTEST and w[0].isalpha())


@lru_cache(maxsize=64)
def _of_topic(cutter: Dictionary, topic: Topic) -> tuple[Voice, ...]:
    """Our own sentences of one kind of trouble; of every kind for the unclear one."""
    rows = sentences_in(TOPIC_SENTENCES)
    return tuple(
        _cut(cutter, None, row["text"]) for row in rows if topic is Topic.OTHER or row["topic"] == topic.value
    )


@cache
def _listed() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words of answering, judging and reporting; words of anger at what was sold."""
    known = load_words()
    reporting = [known.trouble[name] for name in _REPORTING] + [known.calm[name] for name in _REPORTING_CALM]
    anger = [known.trouble[name] for name in _ANGER]
    one, other = (
        tuple(w for words in lists for w in words if len(w) >= _SHORTEST) for lists in (reporting, anger)
    )
    return one, other


def _is_reporting(word: str) -> bool:
    """道歉 and 约谈 come later in the same story."""
    return any(listed in word for listed in _listed()[0])


@cache
def _answers() -> frozenset[str]:
    known = load_words()
    listed = {w for name in _ANSWERS for w in (*known.trouble.get(name, ()), *known.calm.get(name, ()))}
    return frozenset(w for w in listed - {*known.trouble["service"]} if len(w) >= _SHORTEST)


def _are_answers(voices: Sequence[Voice]) -> bool:
    return sum(not voice.isdisjoint(_answers()) for voice in voices) >= _MOSTLY * len(voices)


def _is_anger(word: str) -> bool:
    return any(listed in word for listed in _listed()[1])
