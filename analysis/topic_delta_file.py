"""The part of a delta's file about topics: three tables, and what stands of them in the header."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.features import BUCKETS
from analysis.model import BadWeightsError
from analysis.topic_delta import TopicDelta
from analysis.topic_model import TOPICS, known_words, topics_id

TABLES = ("topic_buckets", "topic_grams", "topic_words")


def header_of(delta: TopicDelta) -> dict[str, Any]:
    """What the header says of this part."""
    return {"base": delta.base, "names": list(TOPICS), "steps": delta.steps, "about": delta.about}


def tables_of(delta: TopicDelta) -> dict[str, NDArray[Any]]:
    """The tables by name."""
    return dict(zip(TABLES, (delta.buckets, delta.grams, delta.words), strict=True))


def topics_of(said: object, tables: list[NDArray[Any]], name: str, remedy: str) -> TopicDelta:
    """The part of a file; ``name`` says in errors which. Raises BadWeightsError."""
    if not isinstance(said, dict) or not _says_enough(said):
        raise BadWeightsError(f"{name}: its part about topics is no such part; {remedy}")
    if said["base"] != topics_id() or said["names"] != list(TOPICS):
        raise BadWeightsError(
            f"{name}: learnt on other topics or weak words than these; learn it anew with wanglou train "
            "--corrections --take, or go to wanglou train --shipped"
        )
    if not _tables_fit(*tables):
        raise BadWeightsError(f"{name}: its tables about topics have another form; {remedy}")
    buckets, grams, words = tables
    first, second = said["steps"]
    return TopicDelta(said["base"], buckets, grams, words, (first, second), said["about"])


def _says_enough(said: dict[str, Any]) -> bool:
    steps = said.get("steps")
    return (
        isinstance(said.get("base"), str)
        and isinstance(said.get("names"), list)
        and isinstance(said.get("about"), dict)
        and isinstance(steps, list)
        and len(steps) == 2  # noqa: PLR2004 -- n-grams and weak words
        and all(isinstance(step, float) and math.isfinite(step) and step >= 0 for step in steps)
    )


def _tables_fit(buckets: object, grams: object, words: object) -> bool:
    """Whether they can be looked up in without a look outside them."""
    if not isinstance(buckets, np.ndarray) or buckets.dtype != np.int32 or buckets.ndim != 1:
        return False
    ascends = bool(np.all(np.diff(buckets.astype(np.int64)) > 0))
    inside = not len(buckets) or (buckets[0] >= 0 and buckets[-1] < BUCKETS)
    forms = ((grams, (len(buckets), len(TOPICS))), (words, (len(known_words()), len(TOPICS))))
    fit = [isinstance(t, np.ndarray) and t.dtype == np.int8 and t.shape == shape for t, shape in forms]
    return bool(ascends and inside and all(fit))
