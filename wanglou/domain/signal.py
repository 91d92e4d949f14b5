"""Something stood out in the numbers or the words; not yet judged."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wanglou.domain.reason import Reason
from wanglou.domain.source import SourceClass


class Polarity(StrEnum):
    """Whether what stood out is trouble, praise, or only much talk."""

    NEG = "neg"
    NEU = "neu"
    POS = "pos"


@dataclass(frozen=True, slots=True)
class Signal:
    """What a detector saw, once per episode.

    ``kind`` is the detector's name. ``source_class`` is None when the brand stood out over all classes.
    ``strength`` is comparable between brands: 0 is just worth saying, 1 is grave. ``since`` … ``at`` is
    the span in event time whose mentions are the evidence; ``at`` is when it stood out ("happened"),
    ``seen_at`` when we noticed. ``provisional`` marks a short history.
    """

    kind: str
    client: str
    brand: str
    source_class: SourceClass | None
    since: datetime
    at: datetime
    seen_at: datetime
    polarity: Polarity
    strength: float
    because: Reason
    provisional: bool = False

    @property
    def key(self) -> str:
        """One episode has one key, however often its numbers are looked at again."""
        where = self.source_class or "all"
        return f"{self.kind}|{self.client}|{self.brand}|{where}|{self.at.isoformat()}"
