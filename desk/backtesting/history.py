"""The seam of backtests: where history comes from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from desk.backtesting.result import Past
from desk.recorded import Sighting, recorded
from desk.replaying import fully_seen
from wanglou.domain.item import Item
from wanglou.domain.person import Access
from wanglou.domain.span import Span
from wanglou.domain.volume import ExposureRow


class History(Protocol):
    """What was seen, what could be seen, and what people knew. Asked more than once, it says the same."""

    @property
    def sources(self) -> Mapping[str, Item]:
        """Source → an item of it, where a config need not name the sources."""
        ...

    def bounds(self) -> Span | None:
        """From the first sighting to after the last; None where there is none."""
        ...

    def sightings(self, span: Span) -> Iterator[Sighting]:
        """What could be seen in ``span``, oldest first."""
        ...

    def exposure(self, span: Span) -> Sequence[ExposureRow]:
        """What share of each class could be seen in the buckets that start in ``span``."""
        ...

    def past(self, access: Access, span: Span) -> list[Past]:
        """The incidents of then, as far as the history knows any."""
        ...


@dataclass(frozen=True, slots=True)
class Recording:
    """History from files in order; it knows no incidents."""

    files: Sequence[Path]
    sources: Mapping[str, Item]
    known: Span | None = field(default=None)

    def bounds(self) -> Span | None:
        """From the first sighting to after the last."""
        return self.known

    def sightings(self, span: Span) -> Iterator[Sighting]:
        """The recorded lines of the span."""
        return (s for s in recorded(self.files) if s.visible_at in span)

    def exposure(self, span: Span) -> Sequence[ExposureRow]:
        """Nothing is recorded of it."""
        return fully_seen(span)

    def past(self, access: Access, span: Span) -> list[Past]:
        """None: a recording holds what was said, not what people made of it."""
        del access, span
        return []
