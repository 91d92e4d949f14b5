"""Learns to tell the kinds of texts apart, and how far pos against neg is to be believed in each."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from analysis.kinds import ROWS, Floats, Kinds, rows_of
from analysis.ngrams import END, Numbers

_MOST = 80_000
"""Texts learnt from: more do not tell kinds apart better."""

_ROUNDS = 40
_FORCE = {"kinds": 10.0, "reach": 1.0}

Names = NDArray[np.str_]
Bools = NDArray[np.bool_]


def characters(points: Numbers) -> sparse.csr_matrix:
    """How often each row's characters, and the END before, stand in a text, over the root of its length."""
    ends = np.flatnonzero(points == END)
    lengths = np.diff(ends)
    weigh = np.repeat(1 / np.sqrt(lengths), lengths).astype(np.float32)
    shape = (len(lengths), ROWS)
    table = sparse.csr_matrix((weigh, rows_of(points[:-1]), ends), shape=shape)
    table.sum_duplicates()
    return table


def learn_kinds(told: sparse.csr_matrix, corpus: Names, names: Names) -> Kinds:
    """Kinds without reach and band, from the ``characters`` of texts and where each comes from.

    ``names``: the kinds in order; one that none of the texts is of is learnt to be unlikely.
    """
    chosen = np.random.default_rng(0).permutation(len(corpus))[:_MOST]
    kind = np.searchsorted(names, corpus)
    weights, bias = _regression(told[chosen], np.eye(len(names))[kind[chosen]])
    step = max(float(np.abs(weights).max()), 1e-9) / 127
    table = np.rint(weights / step).astype(np.int8)
    nought = np.zeros(len(names))
    return Kinds(table, step, bias, np.ones(len(names)), nought, nought)


def learn_reach(shares: Floats, polarity: Floats, is_pos: Bools) -> tuple[Floats, Floats]:
    """Stretch and lean of each kind, from texts kept back that are pos or neg."""
    unit = max(float(polarity.std()), 1e-9)
    score = polarity[:, None] / unit
    model = LogisticRegression(C=_FORCE["reach"], max_iter=2_000)
    model.fit(np.hstack([score, score * shares, shares]), is_pos)
    together, kinds = model.coef_[0, 0], shares.shape[1]
    stretch = (together + model.coef_[0, 1 : 1 + kinds]) / unit
    return np.asarray(stretch), np.asarray(model.coef_[0, 1 + kinds :] + model.intercept_[0])


def _regression(rows: sparse.csr_matrix, truth: Floats) -> tuple[Floats, Floats]:
    """Multinomial logistic regression stopped early; weights (rows, kinds), bias."""
    width, kinds = rows.shape[1], truth.shape[1]

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat[: width * kinds].reshape(width, kinds)
        logits = rows @ weights + flat[width * kinds :]
        logits -= logits.max(axis=1, keepdims=True)
        chances = np.exp(logits)
        totals = chances.sum(axis=1, keepdims=True)
        cost = np.log(totals).sum() - (truth * logits).sum() + (weights**2).sum() / 2 / _FORCE["kinds"]
        wrong = chances / totals - truth
        slope = rows.T @ wrong + weights / _FORCE["kinds"]
        return float(cost), np.concatenate([slope.ravel(), wrong.sum(axis=0)])

    start = np.zeros((width + 1) * kinds)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS}).x
    return found[: width * kinds].reshape(width, kinds), found[width * kinds :]
