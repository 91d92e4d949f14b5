"""Whether a watch holds for an item, from the places where its words stand; and if not, why not."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.names import folded_name, stands_in
from wanglou.domain.watch import (
    AllOf,
    AnyOf,
    From,
    Inside,
    Near,
    Not,
    Origin,
    Watch,
    WatchField,
    Words,
    words_of,
)

Place = tuple[int, int]
"""Start and end in the folded item: title, line break, text."""


class Lack(StrEnum):
    """Why a watch does not hold."""

    MISSING = "missing"
    UNWANTED = "unwanted"
    FAR = "far"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Reason:
    """One cause: the words it is about; for FAR the ``gap`` found and the characters ``allowed``.

    MISSING names words of which one at least should stand (in ``field``, if one was asked for), UNWANTED
    those that should not, ELSEWHERE the source or class that the item does not come from.
    """

    lack: Lack
    words: tuple[str, ...]
    gap: int | None = None
    allowed: int | None = None
    field: WatchField | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What a watch is judged on. ``places``: folded word → where it stands.

    ``title_end`` is the first place behind the title; ``author`` is as written.
    """

    places: Mapping[str, Sequence[Place]]
    title_end: int
    author: str
    source: str
    source_class: str


def holds(watch: Watch, ground: Ground, field: WatchField | None = None) -> bool:  # noqa: PLR0911 -- one a form
    """Whether the watch is fulfilled; ``field`` narrows it to one part of the item."""
    match watch:
        case Words(text):
            return _stands(text, ground, field)
        case Near(left, right, allowed):
            gap = _gap(left, right, ground, field)
            return gap is not None and gap <= allowed
        case From(Origin.SOURCE, value):
            return ground.source == value
        case From(_, value):
            return ground.source_class == value
        case Inside(inner, below):
            return holds(below, ground, inner)
        case Not(below):
            return not holds(below, ground, field)
        case AllOf(parts):
            return all(holds(part, ground, field) for part in parts)
        case AnyOf(parts):
            return any(holds(part, ground, field) for part in parts)


def why_not(  # noqa: PLR0911 -- one return a form of watch
    watch: Watch, ground: Ground, field: WatchField | None = None
) -> tuple[Reason, ...]:
    """Every cause for which the watch does not hold; empty where it does."""
    if holds(watch, ground, field):
        return ()
    match watch:
        case Words(text):
            return (Reason(Lack.MISSING, (text,), field=field),)
        case Near(left, right, allowed):
            return _near_reasons(left, right, allowed, ground, field)
        case From(_, value):
            return (Reason(Lack.ELSEWHERE, (value,)),)
        case Inside(inner, below):
            return why_not(below, ground, inner)
        case Not(Inside(inner, below)):
            return (_unwanted(below, ground, inner),)
        case Not(below):
            return (_unwanted(below, ground, field),)
        case AllOf(parts):
            return tuple(reason for part in parts for reason in why_not(part, ground, field))
        case AnyOf(parts):
            return _joined([why_not(part, ground, field) for part in parts])


def _joined(alternatives: Sequence[tuple[Reason, ...]]) -> tuple[Reason, ...]:
    """Alternatives that each lack one thing, in one place, are one reason: any of them would have done."""
    reasons = [reason for lacking in alternatives for reason in lacking]
    first = reasons[0]
    is_one_each = len(reasons) == len(alternatives)
    if is_one_each and all(r.lack is Lack.MISSING and r.field is first.field for r in reasons):
        words = tuple(dict.fromkeys(word for reason in reasons for word in reason.words))
        return (Reason(Lack.MISSING, words, field=first.field),)
    return tuple(reasons)


def _unwanted(below: Watch, ground: Ground, field: WatchField | None) -> Reason:
    """Why ``below``, which holds, should not; where it holds by absences alone, what is absent."""
    words = _present(below, ground, field)
    if words:
        return Reason(Lack.UNWANTED, words, field=field)
    return Reason(Lack.MISSING, words_of(below), field=field)


def _present(watch: Watch, ground: Ground, field: WatchField | None) -> tuple[str, ...]:
    """What makes ``watch`` hold, as it was written."""
    match watch:
        case Words(text):
            return (text,) if _stands(text, ground, field) else ()
        case Near(left, right):
            return tuple(word for word in left + right if _stands(word, ground, field))
        case From(_, value):
            return (value,)
        case Inside(inner, below):
            return _present(below, ground, inner)
        case Not():
            return ()
        case AllOf(parts) | AnyOf(parts):
            held = [part for part in parts if holds(part, ground, field)]
            return tuple(dict.fromkeys(word for part in held for word in _present(part, ground, field)))


def _near_reasons(
    left: tuple[str, ...], right: tuple[str, ...], allowed: int, ground: Ground, field: WatchField | None
) -> tuple[Reason, ...]:
    sides = [side for side in (left, right) if not any(_stands(word, ground, field) for word in side)]
    if sides:
        return tuple(Reason(Lack.MISSING, side, field=field) for side in sides)
    gap = _gap(left, right, ground, field)
    return (Reason(Lack.FAR, left + right, gap, allowed, field),)


def _stands(word: str, ground: Ground, field: WatchField | None) -> bool:
    if field is WatchField.AUTHOR:
        return stands_in(ground.author, word)
    return bool(_places((word,), ground, field))


def _places(words: Sequence[str], ground: Ground, field: WatchField | None) -> list[Place]:
    found = sorted(place for word in words for place in ground.places.get(folded_name(word), ()))
    if field is WatchField.TITLE:
        return [place for place in found if place[1] <= ground.title_end]
    if field is WatchField.TEXT:
        return [place for place in found if place[0] >= ground.title_end]
    return found


def _gap(left: Sequence[str], right: Sequence[str], ground: Ground, field: WatchField | None) -> int | None:
    """Fewest characters between some left and some right word; overlapping words are no pair."""
    ones, others = _places(left, ground, field), _places(right, ground, field)
    gaps = [*_gaps_forward(ones, others), *_gaps_forward(others, ones)]
    return min(gaps, default=None)


def _gaps_forward(ones: Sequence[Place], others: Sequence[Place]) -> list[int]:
    starts = [start for start, _ in others]
    found = []
    for _, end in ones:
        place = bisect_left(starts, end)
        if place < len(starts):
            found.append(starts[place] - end)
    return found
