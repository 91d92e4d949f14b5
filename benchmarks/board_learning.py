"""Trouble on hot lists: what is learnt from marked history, out of fold and for good.

A moment is one at which titles about a brand came. It is trouble from an hour before a marked trouble's first
title until six hours after its onset, it teaches nothing from there on for a week or two, and is quiet else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from analysis.board_features import features, known_at, signs
from analysis.board_judgement import Judgement
from analysis.board_training import Moments, learn
from analysis.features import Floats, Indexes
from benchmarks.board_history import DAY, GROUPS, HOUR, History, Span, Trouble, span_of

SOON = 6 * HOUR
EARLY = HOUR
_BEFORE_BURST = DAY
"""A burst's marks give its onset only; its first titles may lie up to a day before."""

_SETTLES = {"crisis": 14 * DAY, "burst": 7 * DAY, "further": 7 * DAY}

When = tuple[str, datetime]


@dataclass(frozen=True, slots=True)
class Learning:
    """Brand and time of every moment, with what can be learnt there; weight 0 teaches nothing."""

    when: Sequence[When]
    moments: Moments


def learning_of(history: History) -> Learning:
    """The numbers of every moment, and whether it is trouble."""
    when, rows = [], []
    for brand, titles in history.titles.items():
        for at in sorted({t.at for t in titles}):
            when.append((brand, at))
            rows.append(list(features(known_at(titles, at), at).values()))
    trouble, weights = _marked(history, when)
    return Learning(when, Moments(np.array(rows), trouble, weights))


def out_of_fold(history: History, found: Learning) -> dict[When, float]:
    """The log-odds of every moment by what other brands teach."""
    groups = np.array([history.group[brand] for brand, _ in found.when])
    told: dict[When, float] = {}
    for group in range(GROUPS):
        learnt = learn(found.moments.of(np.flatnonzero((groups != group) & (found.moments.weights > 0))))
        for place in np.flatnonzero(groups == group).tolist():
            told[found.when[place]] = log_odds(learnt, found, place)
    return told


def learnt_of_all(found: Learning) -> Judgement:
    """What all brands teach, without a bar."""
    return learn(found.moments.of(np.flatnonzero(found.moments.weights > 0)))


def log_odds(learnt: Judgement, found: Learning, place: int) -> float:
    """The judgement of one moment."""
    return learnt.log_odds(dict(zip(signs(), found.moments.table[place].tolist(), strict=True)))


def masked(history: History, brand: str) -> list[Span]:
    """When a brand is neither quiet nor in a trouble that counts: around marked and doubtful troubles."""
    spans = [_shadow(t) for t in history.troubles if t.brand == brand]
    spans += [span for name, span in history.doubtful if name == brand]
    events = [e for e in history.events if e["brand"] == brand]
    return spans + [span_of(mask) for e in events for mask in e.get("known_incidents", [])]


def _shadow(trouble: Trouble) -> Span:
    return begin_of(trouble), trouble.onset + _SETTLES[trouble.kind]


def begin_of(trouble: Trouble) -> datetime:
    """From when a call for a trouble counts as finding it."""
    return trouble.first - (_BEFORE_BURST if trouble.kind == "burst" else EARLY)


def _marked(history: History, when: Sequence[When]) -> tuple[Indexes, Floats]:
    places: dict[str, list[int]] = {}
    for place, (brand, _) in enumerate(when):
        places.setdefault(brand, []).append(place)
    trouble, weights = np.zeros(len(when), dtype=np.int64), np.ones(len(when))
    for brand, mine in places.items():
        weights[_within(when, mine, masked(history, brand))] = 0.0
    for marked in history.troubles:
        span = (marked.first - EARLY, marked.onset + SOON + timedelta(seconds=1))
        here = _within(when, places.get(marked.brand, []), [span])
        trouble[here] = 1
        weights[here] = 1 / max(len(here), 1)
    return trouble, weights


def _within(when: Sequence[When], places: Sequence[int], spans: Sequence[Span]) -> list[int]:
    return [place for place in places if any(a <= when[place][1] < b for a, b in spans)]
