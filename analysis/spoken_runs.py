"""Texts as rows of units that words can be made of: Han characters, and each Latin word as one unit.

What is nobody's own wording breaks a row: names, hashtags, headlines in 【】, addresses, numbers, marks.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from analysis.ngrams import END, Numbers, code_points, grams
from analysis.text import clean_text, fold, is_han
from wanglou.domain.client import Client

SHORTEST, LONGEST = 2, 6
"""Units of a run that may be a word."""

SURE = 3
"""A longer run is known when each run of this length in it is known."""

MOST_CHARACTERS = 2_000
"""Of a text that are looked at: a nickname stands in posts, not deep in reports."""

_PRIVATE, _PRIVATE_SIZE = 0xF0000, 0xFFFD
"""Cleaned text holds no private characters: one stands for each Latin word."""

_NOT_OWN = re.compile(r"#[^#\n]{1,40}#|【[^】\n]{1,80}】")
_LATIN = re.compile(r"[a-z][a-z0-9]{1,15}")


def names_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Finds names in cleaned texts, longest first; None where there are none."""
    folded = sorted({fold(name).strip() for name in names} - {""}, key=lambda name: (-len(name), name))
    return re.compile("|".join(map(re.escape, folded))) if folded else None


def names_of(client: Client) -> re.Pattern[str] | None:
    """Finds what a client's brands and competitors are called, look-alikes as well."""
    brands = [*client.brands, *client.competitors]
    return names_pattern(n for b in brands for n in (b.name, *(a.text for a in b.aliases), *b.look_alikes))


class _Units(dict[int, int]):
    """For ``str.translate``: a unit stays, all else breaks the run. It learns characters as they come."""

    def __missing__(self, code: int) -> int:
        kept = self[code] = code if code >= _PRIVATE or is_han(chr(code)) else _BROKEN
        return kept


_BROKEN = ord("\n")
_UNITS = _Units()


@lru_cache(maxsize=2048)
def units_of(text: str, names: re.Pattern[str] | None) -> str:
    """The text's units, a line feed wherever a run is broken. Kept: the last days are asked for often."""
    cleaned = _NOT_OWN.sub("\n", clean_text(text[:MOST_CHARACTERS]))
    if names:
        cleaned = names.sub("\n", cleaned)
    cleaned = _LATIN.sub(lambda found: _unit(found[0]), cleaned)
    return cleaned.translate(_UNITS)


def shown(word: str, text: str) -> str:
    """The word as people write it; ``text`` is one that holds it."""
    latin = {_unit(found[0]): found[0] for found in _LATIN.finditer(clean_text(text[:MOST_CHARACTERS]))}
    return "".join(latin.get(unit, unit) for unit in word)


@dataclass(frozen=True)
class Rows:
    """Several texts' units. ``starts``: places in ``points`` where a run of ``size`` units begins."""

    lines: Sequence[str]

    @cached_property
    def points(self) -> Numbers:
        """All units in one row, END between them."""
        return code_points(self.lines)

    @cached_property
    def owners(self) -> NDArray[np.int64]:
        """For each place of ``points`` the line that it lies in."""
        lengths = [1, *(len(line) + 1 for line in self.lines)]
        return np.repeat(np.arange(-1, len(self.lines)), lengths)

    @cached_property
    def _to_end(self) -> NDArray[np.int64]:
        """For each place how many units the run still has from there."""
        places = np.arange(len(self.points))
        ends = np.where(self.points == END, places, len(places))
        return np.asarray(np.minimum.accumulate(ends[::-1])[::-1] - places)

    def starts(self, size: int) -> NDArray[np.int64]:
        """Places where a run of ``size`` units begins."""
        return np.flatnonzero(self._to_end >= size)

    def hashes(self, size: int) -> Numbers:
        """The hash of the run of ``size`` units at each place; of no use where none begins."""
        return grams(self.points, size)

    def run(self, place: int, size: int) -> str:
        """The run at a place."""
        return "".join(map(chr, self.points[place : place + size]))


def learnable(rows: Rows) -> tuple[Numbers, NDArray[np.int64]]:
    """Hashes of all that a sketch must hold, with the line each stands in."""
    found = [(rows.hashes(size)[at], rows.owners[at]) for size, at in _short(rows)]
    return np.concatenate([h for h, _ in found]), np.concatenate([o for _, o in found])


def _short(rows: Rows) -> Iterator[tuple[int, NDArray[np.int64]]]:
    yield from ((size, rows.starts(size)) for size in range(SHORTEST, SURE + 1))


def _unit(latin: str) -> str:
    return chr(_PRIVATE + crc32(latin.encode()) % _PRIVATE_SIZE)
