"""Something stood out in the numbers or the words; not yet judged."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wanglou.domain.reason import Reason
from wanglou.domain.source import SourceClass
from wanglou.domain.span import Span
from wanglou.domain.volume import BUCKET, bucket_of


class Polarity(StrEnum):
    """Whether what stood out is trouble, praise, or only much talk."""

    NEG = "neg"
    NEU = "neu"
    POS = "pos"


@dataclass(frozen=True, slots=True)
class Signal:
    """What a detector saw, once per episode.

    ``kind`` is the detector's name. ``source_class`` is None when the brand stood out over all classes.
    ``strength`` is comparable between brands: 0 is just worth saying, 1 is grave, more is graver still.
    ``at`` is when it stood out ("happened"): a moment inside the 5-minute bucket that did; ``seen_at`` is
    when we noticed. ``since`` is where the evidence begins. ``provisional`` marks a short history.
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
    def evidence(self) -> Span:
        """The span of publication times whose mentions made it stand out, its own bucket included."""
        return Span(self.since, bucket_of(self.at) + BUCKET)

    @property
    def key(self) -> str:
        """One episode has one key, however often its numbers are looked at again."""
        where = self.source_class or "all"
        return f"{self.kind}|{self.client}|{self.brand}|{where}|{self.at.isoformat()}"
