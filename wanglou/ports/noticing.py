"""Counts, what detectors keep, and what stood out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wanglou.domain.reason import Reason
from wanglou.domain.signal import Signal
from wanglou.domain.span import Span
from wanglou.domain.volume import ExposureRow, Observed, Series, VolumeRow


@dataclass(frozen=True, slots=True)
class BrandTotals:
    """Sums over a brand's mentions in a window; ``topics`` counts negative voices per topic value."""

    mentions: int
    voices: int
    negatives: int
    reach: int
    topics: Mapping[str, int]


class Volumes(Protocol):
    """Counts per series and bucket: the truth that detectors advance over."""

    def add(self, rows: Sequence[VolumeRow]) -> None:
        """Add these counts to what is stored."""
        ...

    def between(self, span: Span) -> list[VolumeRow]:
        """Rows whose bucket starts in ``span``, by start, then series."""
        ...

    def totals(self, client: str, brand: str, span: Span) -> BrandTotals:
        """Sums over the brand's mentions published in ``span``, from the mentions themselves."""
        ...

    def totals_in(self, client: str, brand: str, spans: Sequence[Span]) -> list[BrandTotals]:
        """The same for several spans, at least one, in their order."""
        ...

    def first(self, series: Series, span: Span, *, negative: bool) -> datetime | None:
        """When the first of the series' voices (of its negative ones) in ``span`` was published.

        None where none is stored: it was never dated, or is forgotten.
        """
        ...

    def add_exposure(self, rows: Sequence[ExposureRow]) -> None:
        """Set the exposure of class and bucket (the later word wins)."""
        ...

    def prune_exposure(self, before: datetime) -> None:
        """Forget the exposure of buckets that start before ``before``."""
        ...

    def exposure_between(self, span: Span) -> list[ExposureRow]:
        """Rows whose bucket starts in ``span``, by start, then class."""
        ...

    def observed(self) -> list[Observed]:
        """How much of each brand was observed, in no order."""
        ...

    def set_observed(self, rows: Sequence[Observed]) -> None:
        """Set it of these brands (the later word wins)."""
        ...


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A detector's state after all buckets that start before ``through``. ``state`` is an npz archive."""

    detector: str
    through: datetime
    state: bytes


class DetectorStates(Protocol):
    """Hourly checkpoints: a cache, never the truth."""

    def latest(self, detector: str) -> Checkpoint | None:
        """The checkpoint furthest on."""
        ...

    def latest_of(self, detectors: Collection[str]) -> dict[str, Checkpoint]:
        """The same of several, of those that have one."""
        ...

    def save(self, checkpoint: Checkpoint) -> None:
        """Store, replacing one of the same detector and ``through``."""
        ...

    def rewind(self, before: datetime) -> None:
        """Forget checkpoints with ``through`` > ``before``: counts behind them changed."""
        ...

    def prune(self, older_than: datetime) -> None:
        """Forget checkpoints older than this, keeping each detector's newest."""
        ...


class Signals(Protocol):
    """What stood out."""

    def add(self, signals: Sequence[Signal]) -> list[Signal]:
        """Store signals whose key is new; return those."""
        ...

    def unjudged(self) -> list[Signal]:
        """Signals no rule has looked at yet, by ``at``."""
        ...

    def mark_judged(self, keys: Collection[str], incident: str | None, suppressed: Reason | None) -> None:
        """Say what became of them: the incident they joined, or why they were kept quiet.

        A signal that is in an incident already, because a person took it up, stays there.
        """
        ...

    def take_up(self, keys: Collection[str], incident: str) -> set[str]:
        """Put signals that are in no incident into one, and return their keys.

        A rule may still hold for those that wait for one: they stay unjudged.
        """
        ...

    def move(self, gone: str, target: str) -> None:
        """Let the signals of one incident go on in another; those no rule has judged stay unjudged."""
        ...

    def hold(self, keys: Collection[str], so_far: Reason) -> set[str]:
        """Say why nobody was told so far; the signals stay unjudged. Return those held first now."""
        ...

    def kept_quiet(self, since: datetime) -> list[tuple[Signal, Reason]]:
        """Signals with ``at`` ≥ since that joined no incident, with the reason, by ``at``."""
        ...

    def recent(self, client: str, brand: str, since: datetime) -> list[Signal]:
        """Signals with ``at`` ≥ since, by ``at``."""
        ...

    def of_incident(self, incident: str) -> list[Signal]:
        """Signals that joined an incident, by ``at``."""
        ...
