"""Trouble on hot lists, each brand judged by what was learnt from others: found crises against false alarms.

python -m benchmarks.board_curve      prints the curve, the shipped bar, and plain rules as rivals

An alarm is a title at which the detector's score reaches the bar. A crisis counts as found when one comes
from an hour before its first title until six hours after its onset; a false alarm is one in quiet time, and
counts again only a day later. Rivals count the brand's titles of six hours with a listed word of trouble.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from analysis.headline_training import Headline, without
from analysis.headlines import judge_headlines, see
from analysis.mention_detectors.board_entry import BAR, SHORT, Title, standing
from analysis.model import load_weights
from benchmarks.headlines import Moment, Stream, material_of, read_labelled
from benchmarks.measuring_data import measuring_data

HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)
BUDGETS = (0.05, 0.10, 0.15, 0.20)
_GROUPS = 8
_EARLY, _LATE, _SOON = HOUR, 48 * HOUR, 6 * HOUR
_AGAIN = 24 * HOUR
_BURST = (24 * HOUR, 6 * HOUR)
"""How long before and after its onset a burst of another brand counts as found."""


@dataclass(frozen=True, slots=True)
class Told:
    """A moment at which a title about the brand came: the detector's score, and titles of trouble in 6 h."""

    at: datetime
    score: float
    troubled: int


@dataclass(frozen=True, slots=True)
class Case:
    """A marked stretch of a brand's history with what was told in it. ``onset`` is None in quiet ones."""

    kind: str
    told: Sequence[Told]
    window: tuple[datetime, datetime]
    first: datetime | None
    onset: datetime | None
    masks: Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Point:
    """What a bar gives: shares of crises and of other bursts found, false alarms a brand-week."""

    bar: float
    found: float
    bursts: float
    false_alarms: float
    before: float
    benign: float


def cases(folder: Path) -> list[Case]:
    """All events and bursts, every brand read by weights that know nothing of it."""
    events = json.loads((folder / "events.json").read_text(encoding="utf-8"))["events"]
    bursts = json.loads((folder / "other_bursts.json").read_text(encoding="utf-8"))
    names = {e["brand"]: (tuple(e["aliases"]), tuple(e["exclude"])) for e in events}
    names = {b["brand"]: ((b["brand"],), ()) for b in bursts} | names
    told = _told(folder, names)
    return [_event(e, told) for e in events] + [_burst(b, told) for b in bursts]


def point(found: Sequence[Case], alarm: Callable[[Told], bool], bar: float = 0.0) -> Point:
    """The figures of one rule: ``alarm`` says at which moments it would have called."""
    crises = [_is_found(c, alarm, _SOON) for c in found if c.kind == "crisis"]
    bursts = [_in_burst(c, alarm) for c in found if c.kind == "burst"]
    counted = {
        kind: [_false_alarms(c, alarm) for c in found if c.kind == kind]
        for kind in ("crisis", "benign", "positive")
    }
    everything = [pair for pairs in counted.values() for pair in pairs]
    return Point(
        bar,
        float(np.mean(crises)),
        float(np.mean(bursts)),
        _rate(everything),
        _rate(counted["crisis"]),
        _rate(counted["benign"]),
    )


def curve(found: Sequence[Case]) -> list[Point]:
    """For each budget of false alarms the lowest bar within it."""
    scores = np.array([t.score for c in found if c.kind != "burst" for t in c.told])
    points = [shipped(found, float(bar)) for bar in np.arange(0.0, float(scores.max()) + 0.1, 0.1).round(1)]
    return [min((p for p in points if p.false_alarms <= budget), key=lambda p: p.bar) for budget in BUDGETS]


def shipped(found: Sequence[Case], bar: float = BAR) -> Point:
    """The detector at one bar."""
    return point(found, lambda told: told.score >= bar, bar)


def main() -> None:
    folder = measuring_data("replay")
    if folder is None:
        sys.exit("the hot lists are not beside the checkout; set WANGLOU_SHARED")
    found = cases(folder)
    print("rule                     bar  <= 6 h  bursts  false  before  launches")
    for budget, at in zip(BUDGETS, curve(found), strict=True):
        print(_line(f"within {budget:.2f} a brand-week", at))
    print(_line("shipped", shipped(found)))
    for least in (1, 2, 3):
        print(_line(f">= {least} listed words in 6 h", listed_words(found, least)))


def listed_words(found: Sequence[Case], least: int) -> Point:
    """The rival: so many titles with a listed word of trouble within six hours."""
    return point(found, lambda told: told.troubled >= least, least)


def _line(name: str, at: Point) -> str:
    figures = (at.found, at.bursts, at.false_alarms, at.before, at.benign)
    return f"{name:<24} {at.bar:4.1f}  " + "  ".join(f"{figure:6.3f}" for figure in figures)


def _told(
    folder: Path, names: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
) -> dict[str, list[Told]]:
    base, labelled, stream = load_weights(), read_labelled(folder), Stream(folder)
    material = material_of(base, labelled)
    brands = np.random.default_rng(0).permutation(np.array(sorted(names))).tolist()
    found = {}
    for group in range(_GROUPS):
        held = brands[group::_GROUPS]
        learnt = without(material, base, [Headline(b, (b, *names[b][0]), "", "neu") for b in held])
        for brand in held:
            aliases, exclude = names[brand]
            moments = _once(stream.naming(aliases, exclude))
            asked = [(m.title, aliases, ()) for m in moments]
            read = judge_headlines(base, learnt.headlines, learnt.grams, asked)
            troubled = [see(m.title, aliases).troubled for m in moments]
            found[brand] = _scored(moments, [r.p_neg for r in read], troubled)
    return found


def _once(moments: Sequence[Moment]) -> list[Moment]:
    """The same words again within a day are one title, as the detector has it."""
    last: dict[str, datetime] = {}
    kept = []
    for moment in moments:
        if moment.title not in last or moment.at - last[moment.title] > _AGAIN:
            kept.append(moment)
        last[moment.title] = moment.at
    return kept


def _scored(moments: Sequence[Moment], p_neg: Sequence[float], troubled: Sequence[bool]) -> list[Told]:
    titles = [Title(m.at, p) for m, p in zip(moments, p_neg, strict=True)]
    words = [m.at for m, trouble in zip(moments, troubled, strict=True) if trouble]
    return [
        Told(t.at, standing(titles, t.at).score, sum(t.at - SHORT < at <= t.at for at in words))
        for t in titles
    ]


def _event(event: Mapping[str, Any], told: Mapping[str, Sequence[Told]]) -> Case:
    window = _span(event["window"])
    firsts = [event.get("first_related"), event.get("zhihu_first_related")]
    first = min((datetime.fromisoformat(f) for f in firsts if f), default=None)
    onset = datetime.fromisoformat(event["onset"]) if event.get("onset") else None
    mine = [t for t in told[event["brand"]] if window[0] <= t.at < window[1]]
    masks = [_span(mask) for mask in event.get("known_incidents", [])]
    return Case(event["label"], mine, window, first, onset, masks)


def _burst(burst: Mapping[str, Any], told: Mapping[str, Sequence[Told]]) -> Case:
    onset = datetime.fromisoformat(burst["onset"])
    window = (onset - _BURST[0], onset + _BURST[1])
    mine = [t for t in told[burst["brand"]] if window[0] <= t.at <= window[1]]
    return Case("burst", mine, window, onset, onset, ())


def _span(ends: Sequence[str]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(ends[0]), datetime.fromisoformat(ends[1])


def _is_found(case: Case, alarm: Callable[[Told], bool], within: timedelta) -> bool:
    if case.first is None or case.onset is None:
        return False
    begin, end = case.first - _EARLY, case.onset + _LATE
    hits = [t.at for t in case.told if begin <= t.at <= end and alarm(t)]
    return bool(hits) and hits[0] - case.onset <= within


def _in_burst(case: Case, alarm: Callable[[Told], bool]) -> bool:
    return any(alarm(t) for t in case.told)


def _false_alarms(case: Case, alarm: Callable[[Told], bool]) -> tuple[int, timedelta]:
    """How many, and in how much quiet time."""
    begin, end = case.window
    if case.kind == "crisis" and case.first is not None:
        end = case.first - _EARLY
    hidden = sum((min(b, end) - max(a, begin) for a, b in case.masks if a < end and b > begin), timedelta())
    alarms = [t.at for t in case.told if t.at < end and alarm(t) and not _masked(case, t.at)]
    return len(list(_counted(alarms))), max(end - begin - hidden, timedelta())


def _masked(case: Case, at: datetime) -> bool:
    return any(a <= at < b for a, b in case.masks)


def _counted(alarms: Sequence[datetime]) -> Iterator[datetime]:
    last: datetime | None = None
    for at in alarms:
        if last is None or at - last >= _AGAIN:
            last = at
            yield at


def _rate(counted: Sequence[tuple[int, timedelta]]) -> float:
    quiet = sum((time for _, time in counted), timedelta())
    return sum(n for n, _ in counted) / (quiet / WEEK)


if __name__ == "__main__":
    main()
