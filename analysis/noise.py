"""Which words of a watch's hits stand in those nobody wants, and what a NOT with each would cost."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.names import folded_name, on_borders
from analysis.segmenting import Cutter
from analysis.text import clean_text

LEAST = 2
"""Unwanted hits a word must stand in; of one alone nothing can be learnt."""

PRICE = 4
"""A wanted hit lost weighs as much as so many unwanted ones removed; judgement, not fitted."""

MOST = 10
"""Words proposed: a watch with more exclusions is written anew."""

TRIED = 300
"""Words looked at, those in the most unwanted hits: rarer ones remove little."""

_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that a watch hit. ``unwanted``: not about the brand, or nothing to act on."""

    text: str
    unwanted: bool
    negative: bool


@dataclass(frozen=True, slots=True)
class Toll:
    """How many hits a NOT removes, how many of them unwanted, and how many negative."""

    hits: int
    unwanted: int
    negative: int


@dataclass(frozen=True, slots=True)
class NoisyWord:
    """A word, and what ``NOT`` with it alone would remove."""

    word: str
    toll: Toll


def noisy_words(hits: Sequence[Hit], cutter: Cutter, kept: Iterable[str] = ()) -> list[NoisyWord]:
    """The words that together remove the most noise for the fewest wanted hits, the best first.

    Each adds to those before it. ``kept``: names and words of the watch itself, of which none is proposed.
    """
    places = _places(hits, cutter, {folded_name(word) for word in kept})
    left, found = set(range(len(hits))), list[NoisyWord]()
    while len(found) < MOST:
        word = max(places, key=lambda w: (_worth(hits, places[w] & left), w), default=None)
        if word is None or _worth(hits, places[word] & left) < LEAST:
            break
        found.append(NoisyWord(word, toll(hits, places[word])))
        left -= places[word]
    return found


def removed_by(hits: Sequence[Hit], words: Iterable[str]) -> Toll:
    """What a NOT with all of these words would remove."""
    folded = [folded_name(word) for word in words]
    return toll(hits, [i for i, hit in enumerate(hits) if any(_stands(w, _folded(hit)) for w in folded)])


def toll(hits: Sequence[Hit], places: Collection[int]) -> Toll:
    """What stands at these places of ``hits``."""
    gone = [hits[place] for place in places]
    return Toll(len(gone), sum(hit.unwanted for hit in gone), sum(hit.negative for hit in gone))


def _worth(hits: Sequence[Hit], places: Collection[int]) -> int:
    lost = toll(hits, places)
    return lost.unwanted - PRICE * (lost.hits - lost.unwanted)


def _places(hits: Sequence[Hit], cutter: Cutter, kept: Collection[str]) -> Mapping[str, set[int]]:
    """Word of the unwanted hits → every hit it stands in, as a watch would find it there."""
    often: dict[str, int] = defaultdict(int)
    for hit in hits:
        for word in set(cutter.words(clean_text(hit.text))) if hit.unwanted else ():
            often[word] += 1
    telling = (word for word, n in often.items() if n >= LEAST and _tells(word, kept))
    words = sorted(telling, key=lambda word: (-often[word], word))[:TRIED]
    texts = [_folded(hit) for hit in hits]
    return {word: {i for i, text in enumerate(texts) if _stands(folded_name(word), text)} for word in words}


def _tells(word: str, kept: Collection[str]) -> bool:
    """Whether a word can be an exclusion: long enough, of letters, and no part of what is looked for."""
    folded = folded_name(word)
    if len(folded) < _SHORTEST or not folded.isalpha():
        return False
    return not any(folded in other or other in folded for other in kept)


def _folded(hit: Hit) -> str:
    return folded_name(hit.text)


def _stands(word: str, text: str) -> bool:
    """Whether a folded word stands in a folded text, Latin ones on word borders."""
    start = text.find(word)
    while start >= 0 and not on_borders(text, start, start + len(word)):
        start = text.find(word, start + 1)
    return start >= 0
