"""The seam of noticing by reactions: what a detector that looks at a single post's counts must do."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from wanglou.domain.item import Followed
from wanglou.domain.mention import SeenMention
from wanglou.domain.signal import Signal


class GrowthDetector(Protocol):
    """Looks at a post each time its reactions were counted. It keeps no state: the counts are in storage."""

    @property
    def kind(self) -> str:
        """The name of its module, which is the kind of its signals."""
        ...

    @property
    def memory(self) -> timedelta:
        """How far back it wants to see how other posts grew."""
        ...

    def is_worth_a_look(self, post: Followed) -> bool:
        """Whether the post grew enough to ask how others did; most have not."""
        ...

    def look(
        self, post: Followed, mentions: Sequence[SeenMention], others: Sequence[Followed], now: datetime
    ) -> list[Signal]:
        """What stands out at the post's newest count, one signal a brand it is about.

        ``others``: posts of the same place, those of the same author among them.
        """
        ...


class GrowthDetectorFactory(Protocol):
    """A kind's ``PLUGIN``: builds the detector."""

    def __call__(self) -> GrowthDetector:
        """Build the detector."""
        ...
