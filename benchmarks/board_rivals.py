"""The sum set by hand that decided on hot lists before a judgement was learnt; kept as a rival."""

import math
from collections.abc import Sequence
from datetime import datetime

from analysis.board_features import FADES, RECENT, SHORT, SUREST, Title, known_at, surprise, usual_titles

_CALM_SHARE, _SURPRISE, _MOST_SURPRISE = 0.4, 0.6, 4.0


def hand_set_sum(titles: Sequence[Title], at: datetime) -> float:
    """Fading with 12 h, how sure each title's trouble is less a share of its calm, plus surprise."""
    known = known_at(titles, at)
    recent = [t for t in known if t.at > at - RECENT]
    surprised = min(surprise(recent, at, usual_titles(known, at), SHORT), _MOST_SURPRISE)
    return sum(math.exp(-((at - t.at) / FADES[1])) * _weight(t.p_neg) for t in recent) + _SURPRISE * surprised


def _weight(p_neg: float) -> float:
    return -math.log1p(-min(p_neg, SUREST)) - _CALM_SHARE * (1 - p_neg)
