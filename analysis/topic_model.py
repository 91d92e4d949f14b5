"""What kind of trouble a text may speak of without saying a crisis word: weak words that count together.

Every feature has a name: for each topic how many of its weak words stand in the text, and whether a crisis
word does. One linear score says whether there is trouble at all, mostly by the mood; one a topic says of
which kind, and several may hold. What corrections taught is added to the margin by which each holds. Pure
numpy; learnt by analysis.topic_training.
"""

import hashlib
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from math import exp, log
from operator import mul
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from ahocorasick_rs import AhoCorasick

from analysis.features import Floats
from analysis.model import BadWeightsError
from analysis.text import clean_text
from analysis.topic_delta import Taught
from wanglou.domain.topic import Topic

HERE = Path(__file__).parent / "weights"
WORDS = HERE / "topic_words.toml"
LEARNT = HERE / "topics.json"

FORMAT = 1
TOPICS = tuple(topic for topic in Topic if topic is not Topic.OTHER)
_STEPS = (1, 2, 4)
"""A topic's weak words are counted up to one, two and four, each a feature of its own."""

Mood = tuple[float, float]
"""P(neg) and P(pos) of the text."""

_PLAIN = 0.8
"""From this P(neutral) on a text is plain news: 股东 and 营收 are no trouble in it.

Of our 684 troubled sentences 470 hold their topic, and one of them is so neutral.
"""

_PLAINLY_NONE = -0.5
"""The most that the odds of trouble are there, in log-odds; what corrections add can lift them still."""

_FAULTS = frozenset(
    {Topic.PRODUCT_SAFETY, Topic.FOOD_SAFETY, Topic.DATA_LEAK, Topic.ENVIRONMENT, Topic.OUTAGE}
)
"""Where the words name what should not be: 没有异味 is no trouble. 不退款 and 没人理 are some."""

_DENIED = re.compile("(?:没有?|不会|不再|未|无|并非|不)$")
_DENIAL = 2

FEATURES = tuple(
    f"{topic} {name}" for topic in TOPICS for name in (*(f"up to {step}" for step in _STEPS), "crisis word")
)
_PLACE: dict[Topic, int] = {topic: place for place, topic in enumerate(TOPICS)}

TROUBLE = ("P(neg)", "P(pos)", "neg against pos", "topics touched", "weak words", "crisis word")
"""What tells trouble of any kind from talk of the same things: 客服很耐心 has a weak word and no trouble."""

TROUBLED_FROM = 0.5
_TROUBLED_ODDS = log(TROUBLED_FROM / (1 - TROUBLED_FROM))
_LEAST = 0.02

_UNSPOKEN = -1.0
"""The margin, at most, of a topic without a weak word of its own: corrections must do more than tip it."""


@dataclass(frozen=True, slots=True, eq=False)
class TopicWeights:
    """The learnt weights, shape (topics, features), a bias a topic, and the chance from which one holds.

    ``trouble``: the weights of TROUBLE and, last, their bias.
    """

    weights: Floats
    bias: Floats
    trouble: tuple[float, ...]
    holds_from: float
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Likely:
    """A topic that is likely, and the weak words that speak for it in the text's order."""

    topic: Topic
    chance: float
    words: tuple[str, ...]


def likely_topics(text: str, said: Sequence[Topic], mood: Mood, taught: Taught | None = None) -> list[Likely]:
    """The topics that hold in a cleaned ``text``, likeliest first; ``said``: those with a crisis word in it.

    ``mood``: weak words of trouble name none in a friendly text. ``taught``: what corrections add.
    """
    words = weak_words(text)
    if taught is not None:
        return _likely_as_taught(words, said, mood, taught)
    if not words and not said:
        return []
    if _trouble(words, said, mood) < 0:
        return []
    holds_from, spoken = load_topics().holds_from, _spoken(words, said)
    found = [Likely(t, _chance(t, spoken), tuple(words[t])) for t in TOPICS if t in words]
    return sorted((one for one in found if one.chance >= holds_from), key=lambda one: -one.chance)


def _likely_as_taught(
    words: Mapping[Topic, Sequence[str]], said: Sequence[Topic], mood: Mood, taught: Taught
) -> list[Likely]:
    """The same where corrections taught something: a topic may hold without a weak word of its own."""
    if not words and not said and taught.most + _at_rest() < 0:
        return []
    trouble = _trouble(words, said, mood)
    each = list(dict.fromkeys(chain.from_iterable(words.values())))
    by_word = taught.delta.of_words(places_of(each))
    added = taught.added + by_word.sum(axis=0)
    if trouble + added.max() < 0:
        return []
    kind = _kind(words, said)
    chances = logistic(kind + added + _odds_of(load_topics().holds_from))
    found = []
    for place in np.flatnonzero(_smaller(words, trouble, kind) + added >= 0).tolist():
        topic = TOPICS[place]
        own = words.get(topic, ())
        if topic not in said:
            weak = dict(zip(each, by_word[:, place].tolist(), strict=True))
            further = taught.strongest(place, weak, alone=not own)
            found.append(Likely(topic, float(chances[place]), tuple(dict.fromkeys((*own, *further)))))
    return sorted(found, key=lambda one: -one.chance)


def margins(words: Mapping[Topic, Sequence[str]], said: Sequence[Topic], mood: Mood) -> Floats:
    """By how much, in log-odds, each topic holds without corrections; those below 0 do not.

    The smaller of two margins: that there is trouble, and that it is of this kind.
    """
    return _smaller(words, _trouble(words, said, mood), _kind(words, said))


def _smaller(words: Mapping[Topic, Sequence[str]], trouble: float, kind: Floats) -> Floats:
    found = np.minimum(kind, trouble)
    return np.where([topic in words for topic in TOPICS], found, np.minimum(found, _UNSPOKEN))


def _trouble(words: Mapping[Topic, Sequence[str]], said: Sequence[Topic], mood: Mood) -> float:
    """Log-odds of trouble above their threshold; in a plainly neutral text no weak words alone reach it."""
    *weights, bias = load_topics().trouble
    odds = sum(map(mul, weights, trouble_row(words, said, mood)), bias) - _TROUBLED_ODDS
    return odds if said or 1 - sum(mood) < _PLAIN else min(odds, _PLAINLY_NONE)


def _kind(words: Mapping[Topic, Sequence[str]], said: Sequence[Topic]) -> Floats:
    """Log-odds of each topic above their threshold."""
    learnt = load_topics()
    return learnt.weights @ feature_row(words, said) + learnt.bias - _odds_of(learnt.holds_from)


def _odds_of(chance: float) -> float:
    return log(chance / (1 - chance))


@cache
def _at_rest() -> float:
    """The most that any margin of a text without weak words can be."""
    learnt = load_topics()
    return min(float(learnt.bias.max()) - _odds_of(learnt.holds_from), _UNSPOKEN)


def weak_words(text: str) -> dict[Topic, list[str]]:
    """Topic → its weak words in the text, each once, in order; a word inside a longer one does not count."""
    known, automaton = _automaton()
    hits = automaton.find_matches_as_indexes(text, overlapping=True)
    if not hits:
        return {}
    places: dict[Topic, list[tuple[int, int, str]]] = defaultdict(list)
    for index, start, end in hits:
        word, topics, faults = known[index]
        denied = faults and _DENIED.search(text, max(start - _DENIAL, 0), start) is not None
        for topic in topics:
            if not (denied and topic in _FAULTS):
                places[topic].append((start, end, word))
    return {t: [found[0][2]] if len(found) == 1 else _longest(found) for t, found in places.items()}


def feature_row(words: Mapping[Topic, Sequence[str]], said: Sequence[Topic]) -> Floats:
    """The features of one text, in the order of FEATURES."""
    row = np.zeros(len(FEATURES))
    for place, value in _spoken(words, said):
        row[place] = value
    return row


def _spoken(words: Mapping[Topic, Sequence[str]], said: Sequence[Topic]) -> list[tuple[int, float]]:
    """The features that are not nought, few in any text: (place in FEATURES, value)."""
    each = len(_STEPS) + 1
    counted = [
        (_PLACE[topic] * each + i, min(len(found), step) / step)
        for topic, found in words.items()
        for i, step in enumerate(_STEPS)
    ]
    return counted + [(_PLACE[topic] * each + each - 1, 1.0) for topic in said]


def _chance(topic: Topic, spoken: Sequence[tuple[int, float]]) -> float:
    """How likely one topic is. Plain numbers: for the few topics a text touches arrays cost more."""
    weights, bias = _plain()[_PLACE[topic]]
    return 1 / (1 + exp(-sum((weights[place] * value for place, value in spoken), bias)))


@cache
def _plain() -> list[tuple[list[float], float]]:
    """The learnt weights and the bias of each topic as plain numbers."""
    learnt = load_topics()
    return list(zip(learnt.weights.tolist(), learnt.bias.tolist(), strict=True))


def trouble_row(words: Mapping[Topic, Sequence[str]], said: Sequence[Topic], mood: Mood) -> tuple[float, ...]:
    """The features of TROUBLE. Plain numbers: most texts end here."""
    neg, pos = mood
    against = log((neg + _LEAST) / (pos + _LEAST))
    weak = sum(min(len(found), _STEPS[-1]) for found in words.values()) / _STEPS[-1]
    return neg, pos, against, float(len(words)), weak, float(bool(said))


def logistic(odds: Floats) -> Floats:
    """Log-odds as chances."""
    return 1 / (1 + np.exp(-odds))


@cache
def load_topics(path: Path = LEARNT) -> TopicWeights:
    """Read learnt weights. Raises BadWeightsError, OSError."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        found = TopicWeights(
            np.array(data["weights"]),
            np.array(data["bias"]),
            tuple(map(float, data["trouble"])),
            float(data["holds_from"]),
            data["about"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadWeightsError(f"{path}: no topic weights ({error}); take the shipped file") from error
    shapes = (found.weights.shape, len(found.trouble))
    fits = data.get("features") == list(FEATURES) and shapes == (
        (len(TOPICS), len(FEATURES)),
        len(TROUBLE) + 1,
    )
    if data.get("format") != FORMAT or not fits:
        raise BadWeightsError(f"{path}: topic weights of another format; take the shipped file")
    return found


def _longest(found: list[tuple[int, int, str]]) -> list[str]:
    """The words in order, each once, without those that lie inside another."""
    kept: dict[str, None] = {}
    reach = 0
    for _, end, word in sorted(found, key=lambda hit: (hit[0], -hit[1])):
        if end > reach:
            kept[word] = None
            reach = end
    return list(kept)


class _Weak(NamedTuple):
    """A weak word, the topics it speaks for, and whether one of them is of faults."""

    word: str
    topics: Sequence[Topic]
    faults: bool


@cache
def topics_id() -> str:
    """sha256 of the weights and the weak words: what was learnt on them fits no others."""
    return hashlib.sha256(LEARNT.read_bytes() + WORDS.read_bytes()).hexdigest()


@cache
def known_words() -> tuple[str, ...]:
    """All weak words, cleaned, each once, in the order of the lists."""
    return tuple(weak.word for weak in _automaton()[0])


@cache
def _place_of_word() -> Mapping[str, int]:
    return {word: place for place, word in enumerate(known_words())}


def places_of(words: Iterable[str]) -> list[int]:
    """Where weak words stand in ``known_words``."""
    return [_place_of_word()[word] for word in words]


@cache
def _automaton() -> tuple[Sequence[_Weak], AhoCorasick]:
    topics: dict[str, list[Topic]] = defaultdict(list)
    for name, table in tomllib.loads(WORDS.read_text(encoding="utf-8")).items():
        for word in table["words"].split():
            topics[clean_text(word)].append(Topic(name))
    known = [_Weak(word, of_word, not _FAULTS.isdisjoint(of_word)) for word, of_word in topics.items()]
    return known, AhoCorasick(list(topics))
