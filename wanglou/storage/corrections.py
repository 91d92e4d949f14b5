"""People's corrections of readings: kept for good, the undone ones too."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from wanglou.domain.correction import Correction, CorrectionKind
from wanglou.domain.person import Access
from wanglou.storage import tables
from wanglou.storage.batches import batches

_correction = tables.correction.c

ADD = insert(tables.correction).returning(_correction.id)
ONE = select(tables.correction).where(_correction.id == bindparam("of_id"))
OF_GROUPS = (
    select(tables.correction)
    .where(_correction.group_id.in_(bindparam("groups", expanding=True)))
    .order_by(_correction.id)
)
STANDING = OF_GROUPS.where(_correction.undone_at.is_(None))
UNDO = (
    update(tables.correction)
    .where(_correction.id == bindparam("of_id"), _correction.undone_at.is_(None))
    .values(undone_by=bindparam("by_whom"), undone_at=bindparam("when"))
)
SINCE = (
    select(tables.correction)
    .where(_correction.client == bindparam("client"), _correction.at >= bindparam("since"))
    .order_by(_correction.id)
)


@dataclass(frozen=True, slots=True)
class SqlCorrections:
    """The ``Corrections`` port over one connection."""

    connection: Connection

    def add(self, correction: Correction) -> int:
        """Store one; return its id."""
        row = {
            "client": correction.client,
            "brand": correction.brand,
            "group_id": correction.group,
            "item_key": correction.item_key,
            "kind": correction.kind.value,
            "before": correction.before,
            "after": correction.after,
            "by": correction.by,
            "at": correction.at,
        }
        return int(self.connection.execute(ADD, row).scalar_one())

    def get(self, correction: int) -> Correction | None:
        """One correction."""
        row = self.connection.execute(ONE, {"of_id": correction}).one_or_none()
        return correction_of(row) if row else None

    def standing(self, groups: Collection[str]) -> dict[str, list[Correction]]:
        """Group of copies → its corrections that nobody took back, oldest first."""
        found: dict[str, list[Correction]] = defaultdict(list)
        for some in batches(groups):
            for row in self.connection.execute(STANDING, {"groups": some}):
                found[row.group_id].append(correction_of(row))
        return dict(found)

    def undo(self, correction: int, by: str, at: datetime) -> bool:
        """Take one back; False if it was taken back already."""
        terms = {"of_id": correction, "by_whom": by, "when": at}
        return self.connection.execute(UNDO, terms).rowcount > 0

    def since(self, access: Access, client: str, moment: datetime) -> list[Correction]:
        """A client's corrections from ``moment`` on, the undone ones too, oldest first."""
        if not access.may_see(client):
            return []
        rows = self.connection.execute(SINCE, {"client": client, "since": moment})
        return [correction_of(row) for row in rows]


def correction_of(row: Row[Any]) -> Correction:
    """The correction of its row."""
    return Correction(
        client=row.client,
        brand=row.brand,
        group=row.group_id,
        item_key=row.item_key,
        kind=CorrectionKind(row.kind),
        before=row.before,
        after=row.after,
        by=row.by,
        at=row.at,
        undone_by=row.undone_by,
        undone_at=row.undone_at,
        id=row.id,
    )
