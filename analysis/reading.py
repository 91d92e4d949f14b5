"""How a text reads: sentiment with calibrated probabilities, topics, and the words that carried them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np

from analysis.clauses import in_other_language
from analysis.features import LONGEST, Features, Floats, Indexes, features
from analysis.model import CLASSES, Judged, Weights, load_weights, unseen
from analysis.newer_words import as_known_words
from analysis.segmenting import Cutter
from analysis.text import clean_text
from analysis.told import Pair, Spoken, Told, says_anything, strongest_of_all, words_with
from analysis.topic_delta import Taught, Words
from analysis.topics import TopicReader
from wanglou.domain.agency import Lexicon
from wanglou.domain.mention import Reading, Sentiment

__all__ = ["Explanation", "Reader", "Score", "load_weights"]

_LABELS = tuple(Sentiment(name) for name in CLASSES)
_NEG, _NEU, _POS = range(3)
_Found: TypeAlias = tuple[Sequence[str], Features, Judged]
"""A batch's texts as the model sees them, their n-grams and what is made of them."""


class Score(NamedTuple):
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


class Judgement:
    """The verdicts on a batch, in order, and on demand the words that carried them."""

    def __init__(
        self, weights: Weights, cutter: Cutter, seen: Sequence[str], scores: Sequence[Score], found: _Found
    ) -> None:
        self.scores = scores
        self._weights = weights
        self._cutter = cutter
        self._seen = seen
        self._found = found

    @property
    def unseen(self) -> tuple[int, int]:
        """N-grams of the batch, and how many of them the weights have never seen."""
        return unseen(self._found[2])

    def words(self, labels: Sequence[Sentiment]) -> Spoken:
        """For each text its words in order with what each adds to the label given for it.

        The words of one text, joined, are the text; what they add sums up to the linear score.
        """
        return self._words(labels, self._weights.contributions)

    def words_of_delta(self, labels: Sequence[Sentiment]) -> list[Told]:
        """The same, with the part that corrections have in it; no words where there is no delta."""
        delta = self._weights.delta
        if delta is None or not delta.moves_sentiment:
            return [Told()] * len(self._seen)
        return self._words(labels, self._weights.delta_contributions).told

    def taught(self) -> Sequence[Taught | None]:
        """For each text what corrections add to its topics; None where they taught nothing of topics."""
        texts, found, judged = self._found
        delta, added = self._weights.delta, self._weights.topics_added(found, judged.lengths)
        if delta is None or delta.topics is None or added is None:
            return [None] * len(self._seen)
        return [
            Taught(delta.topics, row, most, partial(self._spoken, text, cut_as))
            for row, most, text, cut_as in zip(
                added, added.max(axis=1).tolist(), texts, self._seen, strict=True
            )
        ]

    def _spoken(self, text: str, cut_as: str, topic: int) -> Words:
        """The words of one text with what corrections let each add to a topic."""
        added = self._weights.topic_contributions(features([text]), topic)
        return words_with(self._cutter, [cut_as], added).told[0].pairs

    def _words(
        self, labels: Sequence[Sentiment], adds: Callable[[Features, Judged, Indexes], Floats]
    ) -> Spoken:
        numbers = np.array([_LABELS.index(label) for label in labels], dtype=np.int64)
        _, found, judged = self._found
        return words_with(self._cutter, self._seen, adds(found, judged, numbers))


class Reader:
    """Reads texts in batches, as a whole and for nobody in particular; BrandReader reads for a brand.

    A text is neutral from P(neu) > ``neutral_at`` on, else the likelier of neg and pos. It is unsure if its
    label's probability is below ``unsure_below``, or if it holds no letter and no emoji at all. Both come
    with the weights, which set the first by the kind of text; given, it holds for all. Raising it makes fewer
    texts neutral.
    """

    def __init__(
        self,
        weights: Weights,
        lexicon: Lexicon,
        segmenter: Cutter,
        *,
        neutral_at: float | None = None,
        unsure_below: float | None = None,
    ) -> None:
        self.weights = weights
        self.segmenter = segmenter
        self.topics = TopicReader(lexicon, segmenter)
        self.neutral_at = neutral_at
        self.unsure_below = weights.unsure_below if unsure_below is None else unsure_below

    def score(self, texts: Sequence[str]) -> list[Score]:
        """Sentiment alone, without segmenting: the fast path."""
        return list(self.judge([clean_text(t) for t in texts]).scores)

    def judge(
        self,
        seen: Sequence[str],
        neutral_at: Sequence[float | None] | None = None,
        *,
        cut_as: Sequence[str] | None = None,
    ) -> Judgement:
        """Verdicts on cleaned texts; ``neutral_at`` moves the band for some of them.

        ``cut_as``: texts of the same lengths, to be cut into words in their stead.
        """
        seen = [text[:LONGEST] for text in seen]
        cut = seen if cut_as is None else [text[:LONGEST] for text in cut_as]
        read = list(map(as_known_words, seen))
        found = features(read)
        judged = self.weights.judged(found)
        bands = self._bands(judged.bands.tolist(), neutral_at)
        verdicts = [
            verdict_of(p[_NEG], p[_NEU], p[_POS], band, self.unsure_below, text)
            for p, band, text in zip(judged.chances.tolist(), bands, seen, strict=True)
        ]
        return Judgement(self.weights, self.segmenter, cut, verdicts, (read, found, judged))

    def _bands(self, of_kinds: Sequence[float], asked: Sequence[float | None] | None) -> Sequence[float]:
        """From which P(neu) on each text is neutral: as asked for it, for all, or by its kind."""
        usual = of_kinds if self.neutral_at is None else [self.neutral_at] * len(of_kinds)
        if asked is None:
            return usual
        return [by_kind if band is None else band for by_kind, band in zip(usual, asked, strict=True)]

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Sentiment, topics and the words that carried them, in the order of ``texts``."""
        return [e.reading for e in self._explain(texts)]

    def explain(self, text: str) -> Explanation:
        """One reading with every word's contribution."""
        return self._explain([text])[0]

    def _explain(self, texts: Sequence[str]) -> list[Explanation]:
        cleaned = [clean_text(t) for t in texts]
        judged = self.judge(cleaned)
        spoken = judged.words([score.label for score in judged.scores])
        words = [one.words for one in strongest_of_all(spoken)]
        rows = zip(cleaned, judged.scores, words, judged.taught(), strict=True)
        readings = [self._reading(*row) for row in rows]
        return [
            Explanation(text[:LONGEST], reading, told.pairs)
            for text, reading, told in zip(cleaned, readings, spoken.told, strict=True)
        ]

    def _reading(self, cleaned: str, score: Score, words: tuple[Pair, ...], taught: Taught | None) -> Reading:
        topics = self.topics.read(cleaned, (score.p_neg, score.p_pos), taught=taught)
        return Reading(
            model=self.weights.id,
            p_neg=score.p_neg,
            p_neu=score.p_neu,
            p_pos=score.p_pos,
            label=score.label,
            unsure=score.unsure,
            topics=topics.topics,
            topic_words=topics.told,
            words=words,
        )


def verdict_of(  # noqa: PLR0913, PLR0917 -- three chances and what turns them into a word
    p_neg: float, p_neu: float, p_pos: float, neutral_at: float, unsure_below: float, text: str
) -> Score:
    """The label of three probabilities, and whether to believe it; ``text`` is what was judged."""
    if p_neu > neutral_at:
        label, chance = Sentiment.NEU, p_neu
    else:
        label, chance = (Sentiment.POS, p_pos) if p_pos > p_neg else (Sentiment.NEG, p_neg)
    doubtful = chance < unsure_below or not says_anything(text) or in_other_language(text)
    return Score(p_neg, p_neu, p_pos, label, doubtful)
