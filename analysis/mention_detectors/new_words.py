"""A word is born: several people use one of a brand that was never said with it, and they mean trouble.

``analysis.word_births`` says what makes a word; what was said before is a sketch that the pipeline keeps of
each brand.
"""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import numpy as np

from analysis import word_sketch
from analysis.detector import Arrays, untold
from analysis.segmenting import WordList
from analysis.spoken_runs import MOST_CHARACTERS, Rows, learnable, names_of, shown, units_of
from analysis.word_births import LEAST_VOICES, TOGETHER, Birth, Births, Heard
from wanglou.domain.agency import Config
from wanglou.domain.client import Campaign, planned_times
from wanglou.domain.mention import Mention, Said, speaks_of_trouble
from wanglou.domain.reason import Reason, Value
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.source import SourceClass
from wanglou.domain.volume import BUCKET

KIND = "new_words"

LAG = timedelta(hours=48)
"""What is younger is not learnt yet, but looked at. Counts rewind no farther: a sketch never has to."""

MEMORY = LAG + timedelta(hours=12)

REACH = timedelta(days=28)
"""How far back a lost sketch is made anew from the mentions."""

COLD, KNOWN = timedelta(days=7), timedelta(days=21)
"""Of a brand watched for a shorter time nothing is said; until the second, what is said is provisional."""

FEW = 100
"""It is provisional, too, with fewer voices learnt."""

ORDINARY = 5.0
"""Times in a million words from which on a word of the dictionary names nothing new."""

OF_DICTIONARY = 2.0
"""Of a rarer one so many times the people are asked for: by chance it was not said before, no nickname is."""

PLACES = frozenset("里中上下内外前后旁边")
"""What is said of a place in, on or beside a thing: 广告里 is as new as 广告, unless it is a word itself."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NoWords:
    """A dictionary that knows none."""

    def per_million(self, word: str) -> float:
        """Never heard."""
        return 0.0 * len(word)

    def is_name(self, word: str) -> bool:
        """No name either."""
        return not word


@dataclass(frozen=True, slots=True)
class NewWords:
    """The detector of words that are born. ``names``: client id → what its brands and competitors are called.

    ``state``: what was said with the brand that is looked at; see ``knowing``.
    """

    words: WordList = field(default_factory=NoWords)
    names: Mapping[str, re.Pattern[str] | None] = field(default_factory=lambda: MappingProxyType({}))
    campaigns: Mapping[str, Sequence[Campaign]] = field(default_factory=lambda: MappingProxyType({}))
    state: Arrays = field(default_factory=word_sketch.start)
    kind: str = KIND
    source_class: SourceClass | None = None
    memory: timedelta = MEMORY
    near: timedelta = TOGETHER
    enough: int = LEAST_VOICES
    lag: timedelta = LAG
    reach: timedelta = REACH

    @classmethod
    def of_agency(cls, config: Config, words: WordList) -> "NewWords":
        """Built for the agency's clients; ``words`` is what Chinese has anyway."""
        clients = config.clients.values()
        return cls(words, {c.id: names_of(c) for c in clients}, {c.id: c.campaigns for c in clients})

    def start(self) -> Arrays:
        """Nothing was ever said."""
        return word_sketch.start()

    def is_worth_a_look(self, mention: Mention) -> bool:
        """Only a voice that speaks of trouble can bring one forth."""
        return mention.voice and speaks_of_trouble(mention.reading.label, mention.reading.topics)

    def learn(self, state: Arrays, said: Sequence[Said]) -> Arrays:
        """The state after this was said of one brand, in any order. Raises UnreadableStateError."""
        voices = sorted((s for s in said if s.voice), key=_order)
        if not voices:
            return word_sketch.checked(state)
        hashes, owners = learnable(Rows([self._line(s) for s in voices]))
        buckets = np.array([(s.at - _EPOCH) // BUCKET for s in voices], np.int64)
        return word_sketch.learn(word_sketch.checked(state), hashes, owners, buckets)

    def knowing(self, state: Arrays) -> "NewWords":
        """The detector of a brand of which this was learnt. Raises UnreadableStateError."""
        return replace(self, state=word_sketch.checked(state))

    def look(self, said: Sequence[Said], arrived: Collection[str], now: datetime) -> list[Signal]:
        """Judge the brand at each voice that just arrived, in the order of event time."""
        first = word_sketch.first_heard(self.state, _EPOCH)
        voices = sorted((s for s in said if s.voice), key=_order)
        fresh = [s.is_troubled and s.item_key in arrived for s in voices]
        if first is None or not any(fresh):
            return []
        one = voices[0]
        births = Births(
            [self._heard(s) for s in voices],
            lambda hashes: word_sketch.knows(self.state, hashes),
            self._asks,
            lambda at: planned_times(self.campaigns.get(one.client, ()), one.brand, at),
        )
        old_enough = (b for b in births.found(fresh) if b.at - first >= COLD)
        return _one_a_story([self._signal(b, one, first, now) for b in old_enough])

    def _heard(self, said: Said) -> Heard:
        who = said.item_key if said.author is None else f"{said.source}/{said.author}"
        return Heard(said.at, self._line(said), who, said.group, said.is_troubled, _text(said))

    def _line(self, said: Said) -> str:
        return units_of(_text(said), self.names.get(said.client))

    def _asks(self, word: str) -> float:
        ordinary = self.words.per_million(word)
        if not ordinary and word[-1:] in PLACES and len(word) > 1:
            return self._asks(word[:-1])
        if ordinary >= ORDINARY or self.words.is_name(word):
            return math.inf
        return OF_DICTIONARY if ordinary else 1.0

    def _signal(self, birth: Birth, of: Said, first: datetime, now: datetime) -> Signal:
        facts: dict[str, Value] = {
            "brand": of.brand,
            "word": shown(birth.word, birth.voices[0].text),
            "voices": len(birth.voices),
            "negatives": birth.troubled,
            "minutes": max(1, round((birth.at - birth.since) / timedelta(minutes=1))),
            "days": (birth.at - first) // timedelta(days=1),
        }
        return Signal(
            kind=KIND,
            client=of.client,
            brand=of.brand,
            source_class=None,
            since=birth.since,
            at=birth.at,
            seen_at=max(now, birth.at),
            polarity=Polarity.NEG,
            strength=round(birth.strength, 3),
            because=Reason("signal_new_words", facts),
            provisional=birth.at - first < KNOWN or int(self.state["voices"]) < FEW,
        )


def _one_a_story(signals: Sequence[Signal]) -> list[Signal]:
    """Of what was found at one look: later words of the same story are told only if they are graver."""
    told: list[Signal] = []
    for signal in signals:
        told += untold([signal], told)
    return told


def _text(said: Said) -> str:
    return said.words[:MOST_CHARACTERS]


def _order(said: Said) -> tuple[datetime, str]:
    return said.at, said.item_key


PLUGIN = NewWords
