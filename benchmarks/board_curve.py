"""Trouble on hot lists, each brand judged by what was learnt from others: found against false alarms.

python -m benchmarks.board_curve            prints the curve, and rivals
python -m benchmarks.board_curve FOLDER     also writes weights learnt from all

An alarm is a moment at which titles came and the log-odds reach the bar. Rivals: the sum set by hand that
decided before, and the brand's titles of six hours with a listed word of trouble.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from analysis.board_judgement import LEARNT, Judgement, load_judgement, written
from analysis.model import load_weights
from benchmarks.board_cases import Case, Point, Told, cases_of, point
from benchmarks.board_history import History, read_history
from benchmarks.board_learning import Learning, learning_of, learnt_of_all, out_of_fold
from benchmarks.measuring_data import measuring_data

BUDGETS = (0.05, 0.10, 0.15, 0.20)
SPOKEN, GRAVE = 0.10, 0.02
"""False alarms a brand-week that the two bars of the weights may cost."""


STEP = 0.05
_TROUBLES = ("burst", "further")


def judged(told: Told) -> float:
    """The learnt judgement."""
    return told.score


def by_hand(told: Told) -> float:
    """The sum that decided before."""
    return told.hand_set


@dataclass(frozen=True, slots=True)
class Measured:
    """The history, what can be learnt of it, and its cases judged by what other brands teach."""

    history: History
    learning: Learning
    cases: Sequence[Case]


def measure(folder: Path) -> Measured:
    """Read, learn and judge; a minute."""
    history = read_history(folder)
    learning = learning_of(history)
    return Measured(history, learning, cases_of(history, out_of_fold(history, learning)))


def cases(folder: Path) -> Sequence[Case]:
    """All events, bursts and quiet weeks, every brand read and judged by weights that know nothing of it."""
    return measure(folder).cases


def curve(found: Sequence[Case], score: Callable[[Told], float] = judged) -> list[Point]:
    """For each budget of false alarms in the events' quiet weeks the lowest bar within it."""
    points = [at_bar(found, bar, score) for bar in _bars(found, score)]
    return [min((p for p in points if p.false_alarms <= b), key=lambda p: p.bar) for b in BUDGETS]


def shipped(found: Sequence[Case]) -> Point:
    """The learnt judgement at the shipped bar."""
    return at_bar(found, load_judgement().bar)


def at_bar(found: Sequence[Case], bar: float, score: Callable[[Told], float] = judged) -> Point:
    """A rule that calls from ``bar`` on."""
    return point(found, lambda told: score(told) >= bar, bar)


def listed_words(found: Sequence[Case], least: int) -> Point:
    """The rival: so many titles with a listed word of trouble within six hours."""
    return point(found, lambda told: told.listed >= least, least)


def main(arguments: Sequence[str]) -> None:
    """Print, and write where asked."""
    folder = measuring_data("replay")
    if folder is None:
        sys.exit("the hot lists are not beside the checkout; set WANGLOU_SHARED")
    measured = measure(folder)
    print("rule                     bar   <= 6 h  bursts  furth.  false  before launch.   wide")
    for name, score in (("learnt", judged), ("set by hand", by_hand)):
        for budget, at in zip(BUDGETS, curve(measured.cases, score), strict=True):
            print(_line(f"{name}, {budget:.2f} a week", at))
    for least in (1, 2, 3):
        print(_line(f">= {least} listed words in 6 h", listed_words(measured.cases, least)))
    for out in arguments:
        (Path(out) / LEARNT.name).write_text(written(with_bars(measured)), encoding="utf-8")
    print(_line("shipped", shipped(measured.cases)))


def with_bars(measured: Measured) -> Judgement:
    """Weights learnt from all, with the bars that brands kept back speak for."""
    bars = {budget: bar_within(measured.cases, budget) for budget in (SPOKEN, GRAVE)}
    about = {
        "brands": len(measured.history.titles),
        "moments": len(measured.learning.when),
        "troubles": len(measured.history.troubles),
        "base": load_weights().id,
    }
    return replace(learnt_of_all(measured.learning), bar=bars[SPOKEN], grave=bars[GRAVE], about=about)


def bar_within(found: Sequence[Case], budget: float) -> float:
    """The lowest bar whose false alarms, in the mean of the events' and of all quiet weeks, cost no more."""
    points = [at_bar(found, bar) for bar in _bars(found, judged)]
    return min(p.bar for p in points if (p.false_alarms + p.wide) / 2 <= budget)


def _bars(found: Sequence[Case], score: Callable[[Told], float]) -> list[float]:
    """From where seven in ten quiet moments stay below, up to where all do."""
    reached = [score(t) for c in found if c.kind not in _TROUBLES for t in c.told]
    low, high = np.floor(np.quantile(reached, 0.7)), max(reached) + STEP
    return [float(bar) for bar in np.arange(low, high, STEP).round(2)]


def _line(name: str, at: Point) -> str:
    figures = (at.found, at.bursts, at.further, at.false_alarms, at.before, at.benign, at.wide)
    return f"{name:<24} {at.bar:5.2f}  " + "  ".join(f"{figure:6.3f}" for figure in figures)


if __name__ == "__main__":
    main(sys.argv[1:])
