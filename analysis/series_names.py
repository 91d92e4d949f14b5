"""The names under which a detector's state keeps its series."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wanglou.domain.source import SourceClass
from wanglou.domain.volume import Series

_SEPARATOR = "\x1f"  # cannot stand in an id or in a name typed by a person


def name_of(series: Series) -> str:
    """The name under which a state keeps a series."""
    return _SEPARATOR.join((series.client, series.brand, series.source_class or ""))


def names_of(series: Sequence[Series]) -> NDArray[np.str_]:
    """The names of many, in their order; written out, for every look asks for those of all."""
    if not series:
        return np.array([], dtype="U1")
    return np.array([_SEPARATOR.join((s.client, s.brand, s.source_class or "")) for s in series], dtype=str)


def series_named(name: str) -> Series:
    """The series that ``name_of`` named."""
    client, brand, source_class = name.split(_SEPARATOR)
    return Series(client, brand, SourceClass(source_class) if source_class else None)
