"""Whether what hot lists say of a brand is trouble: a learnt sum over its numbers, each bent at some knots.

The sum is the log-odds of trouble. Every bend keeps the direction its number may move the alarm,
and a verdict can be taken apart number by number. Pure: no clock, no files but the weights.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from analysis.board_features import signs
from analysis.features import Floats
from analysis.model import BadWeightsError

LEARNT = Path(__file__).parent / "weights" / "board_judgement.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Bend:
    """One number's part: ``weight`` times the number, counted up to ``knot`` at most."""

    name: str
    knot: float
    weight: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """Learnt weights. ``bar``, ``grave``: log-odds from which it is worth saying, and grave."""

    bends: tuple[Bend, ...]
    bias: float
    bar: float
    grave: float
    about: Mapping[str, Any]

    def log_odds(self, found: Mapping[str, float]) -> float:
        """How likely trouble is. ``found``: the numbers of ``board_features.features``."""
        return self.bias + sum(b.weight * min(found[b.name], b.knot) for b in self.bends)

    def strength(self, log_odds: float) -> float:
        """0 where it is just worth saying, 1 where it is grave."""
        return (log_odds - self.bar) / (self.grave - self.bar)


def bent(table: Floats, knots: Sequence[tuple[int, float]]) -> Floats:
    """The columns of ``table`` that ``knots`` name by place, each counted up to its knot at most."""
    return np.stack([np.minimum(table[:, place], knot) for place, knot in knots], axis=1)


def written(learnt: Judgement) -> str:
    """The text of a weights file."""
    data = {
        "format": FORMAT,
        "about": dict(learnt.about),
        "bar": learnt.bar,
        "bends": [[b.name, b.knot, b.weight] for b in learnt.bends],
        "bias": learnt.bias,
        "grave": learnt.grave,
    }
    return json.dumps(data, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


@cache
def load_judgement(path: Path = LEARNT) -> Judgement:
    """Read learnt weights. Raises BadWeightsError, OSError."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        bends = tuple(Bend(str(name), float(knot), float(weight)) for name, knot, weight in data["bends"])
        found = Judgement(bends, float(data["bias"]), float(data["bar"]), float(data["grave"]), data["about"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadWeightsError(f"{path}: not weights of hot lists ({error}); take the shipped file") from error
    if data.get("format") != FORMAT or not _is_sound(found):
        raise BadWeightsError(f"{path}: weights of hot lists of another format; take the shipped file")
    return found


def _is_sound(learnt: Judgement) -> bool:
    """Known numbers only, none against its direction, and grave above the bar."""
    known = signs()
    towards = all(b.name in known and b.weight * known[b.name] >= 0 for b in learnt.bends)
    return towards and learnt.grave > learnt.bar
