"""What is asked of the crawler, and what comes back: one round is one look at one source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from crawlers.limits import Limits
from crawlers.source import RejectedLine, Source
from wanglou.domain.item import Item
from wanglou.domain.reason import Reason
from wanglou.domain.source import SourceSpec, Validators


@dataclass(frozen=True, slots=True)
class RoundRequest:
    """One source to look at now. ``validators``: URL → what its page told us to send back.

    ``pending``: addresses found on earlier pages and not read yet, in the order of their turn.
    """

    spec: SourceSpec
    source: Source
    validators: Mapping[str, Validators] = field(default_factory=lambda: MappingProxyType({}))
    pending: tuple[str, ...] = ()


class Outcome(StrEnum):
    """How a round went."""

    READ = "read"
    UNCHANGED = "unchanged"  # the place says, or its bytes say, that nothing is new
    PARTLY = "partly"  # something was read, something could not be
    FAILED = "failed"  # no page of the source could be read


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file of a drop folder that was read to its end.

    ``stamp`` is its size and time of change when read: a file that has changed since is read again.
    ``unlisted`` counts rejected lines beyond those kept in ``rejected``. ``failed`` says why nothing of
    it could be read, None where it gave items or was empty.
    """

    path: Path
    stamp: str
    rejected: tuple[RejectedLine, ...] = ()
    unlisted: int = 0
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """One look at one source; save all of it in one transaction, then ``folder.finish(finished)``.

    ``validators`` replace those of the same URL; ``pending`` replaces the source's list, None leaves it
    as it is. ``permanent``: only a person can mend ``trouble``. ``fetched`` and ``unchanged`` count pages.
    ``more``: this is part of a large round, another part of the same source follows. ``file``: the file of
    a drop folder this part comes from.
    """

    source: str
    at: datetime
    outcome: Outcome
    items: tuple[Item, ...] = ()
    validators: tuple[Validators, ...] = ()
    pending: tuple[str, ...] | None = None
    trouble: Reason | None = None
    permanent: bool = False
    fetched: int = 0
    unchanged: int = 0
    retry_after: timedelta | None = None
    finished: tuple[ReadFile, ...] = ()
    more: bool = False
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class CrawlSettings:
    """How the crawler behaves towards all sources.

    ``user_agent`` is sent as it is and matched against robots.txt by what stands before its slash.
    ``usual``: a source's own options come first. ``concurrent`` counts requests under way or waiting for
    their origin's turn. After ``round_time`` no further page of a source is asked for; what is left stays
    pending. The sooner of ``plain_after`` and ``plain_after_rounds`` brings a look without validators.
    Relative drop folders lie below ``folders_under``. A file changed less than ``settle`` ago may be growing.
    """

    user_agent: str = "WanglouMonitor/0.1 (+media monitoring; contact: the operator of this address)"
    usual: Limits = field(default_factory=Limits)
    concurrent: int = 100
    per_origin: int = 2
    retries: int = 1
    redirects: int = 5
    round_time: timedelta = timedelta(minutes=3)
    plain_after: timedelta = timedelta(hours=6)
    plain_after_rounds: int = 10
    robots_age: timedelta = timedelta(hours=12)
    folders_under: Path = Path("var")
    folder_page_bytes: int = 2_000_000
    settle: timedelta = timedelta(seconds=2)
