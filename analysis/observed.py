"""How much of each brand was observed, as detectors count it that must know so much before they judge."""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from analysis.detector import Arrays
from analysis.series_names import series_named
from wanglou.domain.volume import WARM_UP

COUNTED = "observed"
"""The array of a state in which such a detector counts the buckets that were observed of each series."""

Brand = tuple[str, str]


def observed(states: Iterable[Arrays]) -> dict[Brand, int]:
    """(client, brand) → buckets observed of it, no further than ``WARM_UP``, by the detector that had least.

    A brand's are those of the sum over its classes; one class blind makes no brand unknown.
    """
    least: dict[Brand, int] = {}
    for state in states:
        counted = state[COUNTED].tolist()
        for brand, column in _wholes(state["series"].tobytes(), state["series"].dtype.str):
            least[brand] = min(int(counted[column]), least.get(brand, WARM_UP))
    return least


@lru_cache(maxsize=4)
def _wholes(names: bytes, dtype: str) -> tuple[tuple[Brand, int], ...]:
    """The brands of a state, each with the column of its sum, or of its only class."""
    found: dict[Brand, int] = {}
    for column, name in enumerate(np.frombuffer(names, dtype).tolist() if names else ()):
        series = series_named(name)
        brand = (series.client, series.brand)
        if brand not in found or series.source_class is None:
            found[brand] = column
    return tuple(found.items())
