"""The seam of noticing by words: what a detector that looks at mentions must do."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from wanglou.domain.mention import SeenMention
from wanglou.domain.signal import Signal
from wanglou.domain.source import SourceClass


class MentionDetector(Protocol):
    """Looks at one brand each time mentions of it arrive. It keeps no state: what it needs is in storage."""

    @property
    def kind(self) -> str:
        """The name of its module, which is the kind of its signals."""
        ...

    @property
    def source_class(self) -> SourceClass | None:
        """The class of sources it looks at; None means all of them."""
        ...

    @property
    def memory(self) -> timedelta:
        """How far back it wants to see a brand's mentions."""
        ...

    def look(self, seen: Sequence[SeenMention], arrived: Collection[str], now: datetime) -> list[Signal]:
        """What stands out at the mentions that just ``arrived`` (item keys), among all ``seen`` of one brand.

        Judged in the order of event time, each with what was published until then.
        """
        ...


class MentionDetectorFactory(Protocol):
    """A kind's ``PLUGIN``: builds the detector. One that has ``worded`` is built by it, with the lexicon."""

    def __call__(self) -> MentionDetector:
        """Build the detector."""
        ...
