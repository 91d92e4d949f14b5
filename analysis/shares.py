"""Whether the share of negative voices is higher than it usually is, given how many spoke."""

from math import exp, lgamma

import numpy as np

from analysis.extremes import Floats

PRIOR_SHARE = 0.2
PRIOR_VOICES = 10.0
"""Before a brand is known, one voice in five is taken to be negative, believed like ten voices."""

CORRELATION = 0.1
"""Voices of one hour agree more than independent ones: the beta-binomial's intra-class correlation."""


def usual_share(negatives: Floats, voices: Floats) -> Floats:
    """The share to expect of each series after a week with these sums."""
    return (negatives + PRIOR_SHARE * PRIOR_VOICES) / (voices + PRIOR_VOICES)


def exactly(negatives: int, voices: int, share: float) -> float:
    """Probability of just so many ``negatives``: ``tail`` is no less, and takes twenty times as long."""
    a, b = _strengths(share)
    rest = voices - negatives
    ways = lgamma(voices + 1) - lgamma(negatives + 1) - lgamma(rest + 1)
    return exp(ways + _log_beta(a + negatives, b + rest) - _log_beta(a, b))


def tail(negatives: int, voices: int, share: float) -> float:
    """Probability of at least ``negatives`` among ``voices`` where ``share`` is usual (beta-binomial)."""
    a, b = _strengths(share)
    k = np.arange(voices)
    ratios = np.log(voices - k) - np.log(k + 1) + np.log(a + k) - np.log(b + voices - k - 1)
    logs = np.concatenate([[0.0], np.cumsum(ratios)])
    weights = np.exp(logs - logs.max())
    return float(weights[negatives:].sum() / weights.sum())


def _strengths(share: float) -> tuple[float, float]:
    strength = 1.0 / CORRELATION - 1.0
    return share * strength, (1.0 - share) * strength


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
