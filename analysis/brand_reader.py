"""Readings as they are stored: how an item reads for one brand it names, with the way back to its words."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from sys import maxsize
from typing import NamedTuple

import numpy as np

from analysis.branded import as_trouble, decided, headline_scores, is_headline, may_be_dry
from analysis.clauses import BRAND, RIVAL, About, Why, about_brand
from analysis.comparing import READ_AS
from analysis.features import LONGEST
from analysis.first_questions import Said, answers_of, said_in
from analysis.folding import clean_all
from analysis.headlines import MARK, read_as, see
from analysis.newer_words import as_known_words
from analysis.reading import Judgement, Reader, Score
from analysis.text import Cleaned
from analysis.title_words import title_words
from analysis.told import Pair, Place, Strongest, Told, strongest, strongest_of_all
from analysis.topics import TopicBelief, TopicWords
from analysis.trouble import trouble_in
from wanglou.domain.drift import ReadingCount
from wanglou.domain.mention import Reading, Sentiment

_GAP = "\0"
"""What stands for the name where text is cut into words: it joins no word, and cleaned text holds none."""

_MOST_MARKS = 64
"""Places marked in one text: more than a page shows of it."""

LONGEST_READ = 2 * LONGEST
"""Cleaned characters of an item that are looked at: twice what the model takes, for what rules leave out."""

_AT_ONCE = 100
"""Items judged together: five times as many take five times the memory and are read no faster."""

_BLANK = re.compile(" ")


@dataclass(frozen=True, slots=True)
class Asked:
    """An item's words and the places, in title + newline + text, where the brand in question is named.

    ``neutral_at`` moves the neutral band for this one; None leaves it where the weights put it. ``rivals``:
    where the client's competitors are named.
    """

    title: str
    text: str
    names: Sequence[Place]
    neutral_at: float | None = None
    rivals: Sequence[Place] = ()

    @property
    def whole(self) -> str:
        """What ``names`` and the marks of a reading are offsets into."""
        return f"{self.title}\n{self.text}"

    @property
    def is_title(self) -> bool:
        """Whether there is nothing but a title."""
        return bool(self.title.strip()) and self.text.strip() in {"", self.title.strip()}


@dataclass(frozen=True, slots=True)
class Belief:
    """The cleaned words that n-grams are taken of, and P(neg), P(neu), P(pos) by them."""

    text: str
    chances: tuple[float, float, float]


class _Masked(NamedTuple):
    """An item's words with BRAND and RIVAL for the names in them, and the way back.

    ``runs``: (where it begins in the text, where in the item, where a name ends there or -1 for other words).
    ``begins``: where each begins in the text, and last a place that no text reaches.
    """

    text: str
    begins: Sequence[int]
    runs: Sequence[tuple[int, int, int]]

    def spans(self, places: Iterable[Place]) -> list[Place]:
        """Where the characters from a start up to an end stand in the item; a name is whole."""
        begins, runs = self.begins, self.runs
        found = []
        for start, end in places:
            run = bisect_right(begins, start)
            first, begin, name_end = runs[run - 1]
            if name_end < 0 and end <= begins[run]:  # other words alone, as nearly all are
                begin -= first
                found.append((begin + start, begin + end))
                continue
            last, finish, last_end = runs[bisect_right(begins, end - 1, run) - 1]
            begin += start - first if name_end < 0 else 0
            found.append((begin, finish + end - last if last_end < 0 else last_end))
        return found


class _Seen(NamedTuple):
    """What is judged of one item: the words about the brand, and where each character of them stands.

    ``whole``: all its words, cleaned.
    ``judged`` has _GAP for the name; its way back leads to ``masked``. ``marks``: where the words stand by
    which the rules decided. ``headline``: the line with MARK for the name, if it is one.
    """

    about: About
    masked: _Masked
    whole: Cleaned
    judged: Cleaned
    marks: tuple[Place, ...]
    headline: str | None


class BrandReader:
    """Reads items for the brands they name, in batches: the clauses about the brand, or the headline.

    No order, no batch and nothing read before changes a reading: a headline is read without the brand's
    last headlines, although they would tell something, so that the same id gives the same reading again.
    """

    def __init__(self, reader: Reader, version: str) -> None:
        """``version`` names everything but the band that readings depend on: see ``reading_version``."""
        self._reader = reader
        self._empty_buckets = reader.weights.empty_buckets
        self.version = version

    def id_of(self, asked: Asked) -> str:
        """What the reading of ``asked`` is stored under: the version, and the band where it was moved."""
        return self.version if asked.neutral_at is None else f"{self.version}@{asked.neutral_at:g}"

    def read(self, asked: Sequence[Asked]) -> list[Reading]:
        """The readings in the order asked."""
        return self.read_counted(asked)[0]

    def read_counted(self, asked: Sequence[Asked]) -> tuple[list[Reading], ReadingCount]:
        """The readings in the order asked, and of how many the model was unsure or had not seen the words."""
        parts = [self._read_part(asked[i : i + _AT_ONCE]) for i in range(0, len(asked), _AT_ONCE)]
        readings = [reading for part, _ in parts for reading in part]
        grams, unseen = sum(n for _, (n, _) in parts), sum(n for _, (_, n) in parts)
        return readings, self._counted(readings, grams, unseen)

    def _read_part(self, asked: Sequence[Asked]) -> tuple[list[Reading], tuple[int, int]]:
        """The readings, how many n-grams the items hold, and how many of them were never seen.

        Step by step over all items, not item by item: each step's code and words stay in the cache.
        """
        seen = _see_all(asked)
        texts = [s.judged.text for s in seen]
        judged = self._reader.judge(
            [text.replace(_GAP, READ_AS) for text in texts], [one.neutral_at for one in asked], cut_as=texts
        )
        scores, seen = self._scores(asked, seen, judged.scores)
        labels = [score.label for score in scores]
        spoken = judged.words(labels)
        topics = self._topics(texts, scores, spoken.words, judged)
        telling = strongest_of_all(spoken)
        for i, told in self._told_of_titles(seen, labels, judged).items():
            telling[i] = _in_title(texts[i], strongest(told))
        words = [one.words for one in telling]
        said = [said_in(text) for text in texts]
        marks = [_marks(*each) for each in zip(seen, telling, topics, said, strict=True)]
        found = zip(asked, seen, scores, words, topics, said, marks, strict=True)
        return [self._reading(*each) for each in found], judged.unseen

    def _topics(
        self, texts: Sequence[str], scores: Sequence[Score], words: Sequence[Sequence[str]], judged: Judgement
    ) -> list[TopicWords]:
        read = self._reader.topics.read
        return [
            read(
                text,
                (score.p_neg, score.p_pos),
                cut if len(text) <= LONGEST else None,  # else not all of it was cut
                taught,
            )
            for text, score, cut, taught in zip(texts, scores, words, judged.taught(), strict=True)
        ]

    def _told_of_titles(
        self, seen: Sequence[_Seen], labels: Sequence[Sentiment], judged: Judgement
    ) -> dict[int, Told]:
        """Place in the batch → what a headline's words add, for those that are one."""
        lines = [(i, s.headline) for i, s in enumerate(seen) if s.headline is not None]
        if not lines:
            return {}
        reader = self._reader
        spoken = title_words(reader.weights, reader.segmenter, [(line, labels[i]) for i, line in lines])
        corrected = judged.words_of_delta(labels)
        return {i: words.followed_by(corrected[i]) for (i, _), words in zip(lines, spoken, strict=True)}

    def _counted(self, readings: Sequence[Reading], grams: int, unseen: int) -> ReadingCount:
        """A new n-gram falls into a used bucket by chance: those in empty ones tell how many there are."""
        new = min(grams, round(unseen / self._empty_buckets)) if self._empty_buckets else 0
        return ReadingCount(len(readings), sum(r.unsure for r in readings), grams, new)

    def believed(self, asked: Sequence[Asked]) -> list[Belief]:
        """What is believed of each before rules decide, and from which words: what corrections can move."""
        seen = _see_all(asked)
        texts = [s.judged.text.replace(_GAP, READ_AS) for s in seen]
        scores = self._chosen(asked, seen, self._reader.judge(texts).scores)
        read = [
            text if s.headline is None else read_as(see(s.headline, (MARK,)))
            for text, s in zip(texts, seen, strict=True)
        ]
        return [
            Belief(as_known_words(text), (s.p_neg, s.p_neu, s.p_pos))
            for text, s in zip(read, scores, strict=True)
        ]

    def believed_of_topics(self, asked: Sequence[Asked]) -> list[TopicBelief]:
        """What is believed of each one's topics without corrections of topics, and what these can move."""
        seen = _see_all(asked)
        texts = [s.judged.text.replace(_GAP, READ_AS) for s in seen]
        bands = [one.neutral_at for one in asked]
        scores, _ = self._scores(asked, seen, self._reader.judge(texts, bands).scores)
        believed = self._reader.topics.believed
        return [
            believed(s.judged.text, as_known_words(text), (score.p_neg, score.p_pos))
            for s, text, score in zip(seen, texts, scores, strict=True)
        ]

    def _scores(
        self, asked: Sequence[Asked], seen: Sequence[_Seen], plain: Sequence[Score]
    ) -> tuple[list[Score], list[_Seen]]:
        """The verdicts after the rules, and the items with what the rules found once more in neutral ones."""
        chosen = self._chosen(asked, seen, plain)
        scores = [decided(score, s.about) for score, s in zip(chosen, seen, strict=True)]
        looked = list(seen)
        for i, score in enumerate(scores):
            told = _trouble(seen[i]) if may_be_dry(score) else ()
            if told:
                scores[i], looked[i] = as_trouble(score), _with_trouble(seen[i], told)
        return scores, looked

    def _chosen(self, asked: Sequence[Asked], seen: Sequence[_Seen], plain: Sequence[Score]) -> list[Score]:
        """The verdicts as headlines of those that are."""
        lines = [(i, s.headline) for i, s in enumerate(seen) if s.headline is not None]
        bands = [asked[i].neutral_at for i, _ in lines]
        read = headline_scores(self._reader.weights, [(line, (MARK,), ()) for _, line in lines], bands)
        chosen = list(plain)
        for (i, _), score in zip(lines, read, strict=True):
            chosen[i] = score
        return chosen

    def _reading(  # noqa: PLR0913, PLR0917 -- everything that was found out about one item
        self,
        asked: Asked,
        seen: _Seen,
        score: Score,
        words: tuple[Pair, ...],
        topics: TopicWords,
        said: list[Said],
        marks: tuple[Place, ...],
    ) -> Reading:
        why = [why.value for why in seen.about.why]
        if seen.headline is not None:
            why.append("headline")
        return Reading(
            model=self.id_of(asked),
            p_neg=score.p_neg,
            p_neu=score.p_neu,
            p_pos=score.p_pos,
            label=score.label,
            unsure=score.unsure,
            topics=topics.topics,
            topic_words=topics.told,
            words=words,
            why=tuple(why),
            marks=marks,
            answers=answers_of(said),
        )


def _see_all(asked: Sequence[Asked]) -> list[_Seen]:
    masked = [_masked(one) for one in asked]
    cleaned = [
        one if len(one.text) <= LONGEST_READ else one.part(0, LONGEST_READ)
        for one in clean_all([m.text for m in masked])
    ]
    about = [about_brand(_lined(one, m.text)) for one, m in zip(cleaned, masked, strict=True)]
    return [_see(*each) for each in zip(asked, masked, cleaned, about, strict=True)]


def _see(asked: Asked, masked: _Masked, cleaned: Cleaned, about: About) -> _Seen:
    line = None
    if asked.is_title and not about.turn:
        title = masked.text.partition("\n")[0].replace(BRAND, MARK)
        line = title if is_headline(title, about.text) else None
    marks = tuple(masked.spans(cleaned.spans(about.marks)))
    judged = _parts(cleaned, about.kept)
    return _Seen(about, masked, cleaned, judged.renamed(judged.text.replace(BRAND, _GAP)), marks, line)


def _trouble(seen: _Seen) -> Sequence[Place]:
    """Where a post tells of trouble; a headline is read by other means."""
    if seen.headline is not None:
        return ()
    return trouble_in(_lined(seen.whole, seen.masked.text), seen.about.kept)


def _with_trouble(seen: _Seen, told: Sequence[Place]) -> _Seen:
    about = seen.about._replace(why=(*seen.about.why, Why.TROUBLE_TOLD))
    marks = (*seen.marks, *seen.masked.spans(seen.whole.spans(told)))
    return seen._replace(about=about, marks=marks)


def _masked(asked: Asked) -> _Masked:
    text = asked.whole
    names = dict.fromkeys(asked.names, BRAND)
    for place in asked.rivals:
        if not any(a < place[1] and place[0] < b for a, b in asked.names):
            names[place] = RIVAL
    pieces, runs, length, done = [], [], 0, 0
    for (start, end), mark in sorted(names.items()):
        before = text[done:start]
        runs += [(length, done, -1), (length + len(before), start, end)]
        length += len(before) + len(mark)
        pieces += [before, mark]
        done = end
    runs.append((length, done, -1))
    begins = [begin for begin, _, _ in runs]
    return _Masked("".join([*pieces, text[done:]]), [*begins, maxsize], runs)


def _lined(traced: Cleaned, whole: str) -> str:
    """The text with its line breaks, which cleaning made blanks: they end a clause."""
    if "\n" not in whole.strip():
        return traced.text
    letters = list(traced.text)
    for blank in _BLANK.finditer(traced.text):
        if "\n" in whole[slice(*traced.span(*blank.span()))]:
            letters[blank.start()] = "\n"
    return "".join(letters)


def _parts(traced: Cleaned, kept: Sequence[Place]) -> Cleaned:
    if list(kept) == [(0, len(traced.text))]:
        return traced
    text = "".join(traced.text[a:b] for a, b in kept)
    ways = traced.offsets
    return Cleaned(text, np.concatenate([ways[:0], *(ways[a:b] for a, b in kept)]))


def _marks(seen: _Seen, telling: Strongest, topics: TopicWords, said: Sequence[Said]) -> tuple[Place, ...]:
    """Where, in the item itself, the words stand that speak for the reading; in order, not overlapping."""
    places = list(telling.places)
    if topics.told:
        places += _found(seen.judged.text, topics.words)
    places += [(one.start, one.end) for one in said]
    spans = seen.masked.spans(seen.judged.spans(places))
    spans += seen.marks
    spans.sort()
    return tuple(_apart(spans)[:_MOST_MARKS])


def _in_title(text: str, words: tuple[Pair, ...]) -> Strongest:
    """A headline's words: they were not cut from its text, so that each is looked for."""
    return Strongest(words, list(_found(text, [word for word, value in words if value > 0])))


def _found(text: str, words: Iterable[str]) -> Iterator[Place]:
    for word in words:
        at = text.find(word)
        while at >= 0:
            yield at, at + len(word)
            at = text.find(word, at + len(word))


def _apart(spans: Sequence[Place]) -> list[Place]:
    """Overlapping spans, in order, as one."""
    apart: list[Place] = []
    reach = -1
    for span in spans:
        start, end = span
        if start < reach:
            reach = max(end, reach)
            apart[-1] = (apart[-1][0], reach)
        else:
            apart.append(span)
            reach = end
    return apart
