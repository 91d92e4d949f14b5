"""What a brand's titles on hot lists say together at one moment: named numbers for the judgement to weigh.

Each number can only rise, or each can only fall, when a further title reads as trouble or a title reads worse
(``signs`` says which way it may then move the alarm), so the alarm is never lowered by trouble.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from analysis.headlines import load_words

MEMORY = timedelta(days=14)
"""How far back a brand's usual place on the lists is learnt."""

RECENT = timedelta(hours=72)
"""How far back titles are read."""

SHORT = timedelta(hours=6)
DAY = timedelta(hours=24)
"""The day that is judged is no part of what is usual."""

FADES = (timedelta(hours=4), timedelta(hours=12), timedelta(hours=36))
"""A title's weight falls to 1/e in this time."""

EVEN = 0.5
"""From here on a title is named as bad for the brand."""

MOST_SURPRISE, SUREST = 6.0, 0.99
"""How much of surprise, in decades, and of one title's trouble counts."""

_ROUNDING = 1e-9
"""Three thirds are one title."""

_LAUNCHES = ("launch", "promotion", "star", "event", "demand")


@dataclass(frozen=True, slots=True)
class Title:
    """A title about the brand: when it came, and what it says of the brand.

    ``planned``: how many times the usual talk was planned then. ``trouble``, ``calm``: categories of words.
    """

    at: datetime
    p_neg: float
    planned: float = 1.0
    p_pos: float = 0.0
    trouble: tuple[str, ...] = ()
    calm: tuple[str, ...] = ()

    @property
    def is_bad(self) -> bool:
        """Whether it is named as bad for the brand."""
        return self.p_neg >= EVEN

    @property
    def share(self) -> float:
        """What it counts for: of planned talk so much less, but trouble is never planned."""
        return 1.0 if self.is_bad else 1.0 / self.planned

    @property
    def weight(self) -> float:
        """How sure its trouble is, -ln(1 - P(neg)), of planned talk so much less."""
        return -math.log1p(-min(self.p_neg, SUREST)) * self.share


def known_at(titles: Iterable[Title], at: datetime) -> list[Title]:
    """The titles of two weeks that had come by ``at``."""
    return [t for t in titles if at - MEMORY <= t.at <= at]


def features(known: Sequence[Title], at: datetime) -> dict[str, float]:
    """The numbers at ``at``, in the order of ``signs``. ``known``: what had come until then."""
    recent = [t for t in known if t.at > at - RECENT]
    usual = usual_titles(known, at)
    found = {
        "surprise": surprise(recent, at, usual, SHORT),
        "surprise, day": surprise(recent, at, usual, DAY),
        "usual": math.log1p(usual),
        **_trouble(recent, at),
        **_calm(recent, at),
        **_by_category(recent, at),
    }
    return {name: found[name] for name in signs()}


def usual_titles(known: Sequence[Title], at: datetime) -> float:
    """How many titles came in the two weeks before yesterday; those read as trouble are not usual."""
    return sum(t.share for t in known if t.at <= at - DAY and not (t.at > at - RECENT and t.is_bad))


def surprise(recent: Sequence[Title], at: datetime, usual: float, span: timedelta) -> float:
    """-log10 of how rarely as many titles come in ``span``, where ``usual`` came in the weeks before."""
    came = sum(t.share for t in recent if t.at > at - span)
    due = (usual + 0.5) * (span / (MEMORY - DAY))
    return min(-math.log10(max(_tail(int(came + _ROUNDING), due), 1e-12)), MOST_SURPRISE)


def _trouble(recent: Sequence[Title], at: datetime) -> dict[str, float]:
    day = sorted((t.weight for t in recent if t.at > at - DAY), reverse=True)
    short = [t.weight for t in recent if t.at > at - SHORT]
    faded = {
        f"trouble, {fades // timedelta(hours=1)} h": sum(t.weight * _faded(t, at, fades) for t in recent)
        for fades in FADES
    }
    worst = {"worst": max(day, default=0.0), "second worst": day[1] if len(day) > 1 else 0.0}
    return faded | worst | {"worst, 6 h": max(short, default=0.0)}


def _calm(recent: Sequence[Title], at: datetime) -> dict[str, float]:
    calm = [t for t in recent if not t.is_bad]
    day = [t for t in calm if t.at > at - DAY]
    return {
        "calm": sum(t.share * (1 - t.p_neg) for t in day),
        "calm, 72 h": sum(t.share * (1 - t.p_neg) for t in calm),
        "praise": sum(t.share * t.p_pos for t in day),
        "praise, 72 h": sum(t.share * t.p_pos for t in calm),
        "launches": sum(t.share for t in day if any(kind in t.calm for kind in _LAUNCHES)),
    }


def _by_category(recent: Sequence[Title], at: datetime) -> dict[str, float]:
    """Fading sums of trouble over the titles that name a category."""
    found = dict.fromkeys([f"trouble: {name}" for name in load_words().trouble], 0.0)
    for title in recent:
        for name in title.trouble:
            found[f"trouble: {name}"] += _faded(title, at, FADES[1]) * title.weight
    return found


def _faded(title: Title, at: datetime, fades: timedelta) -> float:
    return math.exp(-((at - title.at) / fades))


def _tail(n: int, mean: float) -> float:
    """P(N ≥ n) of a Poisson count."""
    term, below = math.exp(-mean), 0.0
    for k in range(n):
        below += term
        term *= mean / (k + 1)
    return max(1.0 - below, 0.0)


@cache
def signs() -> Mapping[str, int]:
    """Feature → which way it may move the alarm: 1 up, -1 down."""
    up = ["surprise", "surprise, day", "worst", "worst, 6 h", "second worst"]
    up += [f"trouble, {fades // timedelta(hours=1)} h" for fades in FADES]
    down = ["usual", "calm", "calm, 72 h", "praise", "praise, 72 h", "launches"]
    up += [f"trouble: {name}" for name in load_words().trouble]
    return dict.fromkeys(up, 1) | dict.fromkeys(down, -1)
