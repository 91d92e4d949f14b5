"""Checkpoints of the detectors' states."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select

from wanglou.ports import Checkpoint
from wanglou.storage import tables
from wanglou.storage.upserts import keep_last

_checkpoint = tables.detector_checkpoint.c
_newer = tables.detector_checkpoint.alias("newer")

LATEST = (
    select(tables.detector_checkpoint)
    .where(_checkpoint.detector == bindparam("detector"))
    .order_by(_checkpoint.through.desc())
    .limit(1)
)
LATEST_OF = select(tables.detector_checkpoint).where(
    _checkpoint.detector.in_(bindparam("detectors", expanding=True)),
    _checkpoint.through
    == select(func.max(_newer.c.through)).where(_newer.c.detector == _checkpoint.detector).scalar_subquery(),
)
SAVE = keep_last(tables.detector_checkpoint)
REWIND = delete(tables.detector_checkpoint).where(_checkpoint.through > bindparam("before"))
PRUNE = delete(tables.detector_checkpoint).where(
    _checkpoint.through < bindparam("older_than"),
    _checkpoint.through
    < select(func.max(_newer.c.through)).where(_newer.c.detector == _checkpoint.detector).scalar_subquery(),
)


@dataclass(frozen=True, slots=True)
class SqlDetectorStates:
    """The ``DetectorStates`` port over one connection."""

    connection: Connection

    def latest(self, detector: str) -> Checkpoint | None:
        """The checkpoint furthest on."""
        row = self.connection.execute(LATEST, {"detector": detector}).one_or_none()
        return None if row is None else Checkpoint(row.detector, row.through, row.state)

    def latest_of(self, detectors: Collection[str]) -> dict[str, Checkpoint]:
        """The checkpoint furthest on, of each that has one."""
        rows = self.connection.execute(LATEST_OF, {"detectors": list(detectors)})
        return {row.detector: Checkpoint(row.detector, row.through, row.state) for row in rows}

    def save(self, checkpoint: Checkpoint) -> None:
        """Store, replacing one of the same detector and ``through``."""
        self.connection.execute(
            SAVE.on(self.connection),
            {"detector": checkpoint.detector, "through": checkpoint.through, "state": checkpoint.state},
        )

    def rewind(self, before: datetime) -> None:
        """Forget checkpoints that lie after ``before``."""
        self.connection.execute(REWIND, {"before": before})

    def prune(self, older_than: datetime) -> None:
        """Forget old checkpoints, keeping each detector's newest."""
        self.connection.execute(PRUNE, {"older_than": older_than})
