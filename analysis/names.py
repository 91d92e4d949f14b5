"""Names and words as patterns: how each is written, folded, bordered and kept out of web addresses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from analysis.disguises import joints_alike, letters_meant, spellings, undisguised, undisguised_traced
from analysis.text import Cleaned, fold, fold_traced
from wanglou.domain.client import Alias, Brand, Client
from wanglou.domain.watch import words_of

_SHORT_LATIN = 3
"""A brand's own name of so few Latin letters keeps its case, as such aliases do in the config."""

_ADDRESS = re.compile(r"(?:https?://|www\.|(?<![a-z0-9])t\.cn/)[!-;=?-~]+")
_FULL_WIDTH_MARK = re.compile("[，！？；（）＂＇［］｛｝～｜＊＋＝]")
_LAST_OF_WORDS = "\u052f"
"""Up to here lie the scripts that put spaces between words: Latin, Greek and Cyrillic."""

_NOWHERE: frozenset[int] = frozenset()


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
    """What one pattern of the automaton means to one brand; ``competitor``: the brand is somebody else's.

    ``pattern`` is one of the ways of writing ``folded``.
    """

    client: str
    brand: str
    text: str
    pattern: str
    folded: str
    exact: str | None
    part: Part
    competitor: bool = False

    def allows(self, words: str) -> bool:
        """Whether the letters as written will do."""
        return self.exact is None or self.exact == letters_meant(words)


class Hit(NamedTuple):
    """A name at a place of the folded text."""

    name: Name
    start: int
    end: int
    fault: Fault | None = None


def names_of(client: Client, brand: Brand, *, competitor: bool = False) -> Iterator[Name]:
    """A brand's names, its look-alikes and the words of its watch, folded as texts are."""
    for (pattern, exact), text in _own_names(brand).items():
        yield Name(client.id, brand.name, text, pattern, folded_name(text), exact, Part.NAME, competitor)
    for text in brand.look_alikes:
        for pattern in spellings(folded_name(text)):
            yield Name(client.id, brand.name, text, pattern, pattern, None, Part.LOOK_ALIKE, competitor)
    for text in words_of(brand.watch) if brand.watch else ():
        exact = letters_meant(text) if is_short_latin(text) else None
        for pattern in spellings(folded_name(text)):
            yield Name(client.id, brand.name, text, pattern, folded_name(text), exact, Part.WORD)


def _own_names(brand: Brand) -> dict[tuple[str, str | None], str]:
    """Pattern and exact letters → the name as written, where no other of the brand's allows any case."""
    own = Alias(brand.name, exact_case=is_short_latin(brand.name))
    found: dict[tuple[str, str | None], str] = {}
    for alias in (*brand.aliases, own):
        exact = letters_meant(alias.text) if alias.exact_case else None
        for pattern in spellings(folded_name(alias.text)):
            found.setdefault((pattern, exact), alias.text)
    return {
        (pattern, exact): text
        for (pattern, exact), text in found.items()
        if exact is None or (pattern, None) not in found
    }


def folded_name(text: str) -> str:
    """A name or word as it is looked for."""
    return joints_alike(undisguised(fold(text).strip(" ")))


def is_short_latin(text: str) -> bool:
    """Whether a name has so few letters, all Latin, that their case counts unless said otherwise."""
    folded = folded_name(text)
    return len(folded) <= _SHORT_LATIN and folded.isascii()


def stands_in(text: str, word: str) -> bool:
    """Whether a word stands in a short text, such as an author's name, by the rules of names."""
    name = folded_name(word)
    exact = letters_meant(word) if is_short_latin(word) else None
    traced = undisguised_traced(fold_traced(text))
    seen = joints_alike(traced.text)
    start = seen.find(name) if name else -1
    while start >= 0:
        end = start + len(name)
        if on_borders(traced.text, start, end):
            letters = letters_meant(text[slice(*traced.span(start, end))])
            if exact is None or exact == letters:
                return True
        start = seen.find(name, start + 1)
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
    """Whether no letter of such a script continues a letter, and no digit a digit, on either side."""
    return not (
        (start > 0 and _runs_on(text[start - 1], text[start]))
        or (end < len(text) and _runs_on(text[end - 1], text[end]))
    )


def _runs_on(left: str, right: str) -> bool:
    if left > _LAST_OF_WORDS or right > _LAST_OF_WORDS:
        return False
    return (left.isalpha() and right.isalpha()) or (left.isdigit() and right.isdigit())
