"""Learns what hot lists must say of a brand to be trouble, from moments with and without it.

Logistic regression over numbers bent at knots, each weight held to the direction its number may move the
alarm. A moment of a trouble weighs so that every trouble weighs the same, all of them as much as all quiet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from analysis.board_features import signs
from analysis.board_judgement import Bend, Judgement, bent
from analysis.features import Floats, Indexes

KNOTS = (0.5, 0.75, 0.9)
"""Quantiles, among moments where the number is not zero, at which it is bent."""

_UNBENT = "trouble: "
_C = 0.003
_RARE = 0.1
"""Added to each number's spread, so that what was seen a few times only gets no large weight."""

_DIGITS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """What is learnt from: a row of numbers a moment, whether it is trouble, and how much it weighs."""

    table: Floats
    trouble: Indexes
    weights: Floats

    def of(self, chosen: Indexes) -> "Moments":
        """Some of them."""
        return Moments(self.table[chosen], self.trouble[chosen], self.weights[chosen])


def learn(moments: Moments) -> Judgement:
    """Weights without a bar: where to speak is for who knows what a false alarm costs."""
    names = list(signs())
    knots = _knots(moments.table, names)
    table = bent(moments.table, knots)
    middle, spread = table.mean(axis=0), table.std(axis=0) + _RARE
    directions = np.array([signs()[names[place]] for place, _ in knots])
    weights, bias = _fitted((table - middle) / spread, moments, directions)
    weights = weights / spread
    bends = [
        Bend(names[place], round(knot, _DIGITS), round(float(weight), _DIGITS))
        for (place, knot), weight in zip(knots, weights, strict=True)
    ]
    bias -= float((weights * middle).sum())
    kept = tuple(b for b in bends if b.weight != 0)
    return Judgement(kept, round(bias, _DIGITS), 0.0, 1.0, {"moments": len(moments.table)})


def _knots(table: Floats, names: Sequence[str]) -> list[tuple[int, float]]:
    """(column, knot): each number counts up to the most that was seen, and is bent where ``KNOTS`` say."""
    found = [(place, float(most)) for place, most in enumerate(table.max(axis=0))]
    for place, name in enumerate(names):
        there = table[table[:, place] > 0, place]
        if len(there) and not name.startswith(_UNBENT):
            found += [(place, float(knot)) for knot in np.quantile(there, KNOTS)]
    return found


def _fitted(table: Floats, moments: Moments, directions: Indexes) -> tuple[Floats, float]:
    """Weights and bias of a logistic regression, each weight on its side of zero."""
    truth, counts = moments.trouble, _balanced(moments)
    width = table.shape[1]

    def loss(point: Floats) -> tuple[float, Floats]:
        log_odds = table @ point[:width] + point[width]
        chances = 1 / (1 + np.exp(-log_odds))
        value = (counts * (np.logaddexp(0, log_odds) - truth * log_odds)).sum()
        slope = table.T @ (counts * (chances - truth)) + point[:width] / _C
        penalty = (point[:width] ** 2).sum() / (2 * _C)
        return float(value + penalty), np.append(slope, (counts * (chances - truth)).sum())

    sides = [(0, None) if way > 0 else (None, 0) for way in directions.tolist()]
    found = minimize(
        loss,
        np.zeros(width + 1),
        jac=True,
        method="L-BFGS-B",
        bounds=[*sides, (None, None)],
        options={"maxiter": 1_000},
    )
    return np.asarray(found.x[:width]), float(found.x[width])


def _balanced(moments: Moments) -> Floats:
    """Troubles together weigh as much as quiet, and all weights are one a moment in the mean."""
    counts = moments.weights.copy()
    bad = moments.trouble == 1
    counts[bad] *= counts[~bad].sum() / counts[bad].sum()
    return np.asarray(counts * (len(counts) / counts.sum()))
