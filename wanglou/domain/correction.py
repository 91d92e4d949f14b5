"""What a person said about a reading, and stands above the model's word."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CorrectionKind(StrEnum):
    """What was wrong: the brand meant, how it feels for the brand, or the kind of trouble."""

    BRAND = "brand"
    SENTIMENT = "sentiment"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's word on a mention and all copies of it.

    ``before`` and ``after`` by kind. Sentiment: ``neg``, ``neu``, ``pos``, with ``?`` behind where unsure.
    Topic: topics with commas between, empty for none. Brand: the brand meant, empty where none is.
    ``undone_at`` is None while it stands. ``id`` is 0 before it is stored.
    """

    client: str
    brand: str
    group: str
    item_key: str
    kind: CorrectionKind
    before: str
    after: str
    by: str
    at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None
    id: int = 0

    @property
    def stands(self) -> bool:
        """Whether nobody took it back."""
        return self.undone_at is None


def group_there(group: str, brand: str) -> str:
    """The group of a story's copies once a person moved them to another brand."""
    return f"{group}>{brand}"


def group_before(group: str, brand: str) -> str:
    """The group that copies of ``brand`` had before a person moved them there; their own if none did."""
    return group.removesuffix(f">{brand}")
