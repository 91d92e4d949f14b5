"""Complaints that rise for a day to a week and never spike: each day is bad, none is loud.

The last one to seven days are held against the three weeks before them, day by day on the log scale, so that
one loud day carries no week. See docs/noticing.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analysis.detectors._settings import chosen
from analysis.detectors._sight import worth
from analysis.detectors._walk import Finding, Glance, Walker
from analysis.extremes import BUCKETS_A_DAY, PER_HOUR, Floats, Memory
from analysis.series_names import series_named
from wanglou.domain.signal import Polarity, Signal

KIND = "slow_burn"
VERSION = 2

SPANS = (1, 2, 3, 5, 7)
"""Days held against the weeks before: the last 24 hours at each full hour, more days at the end of a day."""

BASE = 21
LEAST_BASE = 6
"""Days before the span that say what is usual; with fewer known than this nothing is said."""

KEPT = max(SPANS) + BASE
UNKNOWN = -99.0
"""A day of which less than half was seen."""

ALIKE = 0.3
"""How much a day resembles the day before it: seven alike days are less evidence than seven strangers."""

PRIOR_SD, PRIOR_DAYS = np.array([[0.35], [0.25]]), 5.0
"""Spread of a brand's days on the log scale, believed as firmly as five days."""

LOUDEST = 6
"""Of the last 24 hours so many, the loudest, are left out: what they carry is a spike or a bot's plateau."""

QUARTERS_APART = 1.349
"""Standard deviations between the quarters of a normal distribution."""

LEAST = 4.0
"""Complaints within the span wherever they stand; see ``worth``."""

SELDOM = frozenset({"said", "levels", "mean", "sd", "base", "hours", "seen", "plan"})
"""Arrays that only the end of a day replaces, or of an hour, and ``plan`` the begin of one."""

HOURS_A_DAY = 24
WAYS = 2


@dataclass(frozen=True, slots=True)
class Settings:
    """``bar``: z at which it speaks. ``grave``: z at strength 1. ``calm``: z at which an episode is over.

    ``times``: how much more than usual, at least. ``floor``: complaints within the span, at least.
    ``soft``: complaints a day added before the logarithm. ``day_begins``: hour UTC, as for a burst.
    """

    bar: float = 3.2
    grave: float = 8.0
    calm: float = 2.0
    times: float = 1.6
    floor: float = 10.0
    soft: float = 3.0
    soft_hour: float = 1.0
    day_begins: float = 20.0


@dataclass(frozen=True, slots=True)
class SlowBurn:
    """What it takes for complaints to add up. Told once an episode, which ends when a day is usual again.

    Complaints are stored as counted; ``plan`` says what they are held against.
    """

    settings: Settings

    def take(self, held: Memory, glance: Glance) -> list[Signal]:
        """Take a closed bucket: an open one adds nothing to days."""
        hour = glance.step // PER_HOUR % HOURS_A_DAY
        if glance.step % PER_HOUR == 0:
            held["hour_said"][:] = 0.0
            held["hour_seen"][:] = 0
            _note_plan(held, hour, glance.planned)
        sees = glance.exposure > 0.0
        held["hour_said"] += np.where(sees, glance.negatives, 0.0)  # else the day would be scaled up twice
        held["hour_seen"] += sees
        if (glance.step + 1) % PER_HOUR:
            return []
        for day, now in (("hours", "hour_said"), ("seen", "hour_seen")):
            held[day] = held[day].copy()
            held[day][hour] = held[now]
        signals = self._judge(held, glance, self._last_day(held))
        if (glance.step + 1 - round(self.settings.day_begins * PER_HOUR)) % BUCKETS_A_DAY == 0:
            self._end_day(held)
            stretches = [self._days(held, span) for span in SPANS[1:]]
            signals += [s for stretch in stretches for s in self._judge(held, glance, stretch)]
            self._calm(held, [self._last_day(held), *stretches])
        return signals

    def _end_day(self, held: Memory) -> None:
        everyone = np.arange(held["told"].size)
        said, seen = held["hours"].sum(axis=0), held["seen"].sum(axis=0, dtype=np.int64)
        known = seen >= BUCKETS_A_DAY / 2
        today = np.where(known, said, 0.0).astype(np.float32)
        held["said"] = np.concatenate([today[None], held["said"][:-1]])
        level = np.where(known, self._levels(held, everyone, 0), UNKNOWN).astype(np.float32)
        held["levels"] = np.concatenate([level[:, None], held["levels"][:, :-1]], axis=1)
        usual = _usual(held, 1, everyone)
        held["mean"], held["sd"], held["base"] = usual.mean, usual.sd, usual.days

    def _calm(self, held: Memory, stretches: Sequence["_Stretch"]) -> None:
        """End the episodes of those who were usual again over every span, where it could be seen."""
        burning = np.zeros(held["told"].size, np.bool_)
        for stretch in stretches:
            burning[stretch.who] |= stretch.z.max(axis=0, initial=-np.inf) > self.settings.calm
        held["told"] &= burning | (held["levels"][0, 0] == UNKNOWN)

    def _last_day(self, held: Memory) -> "_Stretch":
        """The last 24 hours; the base leaves out the last whole day, which lies partly in them."""
        said, seen = held["hours"].sum(axis=0), held["seen"].sum(axis=0, dtype=np.int64)
        who = np.flatnonzero((said > 0.0) & (seen >= BUCKETS_A_DAY / 2) & (held["base"] >= LEAST_BASE))
        usual = _Usual(held["mean"][:, who], held["sd"][:, who], held["base"][who])
        return _Stretch(1, who, said[who], self._levels(held, who, LOUDEST), usual)

    def _days(self, held: Memory, span: int) -> "_Stretch":
        """The last whole days, as many as ``span``; the loudest of them carries nothing."""
        said = held["said"][:span].sum(axis=0)
        who = np.flatnonzero((held["levels"][0, :span] != UNKNOWN).all(axis=0) & (said > 0.0))
        levels = np.sort(held["levels"][:, :span, who], axis=1)[:, :-1].mean(axis=1, dtype=np.float64)
        return _Stretch(span, who, said[who], levels, _usual(held, span, who))

    def _levels(self, held: Memory, who: NDArray[np.intp], without: int) -> Floats:
        """How high the last 24 hours stand against what was planned for them, in two ways, each a logarithm.

        The sum, ``without`` its loudest hours, serves brands of few complaints; the mean of the hours'
        logarithms serves those of many, and no bot's hour moves it far.
        """
        hours, seen = held["hours"][:, who] / held["plan"][:, who], held["seen"][:, who].astype(np.float64)
        worth_of = _worth(held)[who]
        said = hours.sum(axis=0)
        if without:
            said = said - np.partition(hours, -without, axis=0)[-without:].sum(axis=0)
        total = said * BUCKETS_A_DAY / np.maximum(seen.sum(axis=0), 1.0)
        each = np.where(seen >= PER_HOUR / 2, hours * PER_HOUR / np.maximum(seen, 1.0), 0.0)
        calm = np.partition(each, -LOUDEST, axis=0)[:-LOUDEST]
        mean = np.log(calm + self.settings.soft_hour / worth_of).mean(axis=0)
        return np.stack([np.log(total + self.settings.soft / worth_of), mean])

    def _judge(self, held: Memory, glance: Glance, stretch: "_Stretch") -> list[Signal]:
        floors = np.maximum(self.settings.floor / _worth(held)[stretch.who], LEAST)
        enough = (stretch.said >= floors) & (stretch.usual.days >= LEAST_BASE)
        strong = stretch.strong(self.settings.times).max(axis=0, initial=-np.inf)
        loud = np.flatnonzero(enough & (strong >= self.settings.bar) & ~held["told"][stretch.who])
        held["told"][stretch.who[loud]] = True
        found = (self._finding(glance, stretch, int(i)) for i in loud)
        return [finding.signal(KIND, Polarity.NEG, held, glance) for finding in found]

    def _finding(self, glance: Glance, stretch: "_Stretch", i: int) -> Finding:
        z = stretch.strong(self.settings.times)[:, i]
        facts = {
            "days": stretch.span,
            "negatives": round(float(stretch.said[i])),
            "times": round(float(stretch.times[z.argmax(), i]), 1),
        }
        strength = (float(z.max()) - self.settings.bar) / (self.settings.grave - self.settings.bar)
        since = glance.step + 1 - stretch.span * BUCKETS_A_DAY
        return Finding(int(stretch.who[i]), since, facts, strength, bool(stretch.usual.days[i] < BASE / 2))


@dataclass(frozen=True, slots=True)
class _Usual:
    """The days before a span: middle and spread of their levels (ways, series), and how many are known."""

    mean: Floats
    sd: Floats
    days: Floats


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The last ``span`` days of the series ``who``: complaints ``said``, mean ``level`` (ways, series)."""

    span: int
    who: NDArray[np.intp]
    said: Floats
    level: Floats
    usual: _Usual

    @property
    def times(self) -> Floats:
        """How many times the usual a day of the span is, in the geometric mean."""
        return np.asarray(np.exp(self.level - self.usual.mean))

    @property
    def z(self) -> Floats:
        """Standard deviations above the usual, of a mean over days that resemble each other."""
        spread = np.sqrt((1.0 + ALIKE * (self.span - 1)) / self.span + 1.0 / np.maximum(self.usual.days, 1.0))
        return np.asarray((self.level - self.usual.mean) / (self.usual.sd * spread))

    def strong(self, times: float) -> Floats:
        """The z where a day is at least so many ``times`` the usual, else -inf."""
        return np.asarray(np.where(self.times >= times, self.z, -np.inf))


def _note_plan(held: Memory, hour: int, planned: Floats | None) -> None:
    """How many times the usual talk is planned for an hour that begins: complaints come with talk."""
    times = np.float32(1.0) if planned is None else planned.astype(np.float32)
    if (held["plan"][hour] != times).any():
        held["plan"] = held["plan"].copy()
        held["plan"][hour] = times


def _blank(series: int) -> Memory:
    return {
        "hours": np.zeros((HOURS_A_DAY, series), np.float32),
        "seen": np.zeros((HOURS_A_DAY, series), np.uint8),
        "hour_said": np.zeros(series, np.float32),
        "hour_seen": np.zeros(series, np.uint8),
        "plan": np.ones((HOURS_A_DAY, series), np.float32),
        "said": np.zeros((max(SPANS), series), np.float32),
        "levels": np.full((WAYS, KEPT, series), UNKNOWN, np.float32),
        "mean": np.zeros((WAYS, series)),
        "sd": np.zeros((WAYS, series)),
        "base": np.zeros(series),
        "told": np.zeros(series, np.bool_),
    }


def _usual(held: Memory, after: int, who: NDArray[np.intp]) -> _Usual:
    """Median and spread of the days ``after`` days and more back: a few days of bots move neither."""
    levels = held["levels"][:, after : after + BASE, who].astype(np.float64)
    ordered = np.sort(np.where(levels != UNKNOWN, levels, np.inf), axis=1)
    n = (levels[0] != UNKNOWN).sum(axis=0)
    low, middle, high = (_ranked(ordered, n, part) for part in (0.25, 0.5, 0.75))
    spread = (high - low) / QUARTERS_APART
    sd = np.sqrt((PRIOR_DAYS * PRIOR_SD**2 + n * spread**2) / (PRIOR_DAYS + n))
    return _Usual(middle, sd, n.astype(np.float64))


def _ranked(ordered: Floats, n: NDArray[np.int64], part: float) -> Floats:
    """The value below which ``part`` of the ``n`` known ones lie; 0 where none is known."""
    place = part * np.maximum(n - 1, 0)
    below = np.floor(place).astype(np.intp)
    above = np.minimum(below + 1, np.maximum(n - 1, 0))
    values = np.where(np.isfinite(ordered), ordered, 0.0)
    one, other = (np.take_along_axis(values, at[None, None], axis=1)[:, 0] for at in (below, above))
    return np.asarray(one + (place - below) * (other - one))


def _worth(held: Memory) -> Floats:
    names = held["series"]
    return _worth_of(names.tobytes(), names.dtype.str)


@lru_cache(maxsize=4)
def _worth_of(names: bytes, dtype: str) -> Floats:
    """Read the names once for a set of series. Read only: looks share it."""
    return worth([series_named(name) for name in np.frombuffer(names, dtype).tolist()])


def slow_burn(settings: Mapping[str, float]) -> Walker:
    """Watch complaints that add up; ``Settings`` says what may be set."""
    return Walker(KIND, VERSION, _blank, SlowBurn(chosen(Settings(), KIND, settings)).take, SELDOM)


PLUGIN = slow_burn
