"""``python -m benchmarks.quiet_fleet [KIND…]``: how often the count detectors cry over brands that are quiet.

A thousand brands for ninety days, none in trouble: overdispersed talk with day and week, from half a mention
a day to sixty an hour; some have bots at fixed hours, a third a weekend of a fifth of the talk, all a holiday
week at two fifths. Sources are blind now and then. The seed is printed; the same seed gives the same fleet.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import process_time

import numpy as np
from numpy.typing import NDArray

from analysis.detector import Buckets, Detector
from wanglou.domain.signal import Signal
from wanglou.domain.source import SourceClass
from wanglou.domain.volume import BUCKET, Series
from wanglou.kinds import find_kind, known_kinds

HOME = "analysis.detectors"
T0 = datetime(2026, 3, 2, 16, tzinfo=UTC)
"""A Tuesday's first minute in Beijing."""

A_DAY, AN_HOUR = 288, 12
LEAST_A_DAY, MOST_AN_HOUR = 0.5, 60.0
NEGATIVE = 1 / 7
HOLIDAY = range(40, 47)
BLIND = 0.1
"""Days on which all sources are blind for six hours."""

CLASSES = ((0.0, 3.0), (3.0, 24.0), (24.0, 240.0), (240.0, np.inf))
"""Mentions a day by which the false alarms are told apart."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fleet:
    """Brands that are quiet, each with its own habits."""

    series: Sequence[Series]
    a_day: Floats
    busiest: Floats
    weekend: Floats
    bots: Floats
    spread: Floats

    def looks(self, days: int, rng: np.random.Generator) -> Iterator[Buckets]:
        """So many days, one after the other."""
        return (self.day(day, rng) for day in range(days))

    def day(self, day: int, rng: np.random.Generator) -> Buckets:
        """Counts of one day, with a blind stretch for all on one day in ten."""
        n = len(self.series)
        hours = np.arange(A_DAY) / AN_HOUR
        daily = 1.0 + 0.85 * np.cos(2 * np.pi * (hours[None, :] - self.busiest[:, None]) / 24)
        level = self.a_day / A_DAY * rng.gamma(10, 1 / 10, n)
        level *= self.weekend if (day + 1) % 7 in (4, 5) else 1.0
        level *= 0.4 if day in HOLIDAY else 1.0
        hourly = np.repeat(
            rng.gamma(self.spread[:, None], 1 / self.spread[:, None], (n, 24)), AN_HOUR, axis=1
        )
        voices = rng.poisson(level[:, None] * daily * hourly)
        bots = rng.poisson(self.bots)
        voices[np.arange(n), (self.busiest * AN_HOUR).astype(int) % A_DAY] += bots
        share = rng.beta(4, 24, n)
        negatives = rng.binomial(voices, share[:, None]).astype(np.float64)
        exposure = np.ones((n, A_DAY))
        if rng.random() < BLIND:
            begin = int(rng.integers(0, A_DAY - 72))
            exposure[:, begin : begin + 72] = 0.0
        said = np.where(exposure > 0, voices, np.nan)
        return Buckets(
            self.series,
            [T0 + BUCKET * (A_DAY * day + i) for i in range(A_DAY)],
            said,
            np.where(exposure > 0, negatives, np.nan),
            said * 100,
            exposure,
            closed=A_DAY,
        )


def fleet(n: int, rng: np.random.Generator) -> Fleet:
    """``n`` brands, their talk spread evenly on the log scale."""
    return Fleet(
        [Series("fleet", f"brand {i}", SourceClass.SOCIAL) for i in range(n)],
        a_day=np.geomspace(LEAST_A_DAY, MOST_AN_HOUR * 24, n),
        busiest=rng.uniform(10, 23, n),
        weekend=np.where(rng.random(n) < 1 / 3, 0.2, rng.uniform(0.7, 1.3, n)),
        bots=np.where(rng.random(n) < 1 / 5, rng.integers(2, 30, n), 0).astype(np.float64),
        spread=rng.uniform(2, 20, n),
    )


@dataclass(frozen=True, slots=True)
class Cries:
    """What one detector said of a quiet fleet, and what it cost."""

    kind: str
    signals: Sequence[Signal]
    us: float


def cries(kinds: Sequence[str], n: int, days: int, seed: int) -> tuple[Fleet, list[Cries]]:
    """Run the detectors over the fleet, a day a look."""
    rng = np.random.default_rng(seed)
    quiet = fleet(n, rng)
    detectors: list[Detector] = [find_kind(HOME, kind)({}) for kind in kinds]
    states = [d.start() for d in detectors]
    signals: list[list[Signal]] = [[] for _ in detectors]
    spent = [0.0] * len(detectors)
    for look in quiet.looks(days, rng):
        for i, detector in enumerate(detectors):
            began = process_time()
            states[i], found = detector.advance(states[i], look, T0)
            spent[i] += process_time() - began
            signals[i] += found
    ticks = n * days * A_DAY
    return quiet, [Cries(k, s, t / ticks * 1e6) for k, s, t in zip(kinds, signals, spent, strict=True)]


def told(quiet: Fleet, cry: Cries, days: int) -> Iterator[str]:
    """The lines people read: a brand-week, by size of brand, early, at once."""
    n, weeks = len(quiet.series), days / 7
    index = {s.brand: i for i, s in enumerate(quiet.series)}
    sizes = quiet.a_day[[index[s.brand] for s in cry.signals]] if cry.signals else np.zeros(0)
    often = len(cry.signals) / (n * weeks)
    yield f"{cry.kind}: {len(cry.signals)} signals, {often:.4f} a brand-week, {cry.us:.3f} us a tick"
    for low, high in CLASSES:
        brands = int(((quiet.a_day >= low) & (quiet.a_day < high)).sum())
        said = int(((sizes >= low) & (sizes < high)).sum())
        yield f"  {low:g}-{high:g} mentions a day: {said / max(brands * weeks, 1):.4f} a brand-week"
    early = sum(s.at < T0 + timedelta(hours=48) for s in cry.signals)
    at_once = max(Counter(s.at for s in cry.signals).values(), default=0)
    yield f"  in a series' first 48 h: {early}; most brands at one tick: {at_once}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the false alarms of each detector."""
    parser = argparse.ArgumentParser(description="False alarms of the count detectors over quiet brands.")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help="one of: " + ", ".join(known_kinds(HOME)))
    parser.add_argument("--brands", type=int, default=1000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--seed", type=int, default=2026)
    asked = parser.parse_args(argv)
    quiet, said = cries(asked.kinds or known_kinds(HOME), asked.brands, asked.days, asked.seed)
    print(f"{asked.brands} quiet brands, {asked.days} days, seed {asked.seed}")
    for cry in said:
        print("\n".join(told(quiet, cry, asked.days)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
