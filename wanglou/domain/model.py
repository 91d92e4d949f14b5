"""What reads: the shipped model as its card tells of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from wanglou.domain.drift import Drift


@dataclass(frozen=True, slots=True)
class DeltaState:
    """The delta that is chosen to read with. ``id`` is empty where none is: as shipped.

    ``lessons``: corrections it was learnt from; ``shares``: accuracy on the floor set and on corrections kept
    back, (before it, with it), by the names ``floor`` and ``held``. ``trouble``: why it cannot be used, so
    that texts are read as shipped; empty where it can.
    """

    id: str = ""
    taken_at: datetime | None = None
    lessons: int = 0
    shares: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    trouble: str = ""

    def is_read_with(self, version: str) -> bool:
        """Whether readings of this version were made with what is chosen, as far as it can be used."""
        used = "" if self.trouble else self.id
        with_delta = version.partition("@")[0].partition("+")[2]
        return used.startswith(with_delta) if with_delta else not used


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A set of sentiment weights. ``id``: sha256 of the file; ``texts``: how many it was learnt from.

    ``figures``: name → share of 1, measured on texts kept back. ``version``: the name of everything that
    the stored readings depend on (weights, rules, words), None where no worker has told it yet.
    ``trained_on`` is None where the file does not say. A verdict less likely than ``unsure_below`` is marked.
    ``delta``: what corrections add; ``drift``: how its verdicts went lately.
    """

    id: str
    trained_on: date | None
    texts: int
    figures: Mapping[str, float]
    unsure_below: float
    version: str | None = None
    delta: DeltaState = field(default_factory=DeltaState)
    drift: Drift = field(default_factory=Drift)
