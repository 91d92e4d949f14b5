"""Which kind of trouble a text speaks of: the agency's crisis words, whole and not negated."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from ahocorasick_rs import AhoCorasick, MatchKind

from analysis.segmenting import Cutter
from analysis.text import clean_text
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


@dataclass(frozen=True, slots=True)
class TopicWords:
    """The topics of a text, the best supported first, with the words that speak for them in their order."""

    topics: tuple[Topic, ...] = ()
    words: tuple[str, ...] = ()


class TopicReader:
    """Finds crisis words that begin and end where jieba's words do, so that 起火 is not in 一起火锅.

    A word under a negation (没有发生起火) does not count; under two it does. Every further word, and not its
    repetition, adds support.
    """

    def __init__(self, lexicon: Lexicon, segmenter: Cutter) -> None:
        self._segmenter = segmenter
        self._topics: dict[str, list[Topic]] = defaultdict(list)
        for name, words in lexicon.crisis.items():
            for word in words:
                self._topics[clean_text(word)].append(Topic(name))
        self._topics.pop("", None)
        self._patterns = tuple(self._topics)
        self._automaton = AhoCorasick(self._patterns, matchkind=MatchKind.LeftmostLongest)
        self._carriers = _CARRIERS | frozenset(map(clean_text, lexicon.intensifiers))
        negations = frozenset(map(clean_text, lexicon.negations))
        joined = {n + c for n in negations for c in self._carriers}  # jieba keeps 不会, 不存在 in one piece
        self._negations = negations | joined

    def read(self, text: str) -> TopicWords:
        """The topics of a cleaned text. Texts without crisis words are not segmented at all."""
        hits = self._automaton.find_matches_as_indexes(text)
        if not hits:
            return TopicWords()
        words = self._segmenter.words(text)
        starts = {place: i for i, place in enumerate(accumulate(map(len, words), initial=0))}
        spoken = [
            self._patterns[index]
            for index, start, end in hits
            if start in starts
            and end in starts
            and (_asks_back(text, end) or not self._is_negated(words, starts[start]))
        ]
        return self._weigh(tuple(dict.fromkeys(spoken)))

    def _is_negated(self, words: Sequence[str], place: int) -> bool:
        """Whether an odd number of negations stands before ``place``, with nothing but carriers between."""
        negated = False
        for word in reversed(words[:place]):
            if word in self._negations:
                negated = not negated
            elif word not in self._carriers:
                break
        return negated

    def _weigh(self, words: tuple[str, ...]) -> TopicWords:
        """More words first, then longer ones, which say more precisely what is wrong."""
        support: dict[Topic, list[str]] = defaultdict(list)
        for word in words:
            for topic in self._topics[word]:
                support[topic].append(word)
        order = list(Topic)
        ranked = sorted(support, key=lambda t: (-len(support[t]), -len("".join(support[t])), order.index(t)))
        return TopicWords(tuple(ranked), words)


def _asks_back(text: str, end: int) -> bool:
    """Whether the clause goes on as a rhetorical question: 这不是虚假宣传是什么, 难道不是欺诈吗."""
    return _RHETORICAL.match(text, end) is not None
