"""Which words of a text speak about one brand, and which way a comparison turns them. Rules alone."""

import re
import unicodedata
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from analysis.comparing import BRAND, RIVAL, WORDS, Span, compared, compared_across

__all__ = ["BRAND", "RIVAL", "About", "Span", "Why", "about_brand", "in_other_language"]

_CLAUSE = re.compile(r"[^。！？!?；;，,\n]*[。！？!?；;，,\n]+|[^。！？!?；;，,\n]+")
_CONTRAST = re.compile(r"(?=但是|不过|可是|然而|反观|相比之下)")
_RIVAL = re.compile(r"竞品|对手|友商|别家|别的|其他(?:品牌|牌子|家)|隔壁|另一家|同行")
_MOCKING = re.compile(
    r"呵呵|真有你的|可真行|好样的呢|谢谢你啊|真是谢谢|佩服佩服|\[微笑\]|\[doge\]|\[吃瓜\]|🙂|🙃|🤡"
)
_HINTS = {
    "rival": "竞品 对手 友商 别家 别的 其他品牌 其他牌子 其他家 隔壁 另一家 同行",
    "comparison": WORDS,
    "contrast": "但是 不过 可是 然而 反观 相比之下",
    "quote": "“ \" 「 『 ‘ ' 所谓",
    "mocking": "呵呵 真有你的 可真行 好样的呢 谢谢你啊 真是谢谢 佩服佩服 [微笑] [doge] [吃瓜] 🙂 🙃 🤡",
}
"""What one of the patterns above must hold to be found: looked for in one pass, most texts hold nothing."""

_HINT_OF = [kind for kind, words in _HINTS.items() for _ in words.split()]
_HINTED = AhoCorasick([word for words in _HINTS.values() for word in words.split()])
_SPLITS = frozenset({"rival", "comparison"})
_TELLING = frozenset(_HINTS) - {"contrast"}

_PRAISE = (
    r"(?:好|优质|良心|贴心|用心|高端|专业|安全|放心|靠谱|完美|尊贵|尊享|极致|神|匠心|人性化|五星|一流"
    r"|正品|承诺|负责)"
)
_QUOTED = re.compile(
    rf"(?<!说)(?<!称)(?<!道)(?<!叫)(?<!夸)(?<!夸它)(?<!表示)(?<!评价)(?<!:)(?:所谓的?)?"
    rf"[“\"「『‘'](?=[^”\"」』’']{{0,7}}{_PRAISE})[^”\"」』’',。!?]{{1,8}}[”\"」』’']"
    rf"|所谓的?[^,。!?“\"「『]{{0,4}}?{_PRAISE}[^,。!?“\"「『]{{0,2}}"
)
"""Praise that the writer only holds up: “贴心”服务, 所谓的高端. After 说, 称, 夸 … it is somebody's own."""

_FOREIGN = re.compile("[\u0250-\u1fff\u3040-\u31ff\ua000-\uf8ff\U00010000-\U0001efff]")
"""Holds every letter that is neither Han nor Latin; a text without one needs no counting."""

_SHARE_OTHER = 0.3
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = 4
"""So many words in Latin letters, and nothing in Han, are a sentence: the weights cannot read it."""


class Why(StrEnum):
    """What was done to a text before it was judged for a brand."""

    COMPARED_BETTER = "compared_better"
    COMPARED_WORSE = "compared_worse"
    OTHERS_LEFT_OUT = "others_left_out"
    QUOTED_PRAISE = "quoted_praise"
    MOCKING = "mocking"
    OTHER_LANGUAGE = "other_language"
    NOTHING_SAID = "nothing_said"
    TROUBLE_TOLD = "trouble_told"


_DOUBTS = frozenset({Why.MOCKING, Why.OTHER_LANGUAGE, Why.NOTHING_SAID})


class About(NamedTuple):
    """The words about the brand: the parts ``kept`` of the text, joined.

    ``turn``: 1 the brand wins a comparison, -1 it loses one, 0 there is none. ``marks``: where in the whole
    text the words stand by which the rules decided.
    """

    text: str
    turn: int
    why: tuple[Why, ...]
    kept: tuple[Span, ...]
    marks: tuple[Span, ...]

    @property
    def doubtful(self) -> bool:
        """Whether a person should look whatever the model says."""
        return not _DOUBTS.isdisjoint(self.why)


def about_brand(text: str) -> About:
    """Pick the clauses about BRAND in a cleaned ``text`` and see which way a comparison goes.

    A clause that speaks of rivals and does not name the brand is left out, with what follows it up to the
    brand's next naming. Praise in quotes of doubt is left out too. A text that never names the brand is
    taken whole.
    """
    hints = {_HINT_OF[index] for index, _, _ in _HINTED.find_matches_as_indexes(text, overlapping=True)}
    if hints.isdisjoint(_TELLING):
        return About(text, 0, _doubts(text), ((0, len(text)),), ())
    clauses = _clauses(text, contrast="contrast" in hints) if hints & _SPLITS else [(0, len(text))]
    own = _own(text, clauses) if "rival" in hints and BRAND in text else clauses
    turn, decided = _turn(text, own) if "comparison" in hints else (0, [])
    quoted = _inside(_QUOTED, text, own) if "quote" in hints else []
    mocked = _inside(_MOCKING, text, own) if "mocking" in hints else []
    kept = _without(own, quoted)
    said = "".join(text[a:b] for a, b in kept)
    reasons = (
        (Why.COMPARED_BETTER, turn > 0),
        (Why.COMPARED_WORSE, turn < 0),
        (Why.OTHERS_LEFT_OUT, len(own) < len(clauses)),
        (Why.QUOTED_PRAISE, quoted),
        (Why.MOCKING, mocked),
    )
    why = (*[why for why, holds in reasons if holds], *_doubts(said))
    return About(said, turn, why, tuple(kept), tuple(sorted([*decided, *quoted, *mocked])))


def _doubts(said: str) -> tuple[Why, ...]:
    """Why the words about the brand may tell nothing."""
    besides = said.replace(BRAND, "")
    if not _has_words(besides):
        return (Why.NOTHING_SAID,)
    return (Why.OTHER_LANGUAGE,) if in_other_language(besides) else ()


def _turn(text: str, clauses: list[Span]) -> tuple[int, list[Span]]:
    """The first comparison of the clauses, else one that goes over a comma."""
    for start, end in clauses:
        if text.find(BRAND, start, end) < 0:
            continue
        turn, (a, b) = compared(text[start:end])
        if turn:
            return turn, [(start + a, start + b)]
    turn, span = compared_across(text)
    return turn, [span] if turn else []


def in_other_language(text: str) -> bool:
    """Whether many of the letters are neither Han nor Latin, or whole sentences are in Latin letters alone.

    A word or two (so good, yyds) are Chinese as people write it.
    """
    if not _FOREIGN.search(text):
        return not _HAN.search(text) and len(_WORD.findall(text)) >= _SENTENCE
    letters = [c for c in text if c.isalpha()]
    other = sum(not _chinese_or_latin(c) for c in letters)
    return bool(letters) and other / len(letters) > _SHARE_OTHER


def _clauses(text: str, *, contrast: bool) -> list[Span]:
    """The clauses one after another; ``contrast``: whether one may turn round within."""
    if not contrast:
        return [clause.span() for clause in _CLAUSE.finditer(text)]
    found = []
    for clause in _CLAUSE.finditer(text):
        cuts = [m.start() for m in _CONTRAST.finditer(clause[0])]
        borders = sorted({0, *cuts, len(clause[0])})
        found += [(clause.start() + a, clause.start() + b) for a, b in pairwise(borders)]
    return found


def _own(text: str, clauses: list[Span]) -> list[Span]:
    """The clauses that do not speak of rivals alone."""
    kept, of_rivals = [], False
    for start, end in clauses:
        clause = text[start:end]
        of_rivals = BRAND not in clause and (of_rivals or bool(_RIVAL.search(clause)))
        if not of_rivals:
            kept.append((start, end))
    return kept


def _inside(pattern: re.Pattern[str], text: str, clauses: list[Span]) -> list[Span]:
    """Where the pattern is found, each place inside one of the clauses."""
    return [m.span() for m in pattern.finditer(text) if _within(m.span(), clauses)]


def _within(span: Span, clauses: list[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in clauses)


def _without(clauses: list[Span], holes: list[Span]) -> list[Span]:
    """The clauses with the holes, each inside one of them, cut out; touching parts joined."""
    if not holes:
        return _joined(clauses)
    borders = sorted({*(c for clause in clauses for c in clause), *(h for hole in holes for h in hole)})
    return _joined([p for p in pairwise(borders) if _within(p, clauses) and not _within(p, holes)])


def _joined(parts: list[Span]) -> list[Span]:
    """The parts in order, those that touch as one."""
    joined: list[Span] = []
    for start, end in parts:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _has_words(text: str) -> bool:
    return text[:1].isalpha() or any(c.isalpha() or unicodedata.category(c) == "So" for c in text)


def _chinese_or_latin(letter: str) -> bool:
    name = unicodedata.name(letter, "")
    return name.startswith(("CJK", "LATIN"))
