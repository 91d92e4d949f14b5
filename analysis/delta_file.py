"""The file of a delta: an npz without objects, whose ``header`` is JSON, as that of the weights."""

import hashlib
import math
from pathlib import Path
from typing import Any

import numpy as np

from analysis.archives import NOT_ONE, packed, unpacked
from analysis.delta import Delta
from analysis.features import BITS, BUCKETS
from analysis.model import BadWeightsError
from analysis.topic_delta_file import TABLES, header_of, tables_of, topics_of

FORMAT = 1
"""Of a delta about sentiment alone; whose files of earlier days stay what they are."""

WITH_TOPICS = 2
"""Of a delta that has a part about topics too."""

LARGEST = 8 * 1024 * 1024
"""Bytes: four times what both tables take when nothing in them is zero."""


def save_delta(delta: Delta) -> bytes:
    """The file. The same delta gives the same bytes."""
    header: dict[str, Any] = {
        "format": FORMAT,
        "bits": BITS,
        "base": delta.base,
        "steps": delta.steps,
        "about": delta.about,
    }
    tables: dict[str, Any] = {"polarity": delta.polarity, "neutral": delta.neutral}
    if delta.topics is not None:
        header.update(format=WITH_TOPICS, topics=header_of(delta.topics))
        tables.update(tables_of(delta.topics))
    return packed(header, tables)


def load_delta(path: Path) -> Delta:
    """Read a delta file; its sha256 is the delta's id. Raises BadWeightsError, OSError."""
    if path.stat().st_size > LARGEST:
        raise BadWeightsError(f"{path}: not a delta: larger than {LARGEST // 1024**2} MB; {_REMEDY}")
    return delta_of(path.read_bytes(), str(path))


def delta_of(data: bytes, name: str) -> Delta:
    """The delta of a file's bytes; ``name`` says in errors which. Raises BadWeightsError."""
    try:
        header, (polarity, neutral) = unpacked(data, "polarity", "neutral")
        has_topics = isinstance(header, dict) and header.get("format") == WITH_TOPICS
        tables = unpacked(data, *TABLES)[1] if has_topics else []
    except NOT_ONE as error:
        raise BadWeightsError(f"{name}: not a delta, or half of one ({error}); {_REMEDY}") from error
    tables_fit = all(_is_table(table) for table in (polarity, neutral))
    if not isinstance(header, dict) or not tables_fit or not _says_enough(header):
        raise BadWeightsError(f"{name}: a delta of another format, or with numbers that are none; {_REMEDY}")
    return Delta(
        base=header["base"],
        polarity=polarity,
        neutral=neutral,
        steps=(float(header["steps"][0]), float(header["steps"][1])),
        about=header["about"],
        id=hashlib.sha256(data).hexdigest(),
        topics=topics_of(header.get("topics"), tables, name, _REMEDY) if has_topics else None,
    )


def _is_table(found: object) -> bool:
    return isinstance(found, np.ndarray) and found.dtype == np.int8 and found.shape == (BUCKETS,)


def _says_enough(header: dict[str, Any]) -> bool:
    steps = header.get("steps")
    return (
        header.get("format") in (FORMAT, WITH_TOPICS)
        and header.get("bits") == BITS
        and isinstance(header.get("base"), str)
        and isinstance(header.get("about"), dict)
        and isinstance(steps, list)
        and len(steps) == 2  # noqa: PLR2004 -- one a table
        and all(isinstance(step, float) and math.isfinite(step) and step >= 0 for step in steps)
    )


_REMEDY = "go back with wanglou train --back, or learn anew with wanglou train --corrections --take"
