"""Which kind of trouble a text speaks of: the agency's crisis words, whole and not negated."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from ahocorasick_rs import AhoCorasick, MatchKind

from analysis.features import Floats
from analysis.segmenting import Cutter
from analysis.text import clean_text
from analysis.topic_delta import Taught
from analysis.topic_model import Mood, likely_topics, margins, weak_words
from wanglou.domain.agency import Lexicon
from wanglou.domain.topic import Topic

_CARRIERS = frozenset(
    (
        *("发生", "出现", "存在", "发现", "任何", "有", "被", "是", "再", "会", "曾", "的", "什么", "所谓"),
        *("收到", "接到", "遭到", "受到", "导致", "造成", "引起", "引发", "涉及", "构成", "属于"),
    )
)
"""Words through which a negation still reaches the crisis word: 没有 发生 任何 起火."""

_RHETORICAL = re.compile(r"[^,.!?;。、 ]{0,6}(?:是什么|还是什么|吗|嘛)(?!\w)")

_IN_ANGER = "?？"
"""What stands before a word of a list that counts in negative voices only: ?广告."""

_ANGRY = 0.5

_CANNOT = re.compile("不[了住]")
"""抵制不了, 封不住: what does not happen."""


@dataclass(frozen=True, slots=True)
class TopicWords:
    """The topics of a text, the best supported first, and what speaks for each: (topic, word), in order."""

    topics: tuple[Topic, ...] = ()
    told: tuple[tuple[Topic, str], ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Every word once."""
        return tuple(dict.fromkeys(word for _, word in self.told))


_NO_TOPIC = TopicWords()


@dataclass(frozen=True, slots=True, eq=False)
class TopicBelief:
    """What is believed of a text's topics without corrections: what these can move, and what they cannot.

    ``text``: the words that n-grams are taken of. ``weak``: the weak words in it. ``margins``: by how much
    each topic holds. ``said``: the topics with a crisis word, which hold whatever is learnt.
    """

    text: str
    weak: tuple[str, ...]
    margins: Floats
    said: tuple[Topic, ...]


class TopicReader:
    """Finds crisis words that begin and end where jieba's words do, so that 起火 is not in 一起火锅.

    A word under a negation (没有发生起火) does not count; under two it does. A word that its list marks
    with ? counts in a text that reads negative. Every further word, and not its
    repetition, adds support.
    """

    def __init__(self, lexicon: Lexicon, segmenter: Cutter) -> None:
        self._segmenter = segmenter
        self._topics: dict[str, list[Topic]] = defaultdict(list)
        self._guarded: set[tuple[Topic, str]] = set()
        for name, words in lexicon.crisis.items():
            for line in words:
                self._know(Topic(name), clean_text(line.lstrip(_IN_ANGER)), in_anger=line[:1] in _IN_ANGER)
        self._patterns = tuple(self._topics)
        self._automaton = AhoCorasick(self._patterns, matchkind=MatchKind.LeftmostLongest)
        self._carriers = _CARRIERS | frozenset(map(clean_text, lexicon.intensifiers))
        negations = frozenset(map(clean_text, lexicon.negations))
        joined = {n + c for n in negations for c in self._carriers}  # jieba keeps 不会, 不存在 in one piece
        self._negations = negations | joined

    def _know(self, topic: Topic, word: str, *, in_anger: bool) -> None:
        if word:
            self._topics[word].append(topic)
            if in_anger:
                self._guarded.add((topic, word))

    def read(
        self, text: str, mood: Mood, words: Sequence[str] | None = None, taught: Taught | None = None
    ) -> TopicWords:
        """The topics of a cleaned text: those with a crisis word, and those that weak words make likely.

        ``words``: the text as it was cut already. ``taught``: what corrections add; none takes a topic away
        that a crisis word names, for that is changed in the agency's list.
        """
        said = self.said(text, angry=mood[0] > _ANGRY, words=words)
        likely = likely_topics(text, said.topics, mood, taught)
        if not likely:
            return said
        further = [one for one in likely if one.topic not in said.topics]
        told = [(one.topic, word) for one in further for word in one.words]
        return TopicWords(said.topics + tuple(one.topic for one in further), (*said.told, *told))

    def believed(self, text: str, read_as: str, mood: Mood) -> TopicBelief:
        """What is believed of ``text``; ``read_as`` is the same as the model is given it."""
        said = self.said(text, angry=mood[0] > _ANGRY).topics
        words = weak_words(text)
        weak = tuple(dict.fromkeys(word for found in words.values() for word in found))
        return TopicBelief(read_as, weak, margins(words, said, mood), said)

    def said(self, text: str, *, angry: bool = True, words: Sequence[str] | None = None) -> TopicWords:
        """The topics with a crisis word. Texts without such words are not segmented at all.

        ``angry``: whether the words count that the lists let count in negative voices only.
        """
        hits = self._automaton.find_matches_as_indexes(text)
        if not hits:
            return _NO_TOPIC
        words = self._segmenter.words(text) if words is None else words
        starts = {place: i for i, place in enumerate(accumulate(map(len, words), initial=0))}
        spoken = [
            self._patterns[index]
            for index, start, end in hits
            if start in starts
            and end in starts
            and not _CANNOT.match(text, end)
            and (_asks_back(text, end) or not self._is_negated(words, starts[start]))
        ]
        return self._weigh(tuple(dict.fromkeys(spoken)), angry=angry)

    def _is_negated(self, words: Sequence[str], place: int) -> bool:
        """Whether an odd number of negations stands before ``place``, with nothing but carriers between."""
        negated = False
        for word in reversed(words[:place]):
            if word in self._negations:
                negated = not negated
            elif word not in self._carriers:
                break
        return negated

    def _weigh(self, words: tuple[str, ...], *, angry: bool) -> TopicWords:
        """More words first, then longer ones, which say more precisely what is wrong."""
        told = [(topic, word) for word in words for topic in self._topics[word]]
        told = [pair for pair in told if angry or pair not in self._guarded]
        support: dict[Topic, list[str]] = defaultdict(list)
        for topic, word in told:
            support[topic].append(word)
        order = list(Topic)
        ranked = sorted(support, key=lambda t: (-len(support[t]), -len("".join(support[t])), order.index(t)))
        return TopicWords(tuple(ranked), tuple(told))


def _asks_back(text: str, end: int) -> bool:
    """Whether the clause goes on as a rhetorical question: 这不是虚假宣传是什么, 难道不是欺诈吗."""
    return _RHETORICAL.match(text, end) is not None
