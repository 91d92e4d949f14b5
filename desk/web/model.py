"""The part of the health page about what reads: which model, how good it was found to be."""

from collections.abc import Mapping
from dataclasses import dataclass

from desk.web.rendering import Reader
from wanglou.domain.model import DeltaState, ModelCard
from wanglou.domain.person import HOUSE
from wanglou.domain.reason import Reason

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
        "delta_taken": _taken(delta),
        "drift": card.drift if card and reader.access.may_see(HOUSE) else None,
        "delta_waits": bool(card and card.version and not delta.is_read_with(card.version)),
    }


def _taken(delta: DeltaState) -> Reason | None:
    """From how many corrections it was learnt, and when it was taken."""
    if delta.taken_at is None:
        return None
    return Reason("health_delta_taken", {"lessons": delta.lessons, "at": delta.taken_at.isoformat()})
