"""Marked stretches of hot-list history with what was told in them: found troubles against false alarms.

A crisis counts as found when a call comes from an hour before its first title until six hours after its
onset, a burst from a day before it. A false alarm is a call in quiet time; it counts again only a day later.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from analysis.board_features import SHORT, Title
from benchmarks.board_history import DAY, History, Span, Trouble, first_of, span_of
from benchmarks.board_learning import EARLY, SOON, When, begin_of, masked
from benchmarks.board_rivals import hand_set_sum

KINDS = ("crisis", "benign", "positive", "burst", "further", "before", "busy")
"""Those of the set's events and bursts, then ours: further troubles, and quiet weeks."""

WEEK = timedelta(weeks=1)
_LATE = 2 * DAY
_WARMS = 2 * DAY
_BUSY = 4
"""Titles of a day that make a brand's busiest day in a stretch a launch or the like."""

_SHORTEST = 3 * DAY


@dataclass(frozen=True, slots=True)
class Told:
    """A moment at which titles about the brand came. ``listed``: those of 6 h with a word of trouble."""

    at: datetime
    score: float
    hand_set: float
    listed: int


@dataclass(frozen=True, slots=True)
class Case:
    """A marked stretch of a brand's history with what was told in it. ``onset`` is None in quiet ones."""

    kind: str
    told: Sequence[Told]
    window: Span
    first: datetime | None = None
    onset: datetime | None = None
    masks: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """What a bar gives: shares of troubles found by kind, and false alarms a brand-week.

    ``false_alarms``, ``before``, ``benign``: of the set's events. ``wide``: the mean of the weeks before any
    marked trouble and of all launch weeks and other busy ones, seven times as many.
    """

    bar: float
    found: float
    bursts: float
    further: float
    false_alarms: float
    before: float
    benign: float
    wide: float


def cases_of(history: History, scores: Mapping[When, float]) -> list[Case]:
    """All events, bursts and further troubles, and the quiet time around them."""
    told = {brand: _told(brand, titles, scores) for brand, titles in history.titles.items()}
    events = [_event(event, told[event["brand"]]) for event in history.events]
    troubles = [_trouble(t, told[t.brand]) for t in history.troubles if t.kind != "crisis"]
    return [*events, *troubles, *_weeks_before(history, told), *_busy_weeks(history, told)]


def point(found: Sequence[Case], alarm: Callable[[Told], bool], bar: float = 0.0) -> Point:
    """The figures of one rule: ``alarm`` says at which moments it would have called."""
    kinds = {kind: [case for case in found if case.kind == kind] for kind in KINDS}
    counted = {kind: [_false_alarms(c, alarm) for c in cases] for kind, cases in kinds.items()}
    calm, launches = counted["crisis"], counted["benign"] + counted["positive"]
    return Point(
        bar,
        _share([_is_found(case, alarm) for case in kinds["crisis"]]),
        _share([any(map(alarm, case.told)) for case in kinds["burst"]]),
        _share([any(map(alarm, case.told)) for case in kinds["further"]]),
        _rate(calm + launches),
        _rate(calm),
        _rate(counted["benign"]),
        (_rate(calm + counted["before"]) + _rate(launches + counted["busy"])) / 2,
    )


def _told(brand: str, titles: Sequence[Title], scores: Mapping[When, float]) -> list[Told]:
    listed = [t.at for t in titles if t.trouble]
    return [
        Told(at, scores[brand, at], hand_set_sum(titles, at), sum(at - SHORT < then <= at for then in listed))
        for at in sorted({t.at for t in titles})
    ]


def _event(event: Mapping[str, Any], told: Sequence[Told]) -> Case:
    window = span_of(event["window"])
    masks = [span_of(mask) for mask in event.get("known_incidents", [])]
    mine = _in(told, window)
    if event["label"] == "benign":
        return Case("benign", mine, window, masks=masks)
    return Case(event["label"], mine, window, first_of(event), datetime.fromisoformat(event["onset"]), masks)


def _trouble(trouble: Trouble, told: Sequence[Told]) -> Case:
    window = (trouble.onset - DAY, trouble.onset + SOON + timedelta(seconds=1))
    return Case(trouble.kind, _in(told, window), window, trouble.first, trouble.onset)


def _weeks_before(history: History, told: Mapping[str, Sequence[Told]]) -> Iterator[Case]:
    """The two weeks before each marked trouble of ours and of the set's bursts."""
    for trouble in history.troubles:
        within = [block for block in history.blocks if block[0] <= trouble.onset < block[1]]
        if trouble.kind == "crisis" or not within:
            continue
        window = (max(trouble.onset - 14 * DAY, within[0][0] + _WARMS), begin_of(trouble))
        if window[1] - window[0] > _SHORTEST:
            masks = masked(history, trouble.brand)
            yield Case("before", _in(told[trouble.brand], window), window, masks=masks)


def _busy_weeks(history: History, told: Mapping[str, Sequence[Told]]) -> Iterator[Case]:
    """The three weeks around each brand's busiest quiet day in a stretch, outside the events' own."""
    for brand, mine in told.items():
        masks = masked(history, brand)
        own = [span_of(event["window"]) for event in history.events if event["brand"] == brand]
        for begin, end in history.blocks:
            times = [
                title.at
                for title in history.titles[brand]
                if begin + _WARMS <= title.at < end and not _is_in(title.at, masks)
            ]
            counts = [(sum(at <= other < at + DAY for other in times), at) for at in times]
            most = max((n for n, _ in counts), default=0)
            if most < _BUSY:
                continue
            at = next(at for n, at in counts if n == most)
            window = (max(begin + _WARMS, at - 14 * DAY), min(end, at + 7 * DAY))
            if not any(a < window[1] and b > window[0] for a, b in own):
                yield Case("busy", _in(mine, window), window, masks=masks)


def _in(told: Sequence[Told], span: Span) -> list[Told]:
    return [t for t in told if span[0] <= t.at < span[1]]


def _is_in(at: datetime, spans: Sequence[Span]) -> bool:
    return any(begin <= at < end for begin, end in spans)


def _is_found(case: Case, alarm: Callable[[Told], bool]) -> bool:
    if case.first is None or case.onset is None:
        return False
    span = (case.first - EARLY, case.onset + _LATE)
    hits = [t.at for t in case.told if span[0] <= t.at <= span[1] and alarm(t)]
    return bool(hits) and hits[0] - case.onset <= SOON


def _share(found: Sequence[bool]) -> float:
    return float(np.mean(found)) if found else 0.0


def _false_alarms(case: Case, alarm: Callable[[Told], bool]) -> tuple[int, timedelta]:
    """How many, and in how much quiet time."""
    begin, end = case.window
    if case.kind == "crisis" and case.first is not None:
        end = case.first - EARLY
    alarms = [t.at for t in case.told if t.at < end and alarm(t) and not _is_in(t.at, case.masks)]
    return len(list(_counted(alarms))), _quiet((begin, end), case.masks)


def _quiet(window: Span, masks: Sequence[Span]) -> timedelta:
    """How much of a window no mask covers."""
    left, reached = window[1] - window[0], window[0]
    for begin, end in sorted(masks):
        covered = (max(begin, reached), min(end, window[1]))
        if covered[1] > covered[0]:
            left -= covered[1] - covered[0]
            reached = covered[1]
    return max(left, timedelta())


def _counted(alarms: Sequence[datetime]) -> Iterator[datetime]:
    last: datetime | None = None
    for at in alarms:
        if last is None or at - last >= DAY:
            last = at
            yield at


def _rate(counted: Sequence[tuple[int, timedelta]]) -> float:
    quiet = sum((time for _, time in counted), timedelta())
    return sum(n for n, _ in counted) / (quiet / WEEK) if quiet else 0.0
