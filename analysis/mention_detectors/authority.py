"""Someone with weight speaks ill of a brand: a regulator, a central paper, a lawyer, a large account.

Who has weight is data: words in ``config/lexicon/authority``, the reach of a source, followers of an account.
A neutral mention in passing is none of it, whoever speaks.
"""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from analysis.segmenting import WordList
from wanglou.domain.agency import Config
from wanglou.domain.mention import SeenMention, Sentiment
from wanglou.domain.reason import Reason, Value
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.source import SourceClass

KIND = "authority"

LARGE_OUTLET = 200_000
"""Readers of a news source from which on its word has weight of its own."""

VERIFIED, ANYONE = 500_000, 2_000_000
"""Followers from which on an account has weight: one whose name was checked, and any other."""

NEAR = 40
"""Characters around the brand's name, within its sentence, where an authority is named that acts on it."""

ACTS_ITSELF = 4
"""A brand's name with an act at most so many characters behind it, and no mark of suffering, acts itself."""

SUFFERS = "被遭因收"
"""Marks between name and act by which the act falls on the brand."""

TOWARDS = ("向", "对", "给", "将", "告")
"""Marks before the name that do the same."""

WEIGHT = MappingProxyType({"regulator": 0.8, "media": 0.7, "lawyer": 0.5, "outlet": 0.2, "account": 0.2})
"""Strength of each voice before its reach; judgement of the trade, not fitted."""

A_DECADE, MOST_FOR_REACH = 0.2, 0.4
"""What ten times the reach of a large outlet adds, and the most that reach adds."""

TITLE = 30

_SENTENCE_ENDS = re.compile(r"[。！？!?；;\n]")


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: ``sort`` is a key of ``WEIGHT``, ``name`` how people know them."""

    sort: str
    name: str


@dataclass(frozen=True, slots=True)
class Authority:
    """The detector of voices with weight. ``words``: as in ``Lexicon.authority``."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    kind: str = KIND
    source_class: SourceClass | None = None
    memory: timedelta = timedelta(0)

    @classmethod
    def of_agency(cls, config: Config, words: WordList) -> "Authority":  # noqa: ARG003 -- the seam's
        """Built with the agency's words."""
        return cls(config.lexicon.authority)

    def look(self, seen: Sequence[SeenMention], arrived: Collection[str], now: datetime) -> list[Signal]:
        """Judge each mention that just arrived, by itself, in the order of publication."""
        new = sorted((s for s in seen if s.item.key in arrived), key=lambda s: (_at(s), s.item.key))
        heard = [(one, self.voice(one)) for one in new]
        return [_signal(one, voice, now) for one, voice in heard if voice]

    def voice(self, seen: SeenMention) -> Voice | None:
        """Who with weight speaks ill of the brand here; None where nobody does. Copies are nobody's word."""
        if not seen.mention.voice:
            return None
        if seen.mention.reading.label is Sentiment.POS:
            return None
        struck = self._struck(seen)
        if struck or seen.mention.reading.label is not Sentiment.NEG:
            return struck
        return self._signed(seen) or self._named(seen) or _large(seen)

    def _signed(self, seen: SeenMention) -> Voice | None:
        """The author's own name is an authority's."""
        author = seen.item.author.name if seen.item.author else ""
        for sort in ("regulator", "media"):
            if any(word in author for word in self.words.get(sort, ())):
                return Voice(sort, author)
        return None

    def _struck(self, seen: SeenMention) -> Voice | None:
        """An act of an authority, or of a lawyer, falls on the brand: grave however soberly it is worded."""
        text = _text(seen)
        acts = [
            (sort, [word for word in self.words.get(words, ()) if word in text])
            for sort, words in (("regulator", "act"), ("lawyer", "lawyer"))
        ]
        if not any(words for _, words in acts):
            return None  # as in most mentions
        for around in _around(seen):
            if any(word in around.text for word in self.words.get("denied", ())):
                continue
            for sort, words in acts:
                found = next((word for word in words if around.suffers(word)), None)
                if found:
                    return Voice(sort, found)
        return None

    def _named(self, seen: SeenMention) -> Voice | None:
        """A regulator stands beside the brand's name."""
        text = _text(seen)
        names = [word for word in self.words.get("regulator", ()) if word in text]
        if not names:
            return None
        found = next((w for around in _around(seen) for w in names if w in around.text), None)
        return Voice("regulator", found) if found else None


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a brand's name within its sentence; the name is ``text[start:end]``."""

    text: str
    start: int
    end: int

    def suffers(self, act: str) -> bool:
        """Whether the act stands here and is not the brand's own."""
        place = self.text.find(act)
        if place < 0:
            return False
        between = self.text[self.end : place]
        own = place >= self.end and len(between) <= ACTS_ITSELF
        if self.text[: self.start].endswith(TOWARDS):
            return True
        if self._acts_elsewhere(act):
            return False
        return not own or any(mark in between + act for mark in SUFFERS)

    def _acts_elsewhere(self, act: str) -> bool:
        """Whether the name stands once more right before the act, as its own: 安屿起诉安屿优选."""
        name = re.escape(self.text[self.start : self.end])
        own = f"(?<![{''.join(TOWARDS)}]){name}(?:将|已|拟|正式)?{re.escape(act)}"
        return re.search(own, self.text) is not None


def _around(seen: SeenMention) -> list[Around]:
    return beside(_text(seen), seen.mention.match.spans)


def _text(seen: SeenMention) -> str:
    return f"{seen.item.title}\n{seen.item.text}"


def beside(text: str, spans: Sequence[tuple[int, int]]) -> list[Around]:
    """What stands around each span, within its sentence."""
    ends = [0, *(m.end() for m in _SENTENCE_ENDS.finditer(text)), len(text) + 1]
    found = []
    for start, end in spans:
        first = max(max((e for e in ends if e <= start), default=0), start - NEAR)
        last = min((e for e in ends if e > start), default=len(text))
        last = max(end, min(last, end + NEAR))  # a name may hold a mark that ends sentences
        found.append(Around(text[first:last], start - first, end - first))
    return found


def _large(seen: SeenMention) -> Voice | None:
    mention, author = seen.mention, seen.item.author
    followers = (author.followers if author else None) or 0
    if author and followers >= (VERIFIED if author.verified else ANYONE):
        return Voice("account", author.name)
    if mention.source_class is SourceClass.NEWS and mention.reach >= LARGE_OUTLET:
        return Voice("outlet", author.name if author else mention.source)
    return None


def _signal(seen: SeenMention, voice: Voice, now: datetime) -> Signal:
    mention, at = seen.mention, _at(seen)
    farther = A_DECADE * math.log10(max(mention.reach, LARGE_OUTLET) / LARGE_OUTLET)
    facts: dict[str, Value] = {
        "brand": mention.brand,
        "who": voice.name,
        "title": (seen.item.title or seen.item.text)[:TITLE],
        "reach": mention.reach,
    }
    return Signal(
        kind=KIND,
        client=mention.client,
        brand=mention.brand,
        source_class=mention.source_class,
        since=at,
        at=at,
        seen_at=max(now, at),
        polarity=Polarity.NEG,
        strength=round(WEIGHT[voice.sort] + min(farther, MOST_FOR_REACH), 3),
        because=Reason(f"signal_authority_{voice.sort}", facts),
    )


def _at(seen: SeenMention) -> datetime:
    return seen.mention.published_at or seen.mention.first_seen


PLUGIN = Authority
