"""Far more negative voices than ever of late, or a far larger share of them."""

from collections.abc import Mapping

from analysis.detectors._sight import Settings, Sight
from analysis.detectors._surge import NEGATIVES, Surge
from wanglou.domain.signal import Polarity

FLOOR = 3.0
SOFT = 6.0
"""Negative posts within the hour; a burst's floor of ten holds three or four where talk turns bad. Half a
burst's softness keeps three angry posts in an ordinary week quiet and five in an hour not."""


def negative_surge(settings: Mapping[str, float]) -> Surge:
    """Watch negatives and their share. Settings: ``bar``, ``grave``, ``floor``, ``soft``, ``day_begins``."""
    chosen = Settings(floor=FLOOR, soft=SOFT).changed("negative_surge", settings)
    return Surge("negative_surge", NEGATIVES, tests_share=True, settings=chosen, polarity=_polarity)


def _polarity(sight: Sight) -> Polarity:  # noqa: ARG001 -- the seam hands the sight to every detector
    return Polarity.NEG


PLUGIN = negative_surge
