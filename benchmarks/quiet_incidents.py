"""How many incidents the rules of a config folder open over quiet brands, and how soon over crises.

    python -m benchmarks.quiet_incidents [--config FOLDER] [--brands N] [--days N] [--seed N] [--crises]

Brands, counts and signals are those of ``benchmarks.quiet_fleet``. The signals meet the folder's rules
every five minutes, as in the product, and join or open incidents as there; one without news for a day is
closed. Of ten complaints one reads as a grave topic and one as poor service: of the texts that read negative
in six corpora of real talk 5 to 13 in a hundred read as unsafe food or products.
``--crises`` puts a crisis into the last days of every brand and says how many are an incident in time.
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alerting import incidents
from alerting.rules import Verdict, facts_of, verdict, windows
from analysis.detector import Arrays, Buckets, Detector, zero_if_unknown
from benchmarks.quiet_fleet import A_DAY, CLASSES, HOME, T0, Fleet, fleet
from desk.cli._kinds import kinds_here
from desk.cli._options import LIBRARY
from desk.replaying import QUIET
from desk.sample import SAMPLE_CONFIG
from wanglou.config.folder import load
from wanglou.domain.incident import Incident
from wanglou.domain.rule import Facts, Rule
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.topic import Topic
from wanglou.domain.volume import BUCKET
from wanglou.kinds import find_kind, known_kinds
from wanglou.ports import BrandTotals

A_TOPIC = {Topic.FOOD_SAFETY: 0.1, Topic.SERVICE_COMPLAINT: 0.1}
"""The share of complaints that read as each."""

READERS = 100
"""Of one post, as in ``Fleet.day``."""

Counts = NDArray[np.int64]
Day = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Crisis:
    """Further complaints, evenly over ``hours``: so many times what is usually said of the brand an hour.

    A brand of less than one mention an hour is taken for one of one mention.
    """

    name: str
    times: float
    hours: int

    def on_top(self, quiet: Fleet, look: Buckets, begins: Counts, rng: np.random.Generator) -> Buckets:
        """The look with the crisis in it; ``begins``: the bucket of the look at which it breaks out."""
        an_hour = self.times * np.maximum(quiet.a_day / 24, 1.0)
        step = np.arange(len(look.starts))
        during = (step >= begins[:, None]) & (step < begins[:, None] + 12 * self.hours)
        more = rng.poisson(np.where(during, an_hour[:, None] / 12, 0.0))
        return replace(
            look,
            voices=look.voices + more,
            negatives=look.negatives + more,
            reach=look.reach + more * READERS,
        )


CRISES = (
    Crisis("x4 within 6 h", 4.0, 6),
    Crisis("x8 within 6 h", 8.0, 6),
    Crisis("x16 within 6 h", 16.0, 6),
    Crisis("x1 within 24 h", 1.0, 24),
)
WITHIN_H = (1, 3, 6, 24)


@dataclass(frozen=True, slots=True)
class Opened:
    """An incident as it opened or rose. ``step`` counts buckets, ``size`` the brand's mentions a day."""

    brand: int
    size: float
    step: int
    severity: Severity
    rule: str
    rose: bool = False


@dataclass(slots=True)
class Heard:
    """What the desk hears: counts of every brand, shape (brands, steps), and what stood out, by brand."""

    quiet: Fleet
    voices: list[Day] = field(default_factory=list)
    negatives: list[Day] = field(default_factory=list)
    signals: dict[str, list[Signal]] = field(default_factory=lambda: defaultdict(list))

    def hear(self, look: Buckets, signals: Iterable[Signal]) -> None:
        """Take one look and what the detectors said of it."""
        self.voices.append(zero_if_unknown(look.voices).astype(np.uint16))
        self.negatives.append(zero_if_unknown(look.negatives).astype(np.uint16))
        for signal in signals:
            self.signals[signal.brand].append(signal)

    def opened(self, rules: Sequence[Rule], seed: int) -> list[Opened]:
        """What the desk opens and raises, brand by brand."""
        found: list[Opened] = []
        for i, series in enumerate(self.quiet.series):
            if signals := self.signals.get(series.brand):
                sums = self._sums(i, np.random.default_rng([seed, i]))
                ordered = sorted(signals, key=lambda s: s.at)
                found += _Desk(i, float(self.quiet.a_day[i]), rules, sums, ordered).opened()
        return found

    def _sums(self, brand: int, rng: np.random.Generator) -> "_Sums":
        voices, negatives = (
            np.concatenate([day[brand] for day in days]) for days in (self.voices, self.negatives)
        )
        topics = {topic: rng.binomial(negatives, share) for topic, share in A_TOPIC.items()}
        return _Sums(_summed(voices), _summed(negatives), {t: _summed(n) for t, n in topics.items()})


def _summed(counts: Day | Counts) -> list[int]:
    """Sums from the first bucket to before each one."""
    return [0, *np.cumsum(counts, dtype=np.int64).tolist()]


@dataclass(frozen=True, slots=True)
class _Sums:
    voices: Sequence[int]
    negatives: Sequence[int]
    topics: Mapping[Topic, Sequence[int]]

    def totals(self, since: int, until: int) -> BrandTotals:
        since, until = max(since, 0), min(until, len(self.voices) - 1)
        voices, negatives = (sums[until] - sums[since] for sums in (self.voices, self.negatives))
        topics = {topic.value: sums[until] - sums[since] for topic, sums in self.topics.items()}
        return BrandTotals(voices, voices, negatives, voices * READERS, topics)


@dataclass(slots=True)
class _Desk:
    """One brand before the rules, every five minutes: ``desk.pipeline.judge`` without a database."""

    brand: int
    size: float
    rules: Sequence[Rule]
    sums: _Sums
    signals: Sequence[Signal]
    open_now: list[Incident] = field(default_factory=list)
    waiting: list[Signal] = field(default_factory=list)
    numbers: int = 0

    @property
    def longest(self) -> timedelta:
        """The widest window of any rule."""
        return max(rule.when.within for rule in self.rules)

    def opened(self) -> Iterator[Opened]:
        """What it opens and raises, oldest first."""
        last, heard = len(self.sums.voices) - 2, 0
        step = -1
        while step < last:
            coming = _step(self.signals[heard]) if heard < len(self.signals) else last
            step = step + 1 if self.waiting or self.open_now else max(step + 1, coming)
            while heard < len(self.signals) and _step(self.signals[heard]) <= step:
                self.waiting.append(self.signals[heard])
                heard += 1
            yield from self._look(step, self.signals[:heard])

    def _look(self, step: int, signals: Sequence[Signal]) -> Iterator[Opened]:
        now = T0 + BUCKET * (step + 1)
        since = min((s.at for s in self.waiting), default=now) - self.longest
        heard = [s for s in signals if s.at >= since]
        if heard and (self.waiting or self.sums.voices[step + 1] > self.sums.voices[step]):
            rules = self._may_hold({s.kind for s in heard})
            found = verdict(rules, self._facts(step, heard, rules)) if rules else None
            if found is not None:
                yield from self._told(found, step)
            self.waiting = [
                s
                for s in self.waiting
                if found is None and s.at > now - self.longest and s.polarity is not Polarity.POS
            ]
        self.open_now = [i for i in self.open_now if now - i.changed_at < QUIET]

    def _may_hold(self, kinds: AbstractSet[str]) -> Sequence[Rule]:
        """The others ask for a signal nobody heard; most looks are saved most of their work."""
        return [rule for rule in self.rules if kinds >= set(rule.when.signals)]

    def _facts(self, step: int, heard: Sequence[Signal], rules: Sequence[Rule]) -> Mapping[timedelta, Facts]:
        now, newest, facts = T0 + BUCKET * (step + 1), max(s.at for s in heard), {}
        for within in windows(rules):
            until = min(now, newest + within - BUCKET)
            first, last = ((moment - T0) // BUCKET for moment in (until - within, until + BUCKET))
            facts[within] = facts_of(heard, self.sums.totals(first, last), until, within)
        return facts

    def _told(self, found: Verdict, step: int) -> Iterator[Opened]:
        now = T0 + BUCKET * (step + 1)
        home = incidents.home(self.open_now, found.topic, now)
        if home is not None:
            decision = incidents.join(home, found, self.waiting, now)
            self.open_now[self.open_now.index(home)] = decision.incident
            if decision.rose:
                yield self._opened(found, step, rose=True)
        elif self.waiting:
            self.numbers += 1
            decision = incidents.open_incident(found, self.waiting, self.numbers, now)
            self.open_now.insert(0, decision.incident)
            yield self._opened(found, step)

    def _opened(self, found: Verdict, step: int, *, rose: bool = False) -> Opened:
        return Opened(self.brand, self.size, step, found.severity, found.rule, rose)


def _step(signal: Signal) -> int:
    return (signal.at - T0) // BUCKET


@dataclass(frozen=True, slots=True)
class Found:
    """What was opened over quiet brands, and over each crisis with the bucket of each brand's onset."""

    quiet: Sequence[Opened]
    crises: Mapping[str, tuple[Counts, Sequence[Opened]]]


def found(rules: Sequence[Rule], n: int, days: int, seed: int, crises: Sequence[Crisis] = ()) -> Found:
    """Let the rules meet ``n`` quiet brands of so many days, and then two days of each crisis."""
    rng = np.random.default_rng(seed)
    heard = Heard(fleet(n, rng))
    ears = _Ears([find_kind(HOME, kind)({}) for kind in known_kinds(HOME)])
    for look in heard.quiet.looks(days, rng):
        heard.hear(look, ears.advance(look))
    begins = rng.integers(8 * 12, 20 * 12, n)
    after = [heard.quiet.day(day, rng) for day in (days, days + 1)]
    over = {}
    for crisis in crises:
        later, still = (
            replace(heard, voices=[*heard.voices], negatives=[*heard.negatives], signals=defaultdict(list)),
            ears.copy(),
        )
        for look, passed in zip(after, (0, A_DAY), strict=True):
            bad = crisis.on_top(heard.quiet, look, begins - passed, rng)
            later.hear(bad, still.advance(bad))
        over[crisis.name] = (begins + days * A_DAY, later.opened(rules, seed))
    return Found(heard.opened(rules, seed), over)


@dataclass(slots=True)
class _Ears:
    detectors: Sequence[Detector]
    states: list[Arrays] = field(default_factory=list)

    def copy(self) -> "_Ears":
        return _Ears(self.detectors, [*self.states])

    def advance(self, look: Buckets) -> list[Signal]:
        self.states = self.states or [d.start() for d in self.detectors]
        signals: list[Signal] = []
        for i, detector in enumerate(self.detectors):
            self.states[i], said = detector.advance(self.states[i], look, T0)
            signals += said
        return signals


def a_week(opened: Iterable[Opened], brand_weeks: float, least: Severity = Severity.YELLOW) -> float:
    """Incidents opened at a severity or above, or raised to it, a brand-week."""
    return sum(one.severity >= least for one in opened) / brand_weeks


def in_time(crisis: tuple[Counts, Sequence[Opened]], hours: float, brands: Sequence[int]) -> float:
    """The share of ``brands`` whose crisis is an incident of yellow or graver within so many hours."""
    begins, opened = crisis
    soon = {
        one.brand
        for one in opened
        if one.severity >= Severity.YELLOW and 0 <= one.step - begins[one.brand] < hours * 12
    }
    return len(soon & set(brands)) / max(len(brands), 1)


def told(given: Found, a_day: NDArray[np.float64], days: int) -> Iterator[str]:
    """The lines people read."""
    weeks = days / 7
    for least in reversed(Severity):
        yield f"{least.colour} or graver: {a_week(given.quiet, len(a_day) * weeks, least):.4f} a brand-week"
    rules = Counter((one.severity.colour, one.rule, one.rose) for one in given.quiet)
    for (colour, rule, rose), times in rules.most_common():
        yield f"  {colour} by {rule}{', raised' if rose else ''}: {times / (len(a_day) * weeks):.4f}"
    for low, high in CLASSES:
        brands = np.flatnonzero((a_day >= low) & (a_day < high)).tolist()
        said = [one for one in given.quiet if low <= one.size < high]
        often = a_week(said, max(len(brands) * weeks, 1))
        yield f"{low:g}-{high:g} mentions a day: yellow or graver {often:.4f} a brand-week"
        for name, crisis in given.crises.items():
            shares = " / ".join(f"{in_time(crisis, hours, brands):.2f}" for hours in WITHIN_H)
            yield f"  {name}: an incident within {' / '.join(map(str, WITHIN_H))} h: {shares}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the incidents of a quiet fleet."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--config", type=Path, default=SAMPLE_CONFIG)
    parser.add_argument("--brands", type=int, default=1000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--crises", action="store_true")
    asked = parser.parse_args(argv)
    rules = list(load(asked.config, LIBRARY, kinds_here()).rules.values())
    given = found(rules, asked.brands, asked.days, asked.seed, CRISES if asked.crises else ())
    print(f"{asked.brands} quiet brands, {asked.days} days, seed {asked.seed}")
    a_day = fleet(asked.brands, np.random.default_rng(asked.seed)).a_day
    print("\n".join(told(given, a_day, asked.days)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
