"""Far more is said of a brand than on its own loudest hours and days: launch, praise or trouble."""

from collections.abc import Mapping

from analysis.detectors._sight import Settings, Sight
from analysis.detectors._surge import VOICES, Surge
from wanglou.domain.signal import Polarity

MOSTLY_NEGATIVE = 0.4
"""From two negative voices in five a burst is taken for trouble; usual shares lie near one in five."""


def burst(settings: Mapping[str, float]) -> Surge:
    """Watch all voices. Settings: ``bar``, ``grave``, ``floor``, ``soft``, ``day_begins``."""
    return Surge(
        "burst", VOICES, tests_share=False, settings=Settings().changed("burst", settings), polarity=_polarity
    )


def _polarity(sight: Sight) -> Polarity:
    return Polarity.NEG if sight.share >= MOSTLY_NEGATIVE else Polarity.NEU


PLUGIN = burst
