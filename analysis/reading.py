"""How a text reads: sentiment with calibrated probabilities, topics, and the words that carried them."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from analysis.model import CLASSES, LONGEST, Features, Floats, Weights, features, load_weights
from analysis.text import Segmenter, clean_text
from analysis.topics import TopicReader
from wanglou.domain.agency import Lexicon
from wanglou.domain.mention import Reading, Sentiment

__all__ = ["Explanation", "Reader", "Score", "load_weights"]

_LABELS = tuple(Sentiment(name) for name in CLASSES)
_NEG, _NEU, _POS = range(3)
_NAMED_WORDS = 8
"""Words a reading names: what fits into one line of a page."""

_NAME = "它"
"""What a brand's name is read as. Measured: 10 in 22 verdicts hung on the name, with this none do."""

Spans = Sequence[tuple[int, int]]
"""(start, end) offsets in order, not overlapping."""


@dataclass(frozen=True, slots=True)
class Score:
    """A text's verdict without its words."""

    p_neg: float
    p_neu: float
    p_pos: float
    label: Sentiment
    unsure: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """A reading with the text as the model saw it and what every word of it added, in the text's order."""

    cleaned: str
    reading: Reading
    words: tuple[tuple[str, float], ...]


class Reader:
    """Reads texts in batches.

    A text is neutral from P(neu) > ``neutral_at`` on, else the likelier of neg and pos. It is unsure if its
    label's probability is below ``unsure_below``, or if it holds no letter and no emoji at all. Both
    defaults come with the weights; raising ``neutral_at`` makes fewer texts neutral.
    """

    def __init__(
        self,
        weights: Weights,
        lexicon: Lexicon,
        segmenter: Segmenter,
        *,
        neutral_at: float | None = None,
        unsure_below: float | None = None,
    ) -> None:
        self._weights = weights
        self._segmenter = segmenter
        self._topics = TopicReader(lexicon, segmenter)
        self._neutral_at = weights.neutral_at if neutral_at is None else neutral_at
        self._unsure_below = weights.unsure_below if unsure_below is None else unsure_below

    def score(self, texts: Sequence[str]) -> list[Score]:
        """Sentiment alone, without segmenting: the fast path."""
        return self._score([clean_text(t) for t in texts])[0]

    def read(self, texts: Sequence[str], names: Sequence[Spans] | None = None) -> list[Reading]:
        """Sentiment, topics and the words that carried them, in the order of ``texts``.

        ``names``: for each text the spans where the brand is named, as a Match has them. Their characters
        are kept out of the verdict: 乐, 安 and 坑 in a name are no opinion.
        """
        return [e.reading for e in self._explain(texts, names or [()] * len(texts))]

    def explain(self, text: str) -> Explanation:
        """One reading with every word's contribution."""
        return self._explain([text], [()])[0]

    def _score(self, cleaned: Sequence[str]) -> tuple[list[Score], Features, Floats]:
        if not cleaned:
            return [], features([]), np.zeros(0)
        found = features(cleaned)
        scores, lengths = self._weights.scores(found)
        chances = self._weights.probabilities(scores)
        labels = np.where(chances[:, _POS] > chances[:, _NEG], _POS, _NEG)
        labels[chances[:, _NEU] > self._neutral_at] = _NEU
        unsure = chances[np.arange(len(labels)), labels] < self._unsure_below
        verdicts = zip(chances.tolist(), labels.tolist(), unsure.tolist(), cleaned, strict=True)
        told = [
            Score(p[_NEG], p[_NEU], p[_POS], _LABELS[label], doubt or not _says_anything(text))
            for p, label, doubt, text in verdicts
        ]
        return told, found, lengths

    def _explain(self, texts: Sequence[str], names: Sequence[Spans]) -> list[Explanation]:
        cleaned = [clean_text(t) for t in texts]
        seen = [clean_text(_masked(t, n))[:LONGEST] for t, n in zip(texts, names, strict=True)]
        scores, found, lengths = self._score(seen)
        if not scores:
            return []
        labels = np.array([_LABELS.index(s.label) for s in scores], dtype=np.int64)
        added = self._weights.contributions(found, lengths, labels)
        places = np.cumsum([0, *(len(t) + 1 for t in seen)])
        return [
            self._explanation(whole, text, score, added[start + 1 :])
            for whole, text, score, start in zip(cleaned, seen, scores, places.tolist(), strict=False)
        ]

    def _explanation(self, cleaned: str, seen: str, score: Score, added: NDArray[np.float64]) -> Explanation:
        """``added``: what each character of ``seen`` (and then of later texts) contributes."""
        words = self._segmenter.words(seen)
        begins = np.cumsum([0, *map(len, words)])[:-1]
        sums = np.add.reduceat(added[: len(seen)], begins).tolist() if words else []
        told = tuple(zip(words, sums, strict=True))
        topics = self._topics.read(cleaned)
        reading = Reading(
            model=self._weights.id,
            p_neg=score.p_neg,
            p_neu=score.p_neu,
            p_pos=score.p_pos,
            label=score.label,
            unsure=score.unsure,
            topics=topics.topics,
            topic_words=topics.words,
            words=_strongest(told),
        )
        return Explanation(seen, reading, told)


def _masked(text: str, spans: Spans) -> str:
    """The text with a pronoun in the place of each name."""
    pieces, done = [], 0
    for start, end in spans:
        pieces += [text[done:start], _NAME]
        done = end
    return "".join([*pieces, text[done:]])


def _says_anything(text: str) -> bool:
    """Whether there is a letter, a digit or an emoji to judge by."""
    return any(c.isalnum() or unicodedata.category(c) == "So" for c in text)


def _strongest(told: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Words by weight, each once with the sum of its places; marks alone are not worth naming."""
    sums: dict[str, float] = {}
    for word, value in told:
        sums[word] = sums.get(word, 0.0) + value
    ranked = sorted(sums.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    worth_naming = ((word, round(value, 4)) for word, value in ranked if _says_anything(word))
    return tuple(islice(worth_naming, _NAMED_WORDS))
