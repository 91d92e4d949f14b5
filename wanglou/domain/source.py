"""Where we look, and whether we can see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from wanglou.domain.reason import Reason


class SourceClass(StrEnum):
    """Kinds of place that behave alike; volume is counted per class."""

    NEWS = "news"
    SOCIAL = "social"
    FORUM = "forum"
    VIDEO = "video"
    BOARD = "board"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """One place to look, as ``config/sources.yaml`` states it.

    ``kind`` names the module under ``crawlers/sources``; ``options`` is what only that kind understands.
    ``reach`` is the readers one item of this place is taken to have when the item itself says nothing.
    ``silent_after``: with no new item for this long the source is no longer believed to be live.
    ``allow_private`` lists private origins (host:port) that this source alone may enter. One that is not
    ``enabled`` is checked and can be tried by hand, and nobody looks at it.
    """

    id: str
    name: str
    kind: str
    url: str
    source_class: SourceClass
    every: timedelta
    silent_after: timedelta
    reach: int
    allow_private: tuple[str, ...] = ()
    options: Mapping[str, str | int | float | bool] = field(default_factory=lambda: MappingProxyType({}))
    enabled: bool = True


class SourceState(StrEnum):
    """What a source's last rounds say of it."""

    UNKNOWN = "unknown"  # not looked at yet
    LIVE = "live"
    LATE = "late"  # its round is overdue
    SILENT = "silent"  # answers, but nothing new for longer than it should
    BLOCKED = "blocked"  # cannot be read

    @property
    def sees(self) -> bool:
        """Whether quiet from this source means that nothing happened."""
        return self in {SourceState.LIVE, SourceState.LATE}


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """What is known of one source after its last round."""

    source: str
    state: SourceState
    since: datetime
    checked_at: datetime | None = None
    next_at: datetime | None = None
    last_item_at: datetime | None = None
    failures: int = 0
    trouble: Reason | None = None


@dataclass(frozen=True, slots=True)
class Validators:
    """What a page told us to send back, so that an unchanged page costs nothing.

    ``digest`` is the sha256 of the body last read: some places keep the same ETag after changing.
    ``asked_plainly_at`` is when the page was last fetched without validators.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    asked_plainly_at: datetime | None = None
