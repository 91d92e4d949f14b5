"""Fingerprints of texts and the group of copies each belongs to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from wanglou.storage import tables
from wanglou.storage.batches import batches
from wanglou.storage.upserts import Upsert

_copy = tables.copy_fingerprint

GROUPS = select(_copy.c.fingerprint, _copy.c.group_id).where(
    _copy.c.fingerprint.in_(bindparam("fingerprints", expanding=True)), _copy.c.seen_at > bindparam("since")
)

FIRST_SEEN = select(_copy.c.fingerprint, _copy.c.first_seen).where(
    _copy.c.fingerprint.in_(bindparam("fingerprints", expanding=True))
)


def _see_again() -> Upsert:
    lite, pg = sqlite.insert(_copy), postgresql.insert(_copy)
    return Upsert(
        lite.on_conflict_do_update(
            index_elements=["fingerprint"],
            set_={"seen_at": func.max(_copy.c.seen_at, lite.excluded.seen_at)},  # SQLite's max of two
        ),
        pg.on_conflict_do_update(
            index_elements=["fingerprint"],
            set_={"seen_at": func.greatest(_copy.c.seen_at, pg.excluded.seen_at)},
        ),
    )


REMEMBER = _see_again()


@dataclass(frozen=True, slots=True)
class SqlCopies:
    """The ``Copies`` port over one connection."""

    connection: Connection

    def groups_of(self, fingerprints: Collection[str], since: datetime) -> dict[str, str]:
        """Fingerprint → group, for those seen after ``since``."""
        groups: dict[str, str] = {}
        for batch in batches(fingerprints):
            rows = self.connection.execute(GROUPS, {"fingerprints": batch, "since": since})
            groups.update((fingerprint, group) for fingerprint, group in rows)
        return groups

    def first_seen(self, fingerprints: Collection[str]) -> dict[str, datetime]:
        """Fingerprint → when it was seen first, for those that are known."""
        known: dict[str, datetime] = {}
        for batch in batches(fingerprints):
            rows = self.connection.execute(FIRST_SEEN, {"fingerprints": batch})
            known.update((fingerprint, at) for fingerprint, at in rows)
        return known

    def remember(self, fingerprints: Mapping[str, str], at: datetime) -> None:
        """Store new ones; a known one keeps its group and is seen again."""
        rows = [
            {"fingerprint": fingerprint, "group_id": group, "first_seen": at, "seen_at": at}
            for fingerprint, group in fingerprints.items()
        ]
        if rows:
            self.connection.execute(REMEMBER.on(self.connection), rows)
