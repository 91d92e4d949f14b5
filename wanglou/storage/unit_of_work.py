"""One transaction with all repositories in it."""

from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine

from wanglou.ports import (
    Changes,
    Clocks,
    Competitors,
    Copies,
    Corrections,
    Deliveries,
    DetectorStates,
    Incidents,
    Items,
    Jobs,
    Leases,
    Mentions,
    Meta,
    Plans,
    Readings,
    Signals,
    SignIns,
    SourceStates,
    Volumes,
)
from wanglou.storage.changes import SqlChanges
from wanglou.storage.clocks import SqlClocks
from wanglou.storage.competitors import SqlCompetitors
from wanglou.storage.copies import SqlCopies
from wanglou.storage.corrections import SqlCorrections
from wanglou.storage.detectors import SqlDetectorStates
from wanglou.storage.incidents import SqlIncidents
from wanglou.storage.items import SqlItems
from wanglou.storage.jobs import SqlJobs
from wanglou.storage.leases import SqlLeases, SqlMeta
from wanglou.storage.mentions import SqlMentions
from wanglou.storage.outbox import SqlDeliveries
from wanglou.storage.people import SqlSignIns
from wanglou.storage.plans import SqlPlans
from wanglou.storage.readings import SqlReadings
from wanglou.storage.signals import SqlSignals
from wanglou.storage.sources import SqlSourceStates
from wanglou.storage.turns import Turns
from wanglou.storage.volumes import SqlVolumes


class SqlUnitOfWork:
    """The ``UnitOfWork`` port: a connection from the pool, given back at the end of the block.

    ``engine`` decides how transactions begin; ``turns`` in which order this process's threads write, where
    the database keeps none. What ends the block without a commit is undone.
    """

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

    def __init__(self, engine: Engine, turns: Turns | None = None) -> None:
        self._engine = engine
        self._turns = turns

    def __enter__(self) -> Self:
        if self._turns is not None:
            self._turns.take()
        try:
            self.connection = connection = self._begun()
        except BaseException:
            self._end_turn()
            raise
        self.items = SqlItems(connection)
        self.copies = SqlCopies(connection)
        self.mentions = SqlMentions(connection)
        self.competitors = SqlCompetitors(connection)
        self.corrections = SqlCorrections(connection)
        self.volumes = SqlVolumes(connection)
        self.sources = SqlSourceStates(connection)
        self.detectors = SqlDetectorStates(connection)
        self.signals = SqlSignals(connection)
        self.incidents = SqlIncidents(connection)
        self.plans = SqlPlans(connection)
        self.clocks = SqlClocks(connection)
        self.deliveries = SqlDeliveries(connection)
        self.changes = self._changes = SqlChanges(connection)
        self.sign_ins = SqlSignIns(connection)
        self.leases = SqlLeases(connection)
        self.meta = SqlMeta(connection)
        self.jobs = SqlJobs(connection)
        self.readings = SqlReadings(connection)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.connection.close()  # rolls back what was not committed
        finally:
            self._end_turn()

    def _begun(self) -> Connection:
        connection = self._engine.connect()
        try:
            connection.begin()
        except BaseException:
            connection.close()
            raise
        return connection

    def _end_turn(self) -> None:
        if self._turns is not None:
            self._turns.end()

    def commit(self) -> None:
        """Make it so; a statement after this begins a new transaction."""
        self._changes.write_noted()
        self.connection.commit()
