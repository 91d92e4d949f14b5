"""Which brands an item names: one automaton over all clients' names, with the reason where none counts.

Linear in the text: no regular expression over names, no loop over clients. The words of all watches are
patterns of the same automaton; a watch is then asked only where a name of its brand was found.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

import numpy as np
from ahocorasick_rs import AhoCorasick

from analysis.disguises import joints_alike, undisguised, undisguised_traced
from analysis.folding import Folded, fold_all, fold_one, trace
from analysis.names import (
    Fault,
    Hit,
    Name,
    Part,
    address_places,
    folded_name,
    names_of,
    on_borders,
)
from analysis.text import Cleaned
from analysis.watching import Ground, Reason, holds, why_not
from wanglou.domain.client import Client
from wanglou.domain.item import Item
from wanglou.domain.mention import Match


class Cause(StrEnum):
    """Why a name that can be seen in a text does not count."""

    LOOK_ALIKE = "look_alike"
    LONGER = "longer"
    WATCH = "watch"
    ADDRESS = "address"
    INSIDE_WORD = "inside_word"
    CASE = "case"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class Missed:
    """A name that can be seen but does not count; ``by`` is the look-alike or the longer name.

    ``reasons`` say what the watch lacks. ``competitor``: ``brand`` is somebody else's.
    """

    client: str
    brand: str
    alias: str
    cause: Cause
    by: str | None = None
    reasons: tuple[Reason, ...] = ()
    competitor: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """Who is named in one item: the clients' own brands, and the competitors they are compared with."""

    brands: tuple[Match, ...]
    competitors: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Voided:
    """A name that stands in the text but inside a look-alike, so that it does not count."""

    client: str
    brand: str
    alias: str
    look_alike: str


class Matcher:
    """Finds every client's brands in one pass.

    Width, case, accents, traditional script and the space between Latin letters and Han fold away on both
    sides. Latin names match on Latin word borders only (a digit beside a letter is a border) and never
    inside a web address. Of one client's names that overlap the longest counts, its competitors' among them;
    clients do not affect each other. A brand's name is one of its aliases.
    """

    def __init__(self, clients: Iterable[Client], classes: Mapping[str, str] | None = None) -> None:
        """``classes``: source id → its class, for watches that ask for one."""
        self._names: dict[str, list[Name]] = defaultdict(list)
        self._watches = {}
        self._classes = classes or {}
        for client in clients:
            for brand in client.brands:
                if brand.watch is not None:
                    self._watches[client.id, brand.name] = brand.watch
                for name in names_of(client, brand):
                    self._names[name.pattern].append(name)
            for competitor in client.competitors:
                for name in names_of(client, competitor, competitor=True):
                    self._names[name.pattern].append(name)
        self._meant = tuple(map(tuple, self._names.values()))
        self._automaton = AhoCorasick(list(self._names))

    def matches(self, item: Item) -> list[Match]:
        """One Match a brand of a client; competitors are not among them."""
        return list(self.named(item).brands)

    def named(self, item: Item) -> Named:
        """One Match a brand, in the order of the text; spans are offsets into title + newline + text."""
        words = _words(item)
        return self._named(item, words, fold_one(words))

    def named_all(self, items: Sequence[Item]) -> list[Named]:
        """``named`` of each, sooner."""
        texts = [_words(item) for item in items]
        return [self._named(*each) for each in zip(items, texts, fold_all(texts), strict=True)]

    def _named(self, item: Item, words: str, folded: Folded) -> Named:
        traced, seen = self._find(words, folded)
        hits = [h for h in seen if h.fault is None]
        if not hits:
            return _NOBODY
        if len(hits) == 1 and not self._watches:
            return _named_once(hits[0], traced)
        held = self._held(hits, _counted(hits, traced), item, traced)
        return Named(_matches(held, traced, competitor=False), _matches(held, traced, competitor=True))

    def why_not(self, item: Item) -> list[Voided]:
        """Names that stand in the item but count for nothing, with the look-alike that voids each."""
        words = _words(item)
        hits = [h for h in self._find(words, fold_one(words))[1] if h.fault is None]
        own = ((name, by) for name, by in _voided(hits) if not name.competitor)
        return list(dict.fromkeys(Voided(n.client, n.brand, n.text, by) for n, by in own))

    def missed(self, item: Item) -> list[Missed]:
        """Every name that can be seen in the item but does not count there, each cause once."""
        words = _words(item)
        traced, seen = self._find(words, fold_one(words))
        hits = [h for h in seen if h.fault is None]
        counted = _counted(hits, traced)
        found = _faulty(seen)
        found += [_missed(name, Cause.LOOK_ALIKE, by) for name, by in _voided(hits)]
        found += [_missed(name, Cause.LONGER, by) for name, by in _outdone(hits, counted)]
        found += self._refused(hits, counted, item, traced)
        return list(dict.fromkeys(found))

    def _held(
        self, hits: Sequence[Hit], counted: Sequence[Hit], item: Item, traced: Cleaned
    ) -> list[list[Hit]]:
        """Per brand the names that count, where its watch holds."""
        seen = _by_brand(hits) if self._watches else {}
        held = []
        for key, of_brand in _by_brand(counted).items():
            watch = self._watches.get(key)
            if watch is None or holds(watch, self._ground(seen[key], of_brand, item, traced)):
                held.append(of_brand)
        return held

    def _refused(
        self, hits: Sequence[Hit], counted: Sequence[Hit], item: Item, traced: Cleaned
    ) -> list[Missed]:
        seen = _by_brand(hits)
        found = []
        for key, of_brand in _by_brand(counted).items():
            watch = self._watches.get(key)
            reasons = why_not(watch, self._ground(seen[key], of_brand, item, traced)) if watch else ()
            if reasons:
                found.append(Missed(*key, _longest_name(of_brand).text, Cause.WATCH, reasons=reasons))
        return found

    def _ground(self, seen: Sequence[Hit], counted: Sequence[Hit], item: Item, traced: Cleaned) -> Ground:
        return Ground(
            places=_places(seen, counted),
            title_end=int(np.searchsorted(traced.offsets[:, 0], len(item.title))),
            author=item.author.name if item.author else "",
            source=item.source,
            source_class=self._classes.get(item.source, ""),
        )

    def _find(self, original: str, folded: Folded) -> tuple[Cleaned, list[Hit]]:
        """The text as names are looked for in it, and every name there, with its fault if it has one."""
        plain = undisguised(folded.text)
        found = self._automaton.find_matches_as_indexes(joints_alike(plain), overlapping=True)
        if not found:
            return _NOTHING, []
        traced = trace(original, folded)
        if plain is not folded.text:
            traced = undisguised_traced(traced)
        blind = address_places(traced, original)
        hits = []
        for index, start, end in found:
            words = original[slice(*traced.span(start, end))]
            fault = _fault(traced.text, start, end, words, in_address=start in blind)
            hits += [Hit(n, start, end, _fault_of(n, fault, words)) for n in self._meant[index]]
        return traced, hits


def _named_once(hit: Hit, traced: Cleaned) -> Named:
    """What one name in an item comes to where nothing else can be seen in it: the commonest case."""
    if hit.name.part is not Part.NAME:
        return _NOBODY
    match = (_match((hit,), traced),)
    return Named((), match) if hit.name.competitor else Named(match, ())


def _fault(text: str, start: int, end: int, words: str, *, in_address: bool) -> Fault | None:
    if in_address:
        return Fault.ADDRESS
    if not on_borders(text, start, end):
        return Fault.INSIDE_WORD
    return Fault.LINES if "\n" in words else None


def _fault_of(name: Name, fault: Fault | None, words: str) -> Fault | None:
    if name.part is Part.LOOK_ALIKE:
        return None
    return fault or (None if name.allows(words) else Fault.CASE)


def _places(seen: Sequence[Hit], counted: Sequence[Hit]) -> dict[str, list[tuple[int, int]]]:
    """Where the words of a brand's watch stand.

    The brand's name stands wherever one of its names counts, whichever that is. A word that is another of
    its names does not stand inside a look-alike.
    """
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    void = {(h.start, h.end) for h in seen if h.name.part is Part.NAME}
    void -= {(h.start, h.end) for h in _unvoided(seen)}
    for hit in seen:
        place = (hit.start, hit.end)
        if hit.name.part is Part.WORD and place not in void:
            places[hit.name.folded].append(place)
    places[folded_name(counted[0].name.brand)] = [(h.start, h.end) for h in counted]
    return places


def _faulty(seen: Sequence[Hit]) -> list[Missed]:
    """Names that do not stand by their own rules, but for places where another spelling of the brand does."""
    names = [h for h in seen if h.name.part is Part.NAME]
    good = {_place_of(h) for h in names if h.fault is None}
    return [_missed(h.name, Cause(h.fault)) for h in names if h.fault and _place_of(h) not in good]


def _place_of(hit: Hit) -> tuple[str, str, int, int]:
    return hit.name.client, hit.name.brand, hit.start, hit.end


def _missed(name: Name, cause: Cause, by: str | None = None) -> Missed:
    return Missed(name.client, name.brand, name.text, cause, by, competitor=name.competitor)


def _counted(hits: Sequence[Hit], traced: Cleaned) -> list[Hit]:
    """Names outside look-alikes, of those of one client that overlap the longest."""
    named = [h for h in hits if h.name.part is not Part.WORD]
    if len(named) == 1 and named[0].name.part is Part.NAME:
        return named
    spoken = [h for of_brand in _by_brand(named).values() for h in _unvoided(of_brand)]
    return [h for of_client in _by_client(spoken).values() for h in _longest(of_client, traced)]


def _voided(hits: Sequence[Hit]) -> list[tuple[Name, str]]:
    """Names that lie in a look-alike of their brand, with it."""
    found = []
    for of_brand in _by_brand(hits).values():
        covers = _Covers(of_brand)
        covered = [(h.name, covers.over(h)) for h in of_brand if h.name.part is Part.NAME]
        found += [(name, cover.name.text) for name, cover in covered if cover is not None]
    return found


def _outdone(hits: Sequence[Hit], counted: Sequence[Hit]) -> list[tuple[Name, str]]:
    """Names of brands that count for nothing else because a longer name of the client overlaps them."""
    brands = {(h.name.client, h.name.brand) for h in counted}
    found = []
    for client, of_client in _by_client(hits).items():
        winners = sorted((h for h in counted if h.name.client == client), key=lambda h: h.start)
        starts = [h.start for h in winners]
        lost = [h for of_brand in _by_brand(of_client).values() for h in _unvoided(of_brand)]
        for hit in lost:
            place = bisect_right(starts, hit.end - 1)
            over = winners[place - 1] if place else None
            if over and over.end > hit.start and (client, hit.name.brand) not in brands:
                found.append((hit.name, over.name.text))
    return found


_NOTHING = Cleaned("")
_NOBODY = Named((), ())


def _words(item: Item) -> str:
    return f"{item.title}\n{item.text}"


def _by_brand(hits: Iterable[Hit]) -> dict[tuple[str, str], list[Hit]]:
    grouped: dict[tuple[str, str], list[Hit]] = defaultdict(list)
    for hit in hits:
        grouped[hit.name.client, hit.name.brand].append(hit)
    return grouped


def _by_client(hits: Iterable[Hit]) -> dict[str, list[Hit]]:
    grouped: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        grouped[hit.name.client].append(hit)
    return grouped


class _Covers:
    """A brand's look-alikes in a text, asked which of them a name lies inside."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        looks = sorted((h for h in hits if h.name.part is Part.LOOK_ALIKE), key=lambda h: h.start)
        self._starts = [h.start for h in looks]
        self._furthest: list[Hit] = list(accumulate(looks, _further))

    def over(self, hit: Hit) -> Hit | None:
        """The look-alike that began at or before ``hit`` and reaches furthest, if it holds all of it."""
        place = bisect_right(self._starts, hit.start)
        cover = self._furthest[place - 1] if place else None
        return cover if cover is not None and cover.end >= hit.end else None


def _further(one: Hit, other: Hit) -> Hit:
    return other if other.end > one.end else one


def _unvoided(hits: Sequence[Hit]) -> list[Hit]:
    covers = _Covers(hits)
    return [h for h in hits if h.name.part is Part.NAME and covers.over(h) is None]


def _longest(hits: Sequence[Hit], traced: Cleaned) -> list[Hit]:
    """Of hits that overlap the longest. A name shared by two of the client's brands counts for both."""
    taken = [(-1, -1)] * len(traced.text)
    kept = []
    for hit in sorted(hits, key=lambda h: (h.start - h.end, h.start)):
        place = (hit.start, hit.end)
        if taken[hit.start] in {place, (-1, -1)} and taken[hit.end - 1] in {place, (-1, -1)}:
            taken[hit.start : hit.end] = [place] * (hit.end - hit.start)
            kept.append(hit)
    return kept


def _matches(held: Sequence[Sequence[Hit]], traced: Cleaned, *, competitor: bool) -> tuple[Match, ...]:
    found = [_match(hits, traced) for hits in held if hits[0].name.competitor is competitor]
    if len(found) > 1:
        found.sort(key=lambda m: (m.spans[0], m.client, m.brand))
    return tuple(found)


def _match(hits: Sequence[Hit], traced: Cleaned) -> Match:
    """One brand's hits as a Match; it is named by the longest alias, the first of equals."""
    name = _longest_name(hits)
    spans = sorted(traced.spans([(h.start, h.end) for h in hits]))
    return Match(name.client, name.brand, name.text, tuple(spans))


def _longest_name(hits: Sequence[Hit]) -> Name:
    if len(hits) == 1:
        return hits[0].name
    return min(hits, key=lambda h: (h.start - h.end, h.start)).name
