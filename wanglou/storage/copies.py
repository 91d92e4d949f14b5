"""Fingerprints of texts and the group of copies each belongs to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from wanglou.ports import KnownCopy
from wanglou.storage import tables
from wanglou.storage.batches import batches
from wanglou.storage.upserts import Upsert

_copy = tables.copy_fingerprint

KNOWN = select(_copy.c.fingerprint, _copy.c.group_id, _copy.c.first_seen, _copy.c.seen_at).where(
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

    def known(self, fingerprints: Collection[str]) -> dict[str, KnownCopy]:
        """Fingerprint → what is known of it, for those that were seen."""
        known: dict[str, KnownCopy] = {}
        for batch in batches(fingerprints):
            rows = self.connection.execute(KNOWN, {"fingerprints": batch})
            known.update((fingerprint, KnownCopy(*rest)) for fingerprint, *rest in rows)
        return known

    def remember(self, fingerprints: Mapping[str, str], at: datetime) -> None:
        """Store new ones; a known one keeps its group and is seen again."""
        rows = [
            {"fingerprint": fingerprint, "group_id": group, "first_seen": at, "seen_at": at}
            for fingerprint, group in fingerprints.items()
        ]
        if rows:
            self.connection.execute(REMEMBER.on(self.connection), rows)
