"""Far more negative voices than ever of late, or a far larger share of them."""

from collections.abc import Mapping

from analysis.detectors._surge import NEGATIVES, Settings, Sight, Surge
from wanglou.domain.signal import Polarity

FLOOR = 3.0
"""Negative posts within the hour; one voice in three or four of a burst's floor of ten."""


def negative_surge(settings: Mapping[str, float]) -> Surge:
    """The detector ``negative_surge``. Settings: ``bar``, ``grave``, ``floor``, ``day_begins``."""
    chosen = Settings(floor=FLOOR).changed("negative_surge", settings)
    return Surge("negative_surge", NEGATIVES, tests_share=True, settings=chosen, polarity=_polarity)


def _polarity(sight: Sight) -> Polarity:  # noqa: ARG001 -- the seam hands the sight to every detector
    return Polarity.NEG


PLUGIN = negative_surge
