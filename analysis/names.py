"""Names and words as patterns: how each is written, folded, bordered and kept out of web addresses."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from string import ascii_lowercase, digits
from typing import NamedTuple

import numpy as np

from analysis.text import Cleaned, fold, fold_traced, is_han
from wanglou.domain.client import Alias, Brand, Client
from wanglou.domain.watch import words_of

_SHORT_LATIN = 3
"""A brand's own name of so few Latin letters keeps its case, as such aliases do in the config."""

_ADDRESS = re.compile(r"(?:https?://|www\.|(?<![a-z0-9])t\.cn/)[!-;=?-~]+")
_FULL_WIDTH_MARK = re.compile("[，！？；（）＂＇［］｛｝～｜＊＋＝]")
_GAP = re.compile(r" +")
_MAY_GAP = re.compile(r" [ a-z0-9]|[a-z0-9] ")
"""Something of this is where a space is left out; in most texts none is."""

_NOWHERE: frozenset[int] = frozenset()
_LATIN = frozenset(ascii_lowercase + digits)


class Fault(StrEnum):
    """Why a name that can be seen in a text does not stand there by its own rules."""

    ADDRESS = "address"
    INSIDE_WORD = "inside_word"
    CASE = "case"
    LINES = "lines"


class Part(StrEnum):
    """What a pattern is to its brand."""

    NAME = "name"
    LOOK_ALIKE = "look_alike"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Name:
    """What one pattern of the automaton means to one brand; ``competitor``: the brand is somebody else's."""

    client: str
    brand: str
    text: str
    folded: str
    exact: str | None
    part: Part
    competitor: bool = False

    def allows(self, words: str) -> bool:
        """Whether the letters as written will do."""
        return self.exact is None or self.exact == exact_letters(words)


class Hit(NamedTuple):
    """A name at a place of the folded text."""

    name: Name
    start: int
    end: int
    fault: Fault | None = None


def names_of(client: Client, brand: Brand, *, competitor: bool = False) -> Iterator[Name]:
    """A brand's names, its look-alikes and the words of its watch, folded as texts are."""
    for text, (folded, exact) in _spellings(brand):
        yield Name(client.id, brand.name, text, folded, exact, Part.NAME, competitor)
    for text in brand.look_alikes:
        folded = folded_name(text)
        if folded:
            yield Name(client.id, brand.name, text, folded, None, Part.LOOK_ALIKE, competitor)
    for text in words_of(brand.watch) if brand.watch else ():
        folded = folded_name(text)
        if folded:
            exact = exact_letters(text) if is_short_latin(text) else None
            yield Name(client.id, brand.name, text, folded, exact, Part.WORD)


def _spellings(brand: Brand) -> Iterator[tuple[str, tuple[str, str | None]]]:
    """Each name once, as folded and with its exact letters, where no other of them allows any case."""
    own = Alias(brand.name, exact_case=is_short_latin(brand.name))
    found: dict[tuple[str, str | None], str] = {}
    for alias in (*brand.aliases, own):
        exact = exact_letters(alias.text) if alias.exact_case else None
        found.setdefault((folded_name(alias.text), exact), alias.text)
    for (folded, exact), text in found.items():
        if folded and (exact is None or (folded, None) not in found):
            yield text, (folded, exact)


def folded_name(text: str) -> str:
    """A name or word as it is looked for."""
    return gapless(fold(text).strip(" "))


def is_short_latin(text: str) -> bool:
    """Whether a name has so few letters, all Latin, that their case counts unless said otherwise."""
    folded = folded_name(text)
    return len(folded) <= _SHORT_LATIN and folded.isascii()


def exact_letters(text: str) -> str:
    """The letters with their case, everything else left to the fold."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if c.isascii() and c.isalpha())


def _is_gap(text: str, start: int, end: int) -> bool:
    """Whether the spaces ``start`` … ``end`` stand between a Latin letter or digit and a Han character."""
    if start == 0 or end == len(text):
        return False
    before, after = text[start - 1], text[end]
    return (before in _LATIN and is_han(after)) or (after in _LATIN and is_han(before))


def _gaps(text: str) -> list[tuple[int, int]]:
    """Spans of spaces to leave out: those between Latin and Han whole, others but for their last."""
    if not _MAY_GAP.search(text):
        return []
    spans = [match.span() for match in _GAP.finditer(text)]
    return [(a, b if _is_gap(text, a, b) else b - 1) for a, b in spans if b - a > 1 or _is_gap(text, a, b)]


def gapless(text: str) -> str:
    """Without the spaces between Latin and Han; every other run of spaces is one."""
    gaps = _gaps(text)
    return _without(text, gaps) if gaps else text


def gapless_traced(traced: Cleaned) -> Cleaned:
    """``gapless`` with the way back."""
    gaps = _gaps(traced.text)
    if not gaps:
        return traced
    keep = np.ones(len(traced.text), dtype=bool)
    for start, end in gaps:
        keep[start:end] = False
    return Cleaned(_without(traced.text, gaps), traced.offsets[keep])


def _without(text: str, gaps: Iterable[tuple[int, int]]) -> str:
    kept = 0
    pieces = []
    for start, end in gaps:
        pieces.append(text[kept:start])
        kept = end
    return "".join([*pieces, text[kept:]])


def stands_in(text: str, word: str) -> bool:
    """Whether a word stands in a short text, such as an author's name, by the rules of names."""
    name = folded_name(word)
    exact = exact_letters(word) if is_short_latin(word) else None
    traced = gapless_traced(fold_traced(text))
    start = traced.text.find(name) if name else -1
    while start >= 0:
        end = start + len(name)
        if on_borders(traced.text, start, end):
            letters = exact_letters(text[slice(*traced.span(start, end))])
            if exact is None or exact == letters:
                return True
        start = traced.text.find(name, start + 1)
    return False


def address_places(traced: Cleaned, original: str) -> frozenset[int]:
    """The characters that belong to a web address: short links are full of two-letter names."""
    if "." not in original and "．" not in original:
        return _NOWHERE
    return frozenset(
        place
        for m in _ADDRESS.finditer(traced.text)
        for place in range(m.start(), _address_end(traced, original, *m.span()))
    )


def _address_end(traced: Cleaned, original: str, start: int, end: int) -> int:
    """Behind an address somebody may go on with a full-width mark, which folds into one of an address."""
    begin, stop = traced.span(start, end)
    mark = _FULL_WIDTH_MARK.search(original, begin, stop)
    return int(np.searchsorted(traced.offsets[:, 0], mark.start())) if mark else end


def on_borders(text: str, start: int, end: int) -> bool:
    """Whether no Latin letter continues a letter, and no digit a digit, on either side."""
    return not (
        (start > 0 and _runs_on(text[start - 1], text[start]))
        or (end < len(text) and _runs_on(text[end - 1], text[end]))
    )


def _runs_on(left: str, right: str) -> bool:
    if not (left.isascii() and right.isascii()):
        return False
    return (left.isalpha() and right.isalpha()) or (left.isdigit() and right.isdigit())
