"""What reads: the shipped model as its card tells of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A set of sentiment weights. ``id``: sha256 of the file; ``texts``: how many it was learnt from.

    ``figures``: name → share of 1, measured on texts kept back. ``version``: the name of everything that
    the stored readings depend on (weights, rules, words), None where no worker has told it yet.
    ``trained_on`` is None where the file does not say. A verdict less likely than ``unsure_below`` is marked.
    """

    id: str
    trained_on: date | None
    texts: int
    figures: Mapping[str, float]
    unsure_below: float
    version: str | None = None
