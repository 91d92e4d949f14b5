"""Cleaning Chinese text; the only home of opencc.

Characters are folded one by one: width and compatibility forms (NFKC), letter case, accents and
traditional script. opencc's phrase tables are left aside on purpose: a fold that looks at its neighbours
would let an alias and the text around it fold differently, and 乾隆 read as 干隆 costs nothing here.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from opencc import OpenCC

Spans = NDArray[np.int32]
"""Shape (characters, 2): where each character began and ended in the original."""

_PASSES = 4
"""Markup inside markup is undone this many times; what still hides more is blunted (linear time)."""

_ACCENTS = range(0x300, 0x370)
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs"})
_SIMPLIFY = OpenCC("hk2s")
"""Forms of Hong Kong among them: 衞 is 卫."""

_ENTITY = re.compile(r"&(?:amp;){0,8}(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});")
_AMPERSANDS = re.compile(r"&(?:amp;)+")
_TAG = re.compile(
    r"</?(?:a|abbr|article|b|blockquote|body|br|center|code|div|em|figure|font|h[1-6]|head|hr|html|i|iframe"
    r"|img|li|link|meta|ol|p|pre|s|script|section|small|span|strong|style|sub|sup|table|tbody|td|th|thead"
    r"|tr|u|ul|video)(?:\s[^<>]*)?/?>|<!--[^<>]*>"
)
_ADDRESS = re.compile(r"(?:(?:https?|ftp)://|www\.|(?<![a-z0-9])t\.cn/)[!-;=?-~]+")
_NAME = re.compile(r"(?<![a-z0-9._-])@[\w·-]{1,20}(?![\w·-])")
_BLUNT = re.compile(r"[<>&@]|://|www\.|t\.cn/")
_SPACES = re.compile(r" {2,}")

Replace = Callable[[re.Match[str]], str]


class Cleaned:
    """A text as the models read it, with the way back to the original."""

    __slots__ = ("_first", "_ways", "text")

    def __init__(self, text: str, ways: Spans | None = None, first: int = 0) -> None:
        """``ways[i]``: the (start, end) of character i in the original.

        None: nothing was moved, as in most texts; character i is the original's ``first`` + i.
        """
        self.text = text
        self._ways = ways
        self._first = first

    @property
    def offsets(self) -> Spans:
        """The (start, end) of each character in the original."""
        if self._ways is not None:
            return self._ways
        return _one_each(np.arange(self._first, self._first + len(self.text), dtype=np.int32))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the cleaned characters from ``start`` up to, not including, ``end`` stand in the original."""
        if self._ways is None:
            return self._first + start, self._first + end
        return int(self._ways[start, 0]), int(self._ways[end - 1, 1])

    def spans(self, places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """``span`` of many."""
        if self._ways is None:
            first = self._first
            return [(first + start, first + end) for start, end in places]
        return [self.span(start, end) for start, end in places]

    def part(self, start: int, end: int) -> "Cleaned":
        """The characters from ``start`` up to ``end``."""
        ways = None if self._ways is None else self._ways[start:end]
        return Cleaned(self.text[start:end], ways, self._first + start)

    def renamed(self, text: str) -> "Cleaned":
        """Another text of the same length in its place."""
        return Cleaned(text, self._ways, self._first)


def _one_each(starts: NDArray[np.int32]) -> Spans:
    """Spans of one character each."""
    spans = np.empty((len(starts), 2), dtype=np.int32)
    spans[:, 0] = starts
    spans[:, 1] = starts + 1
    return spans


class _Folds(dict[int, str]):
    """Code point → what it becomes, filled as characters are met; ``str.translate`` reads it."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        self[code] = folded
        if len(folded) != 1:
            _UNEVEN.add(chr(code))
        return folded


class _Uneven(set[str]):
    """The characters met that become none or several: only they move what follows them."""

    _pattern: re.Pattern[str] | None = None

    def add(self, character: str) -> None:
        super().add(character)
        self._pattern = None

    def move(self, text: str) -> bool:
        """Whether one stands in the text. A pattern finds it soonest, while it is cheap to make anew."""
        if len(self) > _FEW:
            return not self.isdisjoint(text)
        return self._looked_for.search(text) is not None

    def places(self, text: str) -> list[int]:
        """Where they stand."""
        if len(self) > _FEW:
            return [place for place, character in enumerate(text) if character in self]
        return [match.start() for match in self._looked_for.finditer(text)]

    @property
    def _looked_for(self) -> re.Pattern[str]:
        if self._pattern is None:
            self._pattern = re.compile(f"[{re.escape(''.join(sorted(self)))}]" if self else "(?!)")
        return self._pattern


_FEW = 500
_UNEVEN = _Uneven()
_FOLDS = _Folds()


def is_han(character: str) -> bool:
    """Whether this is a Han character of any plane, 〇 and 々 included."""
    code = ord(character)
    return (
        0x4E00 <= code <= 0x9FFF  # noqa: PLR2004 -- Unicode blocks, here and below
        or 0x3400 <= code <= 0x4DBF  # noqa: PLR2004
        or 0x20000 <= code <= 0x3FFFF  # noqa: PLR2004
        or 0xF900 <= code <= 0xFAFF  # noqa: PLR2004
        or character in "〇々"
    )


def fold(text: str) -> str:
    """Width, case, accents and script folded away; control and invisible characters dropped.

    Nothing else goes: @names, addresses and spaces stay. Folding twice changes nothing.
    """
    folded = text.translate(_FOLDS)
    return folded if unicodedata.is_normalized("NFKC", folded) else _composed(folded)


def fold_traced(text: str) -> Cleaned:
    """``fold`` with the way back."""
    return _traced(text, text.translate(_FOLDS))


def trace_alone(text: str, folded: str) -> Cleaned:
    """The way back from ``folded``, in which every character of ``text`` was folded for itself."""
    if not _UNEVEN.move(text):
        return Cleaned(folded)
    times = np.ones(len(text), dtype=np.int32)
    for place in _UNEVEN.places(text):
        times[place] = len(_FOLDS[ord(text[place])])
    return Cleaned(folded, _one_each(np.repeat(np.arange(len(text), dtype=np.int32), times)))


def _traced(text: str, folded: str) -> Cleaned:
    traced = trace_alone(text, folded)
    return traced if unicodedata.is_normalized("NFKC", folded) else _composed_traced(traced)


def clean_text(text: str) -> str:
    """``clean`` without the way back: the batch path."""
    cleaned = fold(text)
    if not _may_hold_markup(cleaned):
        return _SPACES.sub(" ", cleaned).strip(" ")
    for _ in range(_PASSES):
        before = cleaned
        for may_hold, pattern, replace in _STEPS:
            cleaned = pattern.sub(replace, cleaned) if may_hold(cleaned) else cleaned
        cleaned = fold(cleaned)
        if cleaned == before or not _may_hold_markup(cleaned):
            break
    else:
        cleaned = _BLUNT.sub(_blank, cleaned)
    return _SPACES.sub(" ", cleaned).strip(" ")


def clean(text: str) -> Cleaned:
    """What the models read: folded, without addresses, @names, tags; spaces folded to one.

    HTML entities are read as what they stand for. [表情], emoji and punctuation stay: they carry mood. An
    @name ends at a space or punctuation mark and has 20 characters at most; a longer run is left alone, so
    that a name typed without the space after it cannot swallow a complaint.
    """
    return clean_folded(fold_traced(text))


def clean_folded(traced: Cleaned) -> Cleaned:
    """``clean`` of what ``fold_traced`` made of a text."""
    if _may_hold_markup(traced.text):
        traced = _without_markup(traced)
    if "  " in traced.text:
        traced = _rewrite(traced, _SPACES, _blank)
    left = len(traced.text) - len(traced.text.lstrip(" "))
    right = len(traced.text.rstrip(" "))
    return traced.part(left, right)


def _fold_character(character: str) -> str:
    """Fold until nothing changes: compatibility forms may hide traditional ones, and the reverse."""
    folded = _fold_once(character)
    while folded != character:
        character = folded
        folded = "".join(_fold_once(c) for c in character)
    return folded


def _fold_once(character: str) -> str:
    if character.isspace():
        return " "
    if unicodedata.category(character) in _DROPPED_CATEGORIES or _is_invisible(ord(character)):
        return ""
    bare = "".join(c for c in unicodedata.normalize("NFKD", character.lower()) if ord(c) not in _ACCENTS)
    return str(_SIMPLIFY.convert(unicodedata.normalize("NFKC", bare)))


def _is_invisible(code: int) -> bool:
    """Variation selectors, fillers, noncharacters and the replacement character: nothing a reader sees."""
    return (
        code & 0xFFFE == 0xFFFE  # noqa: PLR2004 -- noncharacters, here and below
        or 0xFDD0 <= code <= 0xFDEF  # noqa: PLR2004
        or 0xFE00 <= code <= 0xFE0F  # noqa: PLR2004 -- variation selectors, here and below
        or 0xE0000 <= code <= 0xE0FFF  # noqa: PLR2004
        or code in {0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0x34F, 0xFFFD}
    )


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Runs of a character and what may compose with it: marks, kana voicing, Hangul vowels and finals."""
    start = 0
    for i, character in enumerate(text):
        joins = unicodedata.combining(character) or "\u1161" <= character <= "\u11ff"
        if not joins and i > start:
            yield start, i
            start = i
    if text:
        yield start, len(text)


def _composed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text[a:b]) for a, b in _clusters(text))


def _composed_traced(traced: Cleaned) -> Cleaned:
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    for a, b in _clusters(traced.text):
        piece = unicodedata.normalize("NFKC", traced.text[a:b])
        pieces.append(piece)
        spans += [traced.span(a, b)] * len(piece)
    return Cleaned("".join(pieces), np.array(spans, dtype=np.int32).reshape(-1, 2))


def _may_hold_markup(text: str) -> bool:
    """Whether one of _STEPS may find something; written out, for every text is asked."""
    return "<" in text or "&" in text or "@" in text or _may_hold_address(text)


def _blank(_: re.Match[str]) -> str:
    return " "


def _entity(match: re.Match[str]) -> str:
    return fold(html.unescape(_AMPERSANDS.sub("&", match[0])))


def _may_hold_address(text: str) -> bool:
    return "://" in text or "www." in text or "t.cn/" in text


_STEPS: tuple[tuple[Callable[[str], bool], re.Pattern[str], Replace], ...] = (
    (lambda text: "&" in text, _ENTITY, _entity),
    (lambda text: "<" in text, _TAG, _blank),
    (_may_hold_address, _ADDRESS, _blank),
    (lambda text: "@" in text, _NAME, _blank),
)
"""Whether it is worth looking for a pattern, the pattern, and what comes in its place."""


def _without_markup(traced: Cleaned) -> Cleaned:
    """Undo markup until nothing changes; blunt what goes deeper than people or sites write it."""
    for _ in range(_PASSES):
        before = traced.text
        for may_hold, pattern, replace in _STEPS:
            traced = _rewrite(traced, pattern, replace) if may_hold(traced.text) else traced
        if not unicodedata.is_normalized("NFKC", traced.text):
            traced = _composed_traced(traced)
        if traced.text == before or not _may_hold_markup(traced.text):
            return traced
    return _rewrite(traced, _BLUNT, _blank)


def _rewrite(traced: Cleaned, pattern: re.Pattern[str], replace: Replace) -> Cleaned:
    """``pattern.sub(replace, …)`` that keeps the way back."""
    if not pattern.search(traced.text):
        return traced
    texts: list[str] = []
    offsets: list[Spans] = []
    ways = traced.offsets
    done = 0
    for match in pattern.finditer(traced.text):
        start, end = match.span()
        new = replace(match)
        texts += [traced.text[done:start], new]
        span = np.array([traced.span(start, end)] * len(new), dtype=np.int32).reshape(-1, 2)
        offsets += [ways[done:start], span]
        done = end
    texts.append(traced.text[done:])
    offsets.append(ways[done:])
    return Cleaned("".join(texts), np.concatenate(offsets))
