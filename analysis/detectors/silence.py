"""Nobody speaks of a brand any more although its sources can be seen: deleted, blocked, or a broken search.

What is due is learnt by hour of the day; what is missing adds up, and each mention that comes all the same
takes ``1 / PART`` of it off, so that less than ``PART`` of the usual is silence and a quiet holiday is none.
The bar is the series' own longest lulls of two weeks. See docs/noticing.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.detectors._settings import chosen
from analysis.detectors._walk import Finding, Glance, Walker
from analysis.extremes import BUCKETS_A_DAY, PER_HOUR, Floats, Memory
from wanglou.domain.signal import Polarity, Signal

KIND = "silence"
VERSION = 2

PART = 0.1
"""Below this part of what is due a stretch counts as silence; holidays leave more."""

FULL_SIGHT = 0.05
"""A bucket may count as empty when no more than this of the sources seen lately cannot be seen."""

SIGHT_SPEED = 1 / (7 * BUCKETS_A_DAY)

MEMORY_DAYS = 14.0
WARM_UP_DAYS = 7.0
"""Before a week is known nothing is silence: no weekend has been seen."""

SURPRISE = 3.0
"""How much of a bucket of the day's usual count one day may add, in times of it: a crisis is not usual."""

LULL = 3.0
PRIOR_SD, PRIOR_DAYS = 0.5, 3.0
"""Longest lull of a steady brand's day, in mentions due, and its spread on the log scale; as three days."""

CLIP_SD = 3.0
"""The longest lull of one day moves the memory only this far, so that one silence hides no second one."""

HOURS_A_DAY = 24
DAYS_A_WEEK = 7

WEEKLY = 0.7
"""Weight of the newest weekday of its name in what is expected of the next one."""
ENOUGH_OF_AN_HOUR = 0.75
"""An hour of which less was seen does not enter the memory."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``bar``: standard deviations above the usual longest lull. ``floor``: mentions missing, at least.

    ``grave``: times the bar at strength 1. ``hours``: shortest silence. ``a_day``: mentions a usual day
    below which a brand is never called silent. ``day_begins``: hour UTC, as for a burst.
    """

    bar: float = 3.0
    floor: float = 12.0
    grave: float = 8.0
    hours: float = 3.0
    a_day: float = 12.0
    day_begins: float = 20.0


@dataclass(frozen=True, slots=True)
class Silence:
    """What it takes for mentions to have stopped. Told once a silence, which ends when all has come."""

    settings: Settings

    def take(self, held: Memory, glance: Glance) -> list[Signal]:
        """Take a closed bucket: an open one is emptier than it will be."""
        hour = glance.step // PER_HOUR
        if glance.step % PER_HOUR == 0:
            _end_hour(held, (hour - 1) % HOURS_A_DAY)
        if (glance.step - round(self.settings.day_begins * PER_HOUR)) % BUCKETS_A_DAY == 0:
            _end_day(held, glance.step // BUCKETS_A_DAY % DAYS_A_WEEK)
        sees = _sees(held, glance.exposure)
        held["hour_said"] += glance.voices
        held["hour_seen"] += sees
        if glance.planned is not None:
            np.maximum(held["hour_planned"], glance.planned, out=held["hour_planned"])
        _add_up(held, glance, sees, held["usual"][hour % HOURS_A_DAY] / PER_HOUR)
        return self._judge(held, glance)

    def _judge(self, held: Memory, glance: Glance) -> list[Signal]:
        missing = held["missing"]
        np.maximum(held["top"], missing, out=held["top"])
        held["told"][missing == 0.0] = False
        long = (missing >= self.settings.floor) & (held["live"] >= self.settings.hours * PER_HOUR)
        who = np.flatnonzero(long & ~held["told"])
        if not who.size:
            return []
        bar = np.maximum(self.settings.floor, np.expm1(_usual_lull(held, who, self.settings.bar)))
        known = (held["days"][who] >= WARM_UP_DAYS) & (
            held["usual"][:, who].sum(axis=0) >= self.settings.a_day
        )
        speaks = known & (missing[who] >= bar)
        held["told"][who[speaks]] = True
        found = (self._finding(held, int(i), float(b)) for i, b in zip(who[speaks], bar[speaks], strict=True))
        return [finding.signal(KIND, Polarity.NEU, held, glance) for finding in found]

    def _finding(self, held: Memory, column: int, bar: float) -> Finding:
        facts = {
            "hours": round(float(held["live"][column]) / PER_HOUR, 1),
            "voices": round(float(held["run_said"][column])),
            "due": round(float(held["run_due"][column])),
        }
        strength = float(np.log(held["missing"][column] / bar) / np.log(self.settings.grave))
        provisional = bool(held["days"][column] < MEMORY_DAYS)
        return Finding(column, int(held["since"][column]), facts, strength, provisional)


def _blank(series: int) -> Memory:
    return {
        "usual": np.zeros((HOURS_A_DAY, series)),
        "known": np.zeros((HOURS_A_DAY, series)),
        **{name: np.zeros(series) for name in _COUNTED},
        "level": np.ones(series),
        "hour_planned": np.ones(series),
        "of_week": np.ones((DAYS_A_WEEK, series)),
        "since": np.zeros(series, np.int64),
        "told": np.zeros(series, np.bool_),
    }


_COUNTED = (
    *("hour_said", "hour_seen", "today_said", "today_due", "today_seen"),
    *("sight", "missing", "run_due", "run_said", "live"),
    *("top", "mean", "variance", "days"),
)
"""This hour and today; the running lull; the longest lulls of the days (log scale)."""


BY_HOUR = ("usual", "known")
REPLACED = frozenset(
    {
        *BY_HOUR,
        *("of_week", "level", "today_said", "today_due", "today_seen", "mean", "variance", "days"),
        *("missing", "run_due", "run_said", "live"),
    }
)
"""Arrays that are replaced: the last four in each look, the others at the end of an hour or of a day."""


def _sees(held: Memory, exposure: Floats) -> NDArray[np.bool_]:
    """Whether as many sources can be seen as of late; a place that has been dead for weeks hides nothing."""
    sight = held["sight"]
    sees: NDArray[np.bool_] = (exposure > 0.0) & (exposure >= sight - FULL_SIGHT)
    moved = np.where(sight > 0.0, sight + SIGHT_SPEED * (exposure - sight), exposure)
    sight[:] = np.where(exposure > 0.0, moved, sight)
    return sees


def _add_up(held: Memory, glance: Glance, sees: NDArray[np.bool_], usual: Floats) -> None:
    """What was due and what came. A lull ends where nothing is missing any more."""
    due = np.where(sees, usual * held["level"], 0.0)
    begins = held["missing"] == 0.0
    held["since"][begins] = glance.step
    for name, more in (("run_due", due), ("run_said", glance.voices), ("live", sees)):
        held[name] = np.where(begins, 0.0, held[name]) + more
    held["missing"] = np.maximum(held["missing"] + due - glance.voices / PART, 0.0)


def _end_hour(held: Memory, hour: int) -> None:
    """Put the hour that ended into memory: on planned days divided by the plan, but not below the usual.

    So a campaign does not make the talk after it look missing, and one that nobody heeds is not taken for
    quiet. Nothing more is due while it runs: a plan that fails is no silence.
    """
    whole = held["hour_seen"] >= PER_HOUR * ENOUGH_OF_AN_HOUR
    said = held["hour_said"] * PER_HOUR / np.maximum(held["hour_seen"], 1.0)
    for name in BY_HOUR:
        held[name] = held[name].copy()
    usual, known = held["usual"][hour], held["known"][hour]
    said = np.maximum(said / held["hour_planned"], np.minimum(said, usual))
    held["today_said"] = held["today_said"] + np.where(whole & (known > 0.0), said, 0.0)
    held["today_due"] = held["today_due"] + np.where(whole, usual, 0.0)
    held["today_seen"] = held["today_seen"] + whole
    most = np.where(known > 0.0, (1.0 + SURPRISE) * usual + SURPRISE, np.inf)
    weight = np.where(whole, 1.0 / np.minimum(known + 1.0, MEMORY_DAYS), 0.0)
    usual += weight * (np.minimum(said, most) - usual)
    known += whole
    held["hour_said"][:] = 0.0
    held["hour_seen"][:] = 0.0
    held["hour_planned"][:] = 1.0


def _end_day(held: Memory, ended: int) -> None:
    """Take the level to expect next, and put the longest lull of the day that ended into memory.

    ``ended`` is that day's place in the week. The level is yesterday's or that of the same weekday before,
    the lower one: silence goes on being missed for a day or two, a weekend is not missed at all.
    """
    enough = held["today_seen"] >= HOURS_A_DAY / 2
    due, of_week = held["today_due"], held["of_week"]
    level = np.minimum(held["today_said"] / np.maximum(due, 1.0), 1.0)
    known = enough & (due >= 1.0)
    of_week = held["of_week"] = of_week.copy()
    of_week[ended] = np.where(known, WEEKLY * level + (1.0 - WEEKLY) * of_week[ended], of_week[ended])
    last = np.where(known, level, 1.0)
    held["level"] = np.minimum(last, of_week[(ended + 1) % DAYS_A_WEEK])
    days, mean, variance = held["days"], held["mean"], held["variance"]
    lull = np.log1p(held["top"])
    usual = _pooled(days, mean)
    sd = np.sqrt((PRIOR_DAYS * PRIOR_SD**2 + days * variance) / (PRIOR_DAYS + days))
    lull = np.minimum(lull, usual + CLIP_SD * sd)
    weight = np.where(enough, 1.0 / np.minimum(days + 1.0, MEMORY_DAYS), 0.0)
    off = lull - mean
    held["mean"] = mean + weight * off
    held["variance"] = np.where(enough, (1.0 - weight) * (variance + weight * off**2), variance)
    held["days"] = np.minimum(days + enough, MEMORY_DAYS)
    held["top"] = held["missing"].copy()
    for name in ("today_said", "today_due", "today_seen"):
        held[name] = np.zeros_like(due)


def _usual_lull(held: Memory, who: NDArray[np.intp], above: float) -> Floats:
    """log(1 + mentions) of the longest lull of a usual day, ``above`` standard deviations higher."""
    days = held["days"][who]
    sd = np.sqrt((PRIOR_DAYS * PRIOR_SD**2 + days * held["variance"][who]) / (PRIOR_DAYS + days))
    return np.asarray(_pooled(days, held["mean"][who]) + above * sd)


def _pooled(days: Floats, mean: Floats) -> Floats:
    return np.asarray((PRIOR_DAYS * np.log1p(LULL) + days * mean) / (PRIOR_DAYS + days))


def silence(settings: Mapping[str, float]) -> Walker:
    """Watch for mentions that stop; ``Settings`` says what may be set."""
    return Walker(KIND, VERSION, _blank, Silence(chosen(Settings(), KIND, settings)).take, REPLACED)


PLUGIN = silence
