"""The walk both surge detectors share: bucket by bucket over all series, gate, and what is handed on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analysis import episodes, extremes, memory, recent, shares
from analysis.detector import ENOUGH_EXPOSURE, Arrays, Buckets, UnreadableStateError, zero_if_unknown
from analysis.detectors._sight import EPOCH, WINDOW, Settings, Sight, signal, window_of
from analysis.extremes import Floats, Memory
from analysis.series_names import series_named
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.volume import BUCKET, WARM_UP

VERSION = 3
"""Of the state's layout; another one is refused and rebuilt from the counts."""

VOICES, NEGATIVES = 0, 1

WAYS = ("hour", "day", "steady", "day", "share")
"""What a row of scores speaks of: the rows of ``extremes.scores``, then the share."""

DAY = 24

SLOW_FLOOR = 3
"""The slow scales want three floors within the day."""

MISSED_AT_MOST = 15 * extremes.BUCKETS_A_DAY
"""A longer pause between two looks leaves nothing of the rates; walking further changes nothing."""

SHARE_P = 1e-3
"""A share of negatives stands at the bar when it is this improbable; each further decade adds 1 to z."""

_SURELY = 1.000001
"""More than two ways of adding up may differ by."""

SHARE_AT_LEAST = 0.3
SHARE_TIMES = 2.0
"""Nor is a share a surge below three in ten or below twice the usual."""


@dataclass(frozen=True, slots=True)
class Surge:
    """A detector of counts far above a series' own extremes. ``watched``: voices or negatives.

    z is the largest of five looks: the short window, the day and how steadily the window is filled against
    the series' daily maxima, the day against the week, and, where ``tests_share``, the share of negatives
    given the voices. Strength is
    (z - bar) / (grave - bar): each unit of z is one standard deviation of the brand's own daily maxima,
    which is what makes brands comparable.
    """

    kind: str
    watched: int
    tests_share: bool
    settings: Settings
    polarity: Callable[[Sight], Polarity]

    def start(self) -> Arrays:
        """No series, nothing seen."""
        return memory.begin(VERSION)

    def advance(self, state: Arrays, buckets: Buckets, now: datetime) -> tuple[Arrays, list[Signal]]:
        """Walk the closed buckets, then look at the open ones on a copy."""
        if int(state.get("version", np.array(0))) != VERSION:
            raise UnreadableStateError(f"the state of {self.kind!r} is not of version {VERSION}; rebuild it")
        if not buckets.starts:
            return state, []
        first = _step_of(buckets.starts[0])
        held, columns = memory.follow(state, buckets, self._blank, first)
        walk = _Walk(self, held, buckets, columns)
        walk.miss(first)
        signals = walk.through(range(buckets.closed), now)
        if buckets.closed == len(buckets.starts):
            return held, signals
        kept = dict(held)
        return kept, signals + walk.through(range(buckets.closed, len(buckets.starts)), now)

    def _blank(self, series: int) -> Memory:
        voices = {"week_voices": np.zeros(series)} if self.tests_share else {}
        return extremes.blank(series) | recent.blank(series) | episodes.blank(series) | voices


@dataclass(frozen=True, slots=True)
class _Lasting:
    """What follows from the series' names alone. Read only: looks share it."""

    floors: Floats
    windows: NDArray[np.int64]
    scales: extremes.Scales


class _Handed:
    """The names' array itself: one look hands it on to the next, and nobody changes it."""

    __slots__ = ("names",)

    def __init__(self, names: NDArray[np.str_]) -> None:
        self.names = names

    def __hash__(self) -> int:
        return id(self.names)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Handed) and other.names is self.names


@lru_cache(maxsize=8)
def _lasting(settings: Settings, handed: _Handed) -> _Lasting:
    """By the array, else by its words: to compare ten thousand names takes a tenth of a look."""
    return _of_words(settings, handed.names.tobytes(), handed.names.dtype.str)


@lru_cache(maxsize=4)
def _of_words(settings: Settings, names: bytes, dtype: str) -> _Lasting:
    """Work it out once: reading ten thousand names takes longer than everything else in a look.

    ``names`` are the bytes of the state's array, whose ``dtype`` carries the length of a name.
    """
    known = np.frombuffer(names, dtype).tolist() if names else []
    series = [series_named(name) for name in known]
    windows = np.array([window_of(s) for s in series], dtype=np.int64)
    return _Lasting(settings.floors(series), windows, settings.scales(series))


class _Walk:
    """One call's way through its buckets. Arrays of ``held`` are replaced, not changed: others hold them."""

    def __init__(self, surge: Surge, held: Memory, buckets: Buckets, columns: memory.Columns) -> None:
        self.surge, self.held = surge, held
        self.names = held["series"]
        lasting = _lasting(surge.settings, _Handed(self.names))
        self.floors, self.windows, self.scales = lasting.floors, lasting.windows, lasting.scales
        self.begins = round(surge.settings.day_begins * extremes.PER_HOUR)
        self.starts, self.columns = buckets.starts, columns
        self.counts, self.seen = _laid_out(buckets, columns, self.names.size)
        self.planned = _planned(buckets, columns, self.names.size)

    def miss(self, until: int) -> None:
        """Let the buckets between the last look and this one pass unseen."""
        after = int(self.held["next"])
        nothing, unseen = np.zeros(self.names.size), np.zeros(self.names.size, dtype=np.bool_)
        uncounted = np.zeros((recent.COUNTS, self.names.size))
        for step in range(max(after, until - MISSED_AT_MOST), until) if after >= 0 else ():
            self._turn(step)
            recent.note(self.held, step, uncounted)
            extremes.learn(self.held, nothing, unseen, self.scales)
        self.held["next"] = np.array(max(after, until))

    def through(self, indices: range, now: datetime) -> list[Signal]:
        """Take these columns in order; return what stood out."""
        signals: list[Signal] = []
        for i in indices:
            step = _step_of(self.starts[i])
            if step == int(self.held["next"]):
                signals += self._take(step, i, now)
                self.held["next"] = np.array(step + 1)
        return signals

    def _turn(self, step: int) -> None:
        if (step - self.begins) % extremes.BUCKETS_A_DAY == 0:
            extremes.begin_day(self.held, self.scales)

    def _take(self, step: int, i: int, now: datetime) -> list[Signal]:
        counts, seen = self.counts[i], self.seen[i]
        self._turn(step)
        self.held["named"] = self.held["named"].copy()
        self.held["named"][self.columns] = step
        recent.note(self.held, step, counts.copy())  # a view would keep the buckets of the whole look
        # What a campaign is expected to bring is usual; what people read in the sentence stays as counted.
        usual = counts if self.planned is None else counts / self.planned[i]
        named, rates = extremes.learn(self.held, usual[self.surge.watched], seen, self.scales)
        if self.surge.tests_share:
            week = self.held["week_voices"]
            self.held["week_voices"] = week + np.where(
                seen, extremes.WEEK_SPEED * (usual[VOICES] - week), 0.0
            )
        return self._judge(step, named, rates, now) if named.size else []

    def _judge(self, step: int, hot: NDArray[np.intp], rates: Floats, now: datetime) -> list[Signal]:
        bar = self.surge.settings.bar
        z = extremes.scores(self.held, hot, rates, self.scales)
        if self.surge.tests_share:
            z = np.vstack([z, self._share_scores(step, hot)])
        loud = z.max(axis=0) >= bar
        who, z = hot[loud], z[:, loud]
        if not who.size:
            return []
        short, day = self._short(step, who), recent.counted(self.held, who, step, DAY)
        few = short[self.surge.watched] < self.floors[who]
        few_a_day = day[self.surge.watched] < SLOW_FLOOR * self.floors[who]
        z[np.ix_((extremes.SHORT, extremes.STEADY), few)] = -np.inf
        z[np.ix_((extremes.DAY, extremes.RATIO), few_a_day)] = -np.inf
        loud = z.max(axis=0) >= bar
        who, z, short, day = who[loud], z[:, loud], short[:, loud], day[:, loud]
        if not who.size:
            return []
        speaks = np.flatnonzero(episodes.speak(self.held, who, z.max(axis=0), bar, step))
        sights = [self._sight(step, int(who[i]), z[:, i], short[:, i], day[:, i]) for i in speaks]
        kind, settings = self.surge.kind, self.surge.settings
        return [signal(kind, sight, settings, self.surge.polarity(sight), now) for sight in sights]

    def _short(self, step: int, who: NDArray[np.intp]) -> Floats:
        hour = recent.counted(self.held, who, step, 1)
        for hours in sorted(set(WINDOW.values())):
            longer = self.windows[who] == hours
            if longer.any():
                hour[:, longer] = recent.counted(self.held, who[longer], step, hours)
        return hour

    def _share_scores(self, step: int, hot: NDArray[np.intp]) -> Floats:
        z = np.full(hot.size, -np.inf)
        voices, negatives = np.round(self._short(step, hot))
        usual = self._usual_shares(hot)
        odd = negatives >= np.maximum(SHARE_TIMES * usual, SHARE_AT_LEAST) * voices
        ripe = self.held["observed"][hot] >= WARM_UP
        for i in np.flatnonzero(odd & ripe & (negatives >= self.floors[hot])):
            seen = int(min(negatives[i], voices[i])), int(voices[i]), float(usual[i])
            if shares.exactly(*seen) > SHARE_P * _SURELY:
                continue  # far from the bar: nearly all of them
            p = shares.tail(*seen)
            z[i] = self.surge.settings.bar + np.log10(SHARE_P / max(p, 1e-300))
        return z

    def _usual_shares(self, who: NDArray[np.intp]) -> Floats:
        week = 1.0 / extremes.WEEK_SPEED
        return shares.usual_share(week * self.held["rates"][2, who], week * self.held["week_voices"][who])

    def _sight(self, step: int, column: int, z: Floats, short: Floats, day: Floats) -> Sight:
        way = WAYS[int(z.argmax())]
        counts, hours = (day, DAY) if way == "day" else (short, int(self.windows[column]))
        voices, negatives = (round(float(n)) for n in counts)
        return Sight(
            series=series_named(str(self.names[column])),
            step=step,
            way=way,
            hours=hours,
            voices=voices,
            negatives=negatives,
            usual=max(0.0, self._usual(column, way)),
            pace=float(extremes.pace(self.held, np.array([column]), self.scales)[0]),
            z=float(z.max()),
            provisional=bool(self.held["days"][column] < extremes.MEMORY_DAYS / 2),
        )

    def _usual(self, column: int, way: str) -> float:
        who = np.array([column])
        if way == "share":
            return float(self._usual_shares(who)[0])
        if way == "day":
            return float(extremes.usual_a_day(self.held, who)[0])
        if way == "steady":
            return float(extremes.usual_pace(self.held, who, self.scales)[0])
        mean, _ = extremes.usual_peak(self.held, who, self.scales)
        return float(np.exp(mean[0, 0]) - self.scales.pseudo[0, column])


def _step_of(start: datetime) -> int:
    return (start - EPOCH) // BUCKET


def _laid_out(buckets: Buckets, columns: memory.Columns, width: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Counts (steps, 2, width), zero where unknown, and whether zero means zero (steps, width)."""
    steps = len(buckets.starts)
    counts = np.zeros((steps, 2, width))
    counts[:, VOICES, columns] = zero_if_unknown(buckets.voices.T)
    counts[:, NEGATIVES, columns] = zero_if_unknown(buckets.negatives.T)
    seen = np.zeros((steps, width), dtype=np.bool_)
    seen[:, columns] = ~np.isnan(buckets.voices.T) & (buckets.exposure.T >= ENOUGH_EXPOSURE)
    return counts, seen


def _planned(buckets: Buckets, columns: memory.Columns, width: int) -> Floats | None:
    """Times the usual that is expected, (steps, width); None where no campaign runs."""
    if buckets.planned is None:
        return None
    planned = np.ones((len(buckets.starts), width))
    planned[:, columns] = buckets.planned.T
    return planned
