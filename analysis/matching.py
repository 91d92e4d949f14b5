"""Which brands an item names: one automaton over all clients' names, with the reason where none counts.

Linear in the text: no regular expression over names, no loop over clients.
"""

import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from ahocorasick_rs import AhoCorasick

from analysis.text import Cleaned, fold, fold_traced, is_han
from wanglou.domain.client import Alias, Brand, Client
from wanglou.domain.item import Item
from wanglou.domain.mention import Match

_SHORT_LATIN = 3
"""A brand's own name of so few Latin letters keeps its case, as such aliases do in the config."""

_ADDRESS = re.compile(r"(?:https?://|www\.|(?<![a-z0-9])t\.cn/)[!-;=?-~]+")
_GAP = re.compile(r" +")
_LATIN = re.compile(r"[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Voided:
    """A name that stands in the text but inside a look-alike, so that it does not count."""

    client: str
    brand: str
    alias: str
    look_alike: str


@dataclass(frozen=True, slots=True)
class _Name:
    """What one pattern of the automaton means to one brand."""

    client: str
    brand: str
    text: str
    folded: str
    exact: str | None
    is_look_alike: bool

    def allows(self, words: str) -> bool:
        """Whether the letters as written will do."""
        return self.exact is None or self.exact == _exact(words)


@dataclass(frozen=True, slots=True)
class _Hit:
    """A name at a place of the folded text."""

    name: _Name
    start: int
    end: int


class Matcher:
    """Finds every client's brands in one pass.

    Width, case, accents, traditional script and the space between Latin letters and Han fold away on both
    sides. Latin names match on Latin word borders only (a digit beside a letter is a border) and never
    inside a web address. Of one client's names that overlap the longest counts; clients do not affect each
    other. A brand's name is one of its aliases.
    """

    def __init__(self, clients: Iterable[Client]) -> None:
        self._names: dict[str, list[_Name]] = defaultdict(list)
        for client in clients:
            for brand in client.brands:
                for name in _names_of(client, brand):
                    self._names[name.folded].append(name)
        self._patterns = tuple(self._names)
        self._automaton = AhoCorasick(self._patterns)

    def matches(self, item: Item) -> list[Match]:
        """One Match a brand, in the order of the text; spans are offsets into title + newline + text."""
        original = _words(item)
        traced, hits = self._find(original)
        spoken = [h for of_brand in _by_brand(hits).values() for h in _unvoided(of_brand)]
        counted = [h for of_client in _by_client(spoken).values() for h in _longest(of_client, traced)]
        found = [_match(of_brand, traced) for of_brand in _by_brand(counted).values()]
        return sorted(found, key=lambda m: (m.spans[0], m.client, m.brand))

    def why_not(self, item: Item) -> list[Voided]:
        """Names that stand in the item but count for nothing, with the look-alike that voids each."""
        voided: dict[Voided, None] = {}
        for of_brand in _by_brand(self._find(_words(item))[1]).values():
            covers = _Covers(of_brand)
            for hit in of_brand:
                cover = None if hit.name.is_look_alike else covers.over(hit)
                if cover is not None:
                    name = hit.name
                    voided[Voided(name.client, name.brand, name.text, cover.name.text)] = None
        return list(voided)

    def _find(self, original: str) -> tuple[Cleaned, list[_Hit]]:
        """The text as names are looked for in it, and every name that stands there by its own rules."""
        folded = fold(original)
        plain = _gapless(folded)
        if not self._automaton.find_matches_as_indexes(plain):
            return _NOTHING, []
        traced = _gapless_traced(fold_traced(original))
        blind = _address_flags(traced, original)
        hits = []
        for index, start, end in self._automaton.find_matches_as_indexes(traced.text, overlapping=True):
            words = original[slice(*traced.span(start, end))]
            stands = not blind[start] and _on_borders(traced.text, start, end) and "\n" not in words
            names = self._names[self._patterns[index]]
            hits += [_Hit(n, start, end) for n in names if n.is_look_alike or (stands and n.allows(words))]
        return traced, hits


_NOTHING = fold_traced("")


def _words(item: Item) -> str:
    return f"{item.title}\n{item.text}"


def _names_of(client: Client, brand: Brand) -> Iterator[_Name]:
    own = Alias(brand.name, exact_case=_is_short_latin(brand.name))
    seen: set[str] = set()
    for alias in (*brand.aliases, own):
        folded = _gapless(fold(alias.text).strip(" "))
        if folded and folded not in seen:
            seen.add(folded)
            exact = _exact(alias.text) if alias.exact_case else None
            yield _Name(client.id, brand.name, alias.text, folded, exact, is_look_alike=False)
    for text in brand.look_alikes:
        folded = _gapless(fold(text).strip(" "))
        if folded:
            yield _Name(client.id, brand.name, text, folded, None, is_look_alike=True)


def _is_short_latin(text: str) -> bool:
    return len(text) <= _SHORT_LATIN and text.isascii()


def _exact(text: str) -> str:
    """The letters with their case, everything else left to the fold."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isascii() and c.isalpha())


def _is_gap(text: str, start: int, end: int) -> bool:
    """Whether the spaces ``start`` … ``end`` stand between a Latin letter or digit and a Han character."""
    if start == 0 or end == len(text):
        return False
    before, after = text[start - 1], text[end]
    return bool(
        (_LATIN.match(before) and is_han(after)) or (is_han(before) and _LATIN.match(after)),
    )


def _gaps(text: str) -> list[tuple[int, int]]:
    """Spans of spaces to leave out: those between Latin and Han whole, others but for their last."""
    spans = ((m.start(), m.end()) for m in _GAP.finditer(text))
    return [(a, b if _is_gap(text, a, b) else b - 1) for a, b in spans]


def _gapless(text: str) -> str:
    kept = 0
    pieces = []
    for start, end in _gaps(text):
        pieces.append(text[kept:start])
        kept = end
    return "".join([*pieces, text[kept:]])


def _gapless_traced(traced: Cleaned) -> Cleaned:
    keep = [True] * len(traced.text)
    for start, end in _gaps(traced.text):
        keep[start:end] = [False] * (end - start)
    return Cleaned(_gapless(traced.text), traced.offsets[keep])


def _address_flags(traced: Cleaned, original: str) -> bytearray:
    """1 where the character belongs to a web address: short links are full of two-letter names."""
    flags = bytearray(len(traced.text))
    if "." in original or "．" in original:
        for match in _ADDRESS.finditer(traced.text):
            flags[match.start() : match.end()] = b"\1" * len(match[0])
    return flags


def _on_borders(text: str, start: int, end: int) -> bool:
    """Whether no Latin letter continues a letter, and no digit a digit, on either side."""
    return not (
        (start > 0 and _runs_on(text[start - 1], text[start]))
        or (end < len(text) and _runs_on(text[end - 1], text[end]))
    )


def _runs_on(left: str, right: str) -> bool:
    if not (left.isascii() and right.isascii()):
        return False
    return (left.isalpha() and right.isalpha()) or (left.isdigit() and right.isdigit())


def _by_brand(hits: Iterable[_Hit]) -> dict[tuple[str, str], list[_Hit]]:
    grouped: dict[tuple[str, str], list[_Hit]] = defaultdict(list)
    for hit in hits:
        grouped[hit.name.client, hit.name.brand].append(hit)
    return grouped


def _by_client(hits: Iterable[_Hit]) -> dict[str, list[_Hit]]:
    grouped: dict[str, list[_Hit]] = defaultdict(list)
    for hit in hits:
        grouped[hit.name.client].append(hit)
    return grouped


class _Covers:
    """A brand's look-alikes in a text, asked which of them a name lies inside."""

    def __init__(self, hits: Sequence[_Hit]) -> None:
        looks = sorted((h for h in hits if h.name.is_look_alike), key=lambda h: h.start)
        self._starts = [h.start for h in looks]
        self._furthest: list[_Hit] = list(accumulate(looks, _further))

    def over(self, hit: _Hit) -> _Hit | None:
        """The look-alike that began at or before ``hit`` and reaches furthest, if it holds all of it."""
        place = bisect_right(self._starts, hit.start)
        cover = self._furthest[place - 1] if place else None
        return cover if cover is not None and cover.end >= hit.end else None


def _further(one: _Hit, other: _Hit) -> _Hit:
    return other if other.end > one.end else one


def _unvoided(hits: Sequence[_Hit]) -> list[_Hit]:
    covers = _Covers(hits)
    return [h for h in hits if not h.name.is_look_alike and covers.over(h) is None]


def _longest(hits: Sequence[_Hit], traced: Cleaned) -> list[_Hit]:
    """Of hits that overlap the longest. A name shared by two of the client's brands counts for both."""
    taken = [(-1, -1)] * len(traced.text)
    kept = []
    for hit in sorted(hits, key=lambda h: (h.start - h.end, h.start)):
        place = (hit.start, hit.end)
        if taken[hit.start] in {place, (-1, -1)} and taken[hit.end - 1] in {place, (-1, -1)}:
            taken[hit.start : hit.end] = [place] * (hit.end - hit.start)
            kept.append(hit)
    return kept


def _match(hits: Sequence[_Hit], traced: Cleaned) -> Match:
    """One brand's hits as a Match; it is named by the longest alias, the first of equals."""
    name = min(hits, key=lambda h: (h.start - h.end, h.start)).name
    spans = sorted(traced.span(h.start, h.end) for h in hits)
    return Match(name.client, name.brand, name.text, tuple(spans))
