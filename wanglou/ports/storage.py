"""The place where rows live, and its transactions."""

from types import TracebackType
from typing import Protocol, Self

from wanglou.ports.collecting import Copies, Items, SourceStates
from wanglou.ports.handling import Changes, Clocks, Deliveries, Incidents, Plans
from wanglou.ports.noticing import DetectorStates, Signals, Volumes
from wanglou.ports.people import SignIns
from wanglou.ports.reading import Competitors, Corrections, Mentions, Readings
from wanglou.ports.running import Jobs, Leases, Meta


class UnitOfWork(Protocol):
    """One transaction. Leaving the block without ``commit`` undoes everything."""

    items: Items
    copies: Copies
    mentions: Mentions
    competitors: Competitors
    corrections: Corrections
    volumes: Volumes
    sources: SourceStates
    detectors: DetectorStates
    signals: Signals
    incidents: Incidents
    plans: Plans
    clocks: Clocks
    deliveries: Deliveries
    changes: Changes
    sign_ins: SignIns
    leases: Leases
    meta: Meta
    jobs: Jobs
    readings: Readings

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def commit(self) -> None:
        """Make it so. May be called more than once in a block; what follows is a new transaction."""
        ...


class StorageUnavailableError(Exception):
    """The place where rows live cannot be used just now: locked, full, gone. Nothing was half written.

    The message is a sentence that says what to do; what was tried may be tried again later.
    """


class Storage(Protocol):
    """Where rows live."""

    def begin(self) -> UnitOfWork:
        """A unit of work that may write; on SQLite it takes the write lock at once."""
        ...

    def look(self) -> UnitOfWork:
        """A unit of work that only reads: a consistent picture that blocks no writer."""
        ...
