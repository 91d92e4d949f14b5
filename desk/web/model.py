"""The part of the health page about what reads: which model, how good it was found to be."""

from collections.abc import Mapping
from dataclasses import dataclass

from desk.web.rendering import Reader
from wanglou.domain.model import DeltaState, ModelCard

FIGURES = ("two_class", "weibo", "polarity", "three_class", "macro_f1", "two_class_ece", "three_class_ece")
"""The card's figures in the order they are shown; each has a sentence of its own."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the card as a share of 1."""

    name: str
    share: float


def model_facts(reader: Reader) -> Mapping[str, object]:
    """What ``_model.html`` shows; ``model`` is None where nobody can say what reads."""
    card: ModelCard | None = reader.ports.model()
    figures = card.figures if card else {}
    delta = card.delta if card else DeltaState()
    return {
        "model": card,
        "figures": [Figure(name, figures[name]) for name in FIGURES if name in figures],
        "delta": delta,
        "delta_waits": bool(card and card.version and not delta.is_read_with(card.version)),
    }
