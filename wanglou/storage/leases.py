"""Who does what alone, and small facts about the database itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, or_, select

from wanglou.storage import tables
from wanglou.storage.upserts import keep_last, keep_last_if

_lease, _meta = tables.lease.c, tables.meta.c

TAKE = keep_last_if(
    tables.lease,
    or_(_lease.holder == bindparam("taker"), _lease.until <= bindparam("now")),
)
RELEASE = delete(tables.lease).where(_lease.name == bindparam("name"), _lease.holder == bindparam("holder"))
GET = select(_meta.value).where(_meta.key == bindparam("key"))
SET = keep_last(tables.meta)


@dataclass(frozen=True, slots=True)
class SqlLeases:
    """The ``Leases`` port over one connection."""

    connection: Connection

    def take(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take a free or expired lease or renew our own; False while another holder has it."""
        terms = {"name": name, "holder": holder, "until": until, "taker": holder, "now": now}
        return self.connection.execute(TAKE.on(self.connection), terms).one_or_none() is not None

    def release(self, name: str, holder: str) -> None:
        """Give it back."""
        self.connection.execute(RELEASE, {"name": name, "holder": holder})


@dataclass(frozen=True, slots=True)
class SqlMeta:
    """The ``Meta`` port over one connection."""

    connection: Connection

    def get(self, key: str) -> str | None:
        """What was set, None where nothing was."""
        return self.connection.execute(GET, {"key": key}).scalar_one_or_none()

    def set(self, key: str, value: str) -> None:
        """Store, replacing what was there."""
        self.connection.execute(SET.on(self.connection), {"key": key, "value": value})
