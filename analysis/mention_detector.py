"""The seam of noticing by words: what a detector that looks at mentions must do."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from analysis.detector import Arrays
from wanglou.domain.mention import Mention, Said, SeenMention
from wanglou.domain.signal import Signal
from wanglou.domain.source import SourceClass


class Listener(Protocol):
    """What every detector of words says of itself."""

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
        """How far back it wants to see a brand's mentions, or what they said."""
        ...


class MentionDetector(Listener, Protocol):
    """Looks at one brand each time mentions of it arrive. It keeps nothing: what it needs is in storage."""

    def look(self, seen: Sequence[SeenMention], arrived: Collection[str], now: datetime) -> list[Signal]:
        """What stands out at the mentions that just ``arrived`` (item keys), among all ``seen`` of one brand.

        Judged in the order of event time, each with what was published until then.
        """
        ...


@runtime_checkable
class LearningDetector(Listener, Protocol):
    """One that must know more of a brand than can be looked through each time: it learns its older mentions.

    What it learnt is a cache of fixed size a brand, made anew from the mentions when it is lost. It goes by
    what people say, so that a look through days of talk costs no reading of how each mention was judged.
    """

    @property
    def enough(self) -> int:
        """With fewer voices within ``near`` it says nothing."""
        ...

    @property
    def lag(self) -> timedelta:
        """Mentions are learnt when they are so much older than what is looked at."""
        ...

    @property
    def near(self) -> timedelta:
        """How far back shows whether it may have something to say; what lies before can only silence it."""
        ...

    @property
    def reach(self) -> timedelta:
        """How far before that a lost state is learnt anew from."""
        ...

    def start(self) -> Arrays:
        """The state of a brand that was never spoken of."""
        ...

    def is_worth_a_look(self, mention: Mention) -> bool:
        """Whether this mention may make it speak; most do not."""
        ...

    def look(self, said: Sequence[Said], arrived: Collection[str], now: datetime) -> list[Signal]:
        """What stands out where these just ``arrived`` (item keys), as a ``MentionDetector`` says it."""
        ...

    def learn(self, state: Arrays, said: Sequence[Said]) -> Arrays:
        """The state after this was said of the brand. Raises UnreadableStateError."""
        ...

    def knowing(self, state: Arrays) -> "LearningDetector":
        """The detector as it looks at the brand of this state. Raises UnreadableStateError."""
        ...


class MentionDetectorFactory(Protocol):
    """A kind's ``PLUGIN``: builds the detector.

    One that has ``of_agency`` is built by it, with the agency's config and the words Chinese has anyway.
    """

    def __call__(self) -> MentionDetector | LearningDetector:
        """Build the detector."""
        ...
