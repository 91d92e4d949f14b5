"""Full-text search in Chinese: what a text is found by, what a query asks for, where it stands.

A text is found by its pairs of neighbouring characters, so that every word of two characters hits (投诉,
漏水), whatever a segmenter would have made of it; longer words are pairs side by side, and whoever searches
checks the text itself. Traditional and simplified, width and case are one.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.text import fold, fold_traced

LONGEST_TEXT = 20_000
"""Characters of a text that can be found; what stands behind is beyond any article."""

LONGEST_QUERY = 100
"""Characters of a query that are looked at: a pasted article is no query."""

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』＂", '"'))


class _Separated(dict[int, str]):
    """Code point → itself, or a blank where it separates words: punctuation, spaces, ASCII symbols."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        separates = unicodedata.category(character)[0] in "PZC" or (
            character.isascii() and not character.isalnum()
        )
        self[code] = " " if separates else character
        return self[code]


_SEPARATED = _Separated()


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for: all ``terms`` must stand in a text, each as its runs of characters in a row."""

    terms: tuple[str, ...]

    @property
    def grams(self) -> tuple[str, ...]:
        """Pairs that every hit has, sorted. A run of one character can only be a pair's beginning."""
        runs = [run for term in self.terms for run in term.split() if len(run) > 1]
        return tuple(sorted({pair for run in runs for pair in _pairs(run)}))

    @property
    def beginnings(self) -> tuple[str, ...]:
        """Single characters: a hit has a pair that begins with each, or the character at a run's end."""
        return tuple(sorted({run for term in self.terms for run in term.split() if len(run) == 1}))

    def fits(self, text: str) -> bool:
        """Whether a text has all of it; pairs alone would take 投诉信 for 投诉 beside 诉信."""
        spaced = _spaced(text)
        return all(term in spaced for term in self.terms)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where its runs stand: (start, end) offsets into ``text``, by start."""
        traced = fold_traced(text)
        runs = {run for term in self.terms for run in term.split()}
        found = (traced.span(at, at + len(run)) for run in runs for at in _places(traced.text, run))
        return sorted(found)


def parse(words: str) -> Query:
    """Read what a person typed: words apart are all wanted, "words in quotes" stand together."""
    terms = (_spaced(part) for part in _parts(words[:LONGEST_QUERY].translate(_QUOTES)))
    return Query(tuple(dict.fromkeys(term for term in terms if term)))


def grams(text: str) -> frozenset[str]:
    """What a text is found by: its pairs of characters, and the last character of each run."""
    found: set[str] = set()
    for run in _spaced(text).split():
        found.update(_pairs(run))
        found.add(run[-1])
    return frozenset(found)


def _parts(words: str) -> Iterator[str]:
    """Quoted parts whole, the others cut at spaces; a quote that does not end ends with the query."""
    for place, part in enumerate(words.split('"')):
        yield from [part] if place % 2 else part.split()


def _spaced(text: str) -> str:
    """Folded, with one blank wherever something separates."""
    return " ".join(fold(text[:LONGEST_TEXT]).translate(_SEPARATED).split())


def _pairs(run: str) -> Iterator[str]:
    return (run[i : i + 2] for i in range(len(run) - 1))


def _places(text: str, run: str) -> Iterator[int]:
    at = text.find(run)
    while at >= 0:
        yield at
        at = text.find(run, at + len(run))
