"""What the last rounds learnt of each source."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from wanglou.domain.source import SourceHealth, SourceState, Validators
from wanglou.storage import tables
from wanglou.storage.reasons import reason_columns, reason_of
from wanglou.storage.upserts import keep_last

_validator, _pending = tables.source_validator.c, tables.source_pending.c

SAVE_HEALTH = keep_last(tables.source_health)
SAVE_VALIDATOR = keep_last(tables.source_validator)
HEALTH = select(tables.source_health).order_by(tables.source_health.c.source)
VALIDATORS = select(tables.source_validator).where(_validator.source == bindparam("source"))
PRUNE_VALIDATORS = delete(tables.source_validator).where(_validator.asked_plainly_at < bindparam("before"))
PENDING = select(_pending.url).where(_pending.source == bindparam("source")).order_by(_pending.place)
FORGET_PENDING = delete(tables.source_pending).where(_pending.source == bindparam("source"))
ADD_PENDING = insert(tables.source_pending)


@dataclass(frozen=True, slots=True)
class SqlSourceStates:
    """The ``SourceStates`` port over one connection."""

    connection: Connection

    def health(self) -> dict[str, SourceHealth]:
        """Source id → health, by id."""
        return {row.source: health_of(row) for row in self.connection.execute(HEALTH)}

    def save_health(self, health: SourceHealth) -> None:
        """Store what is known of one source."""
        self.connection.execute(SAVE_HEALTH.on(self.connection), health_row(health))

    def validators(self, source: str) -> dict[str, Validators]:
        """URL → validators of one source."""
        rows = self.connection.execute(VALIDATORS, {"source": source})
        return {row.url: validators_of(row) for row in rows}

    def save_validators(self, source: str, validators: Iterable[Validators]) -> None:
        """Store validators, replacing those of the same address."""
        rows = [validators_row(source, each) for each in validators]
        if rows:
            self.connection.execute(SAVE_VALIDATOR.on(self.connection), rows)

    def prune_validators(self, before: datetime) -> int:
        """Forget addresses that were last read whole before; return how many."""
        return self.connection.execute(PRUNE_VALIDATORS, {"before": before}).rowcount

    def pending(self, source: str) -> list[str]:
        """Addresses found on earlier pages and not read yet, in the order of their turn."""
        return list(self.connection.execute(PENDING, {"source": source}).scalars())

    def set_pending(self, source: str, urls: Sequence[str]) -> None:
        """Replace the addresses still to follow."""
        self.connection.execute(FORGET_PENDING, {"source": source})
        rows = [{"source": source, "place": place, "url": url} for place, url in enumerate(urls)]
        if rows:
            self.connection.execute(ADD_PENDING, rows)


def health_row(health: SourceHealth) -> dict[str, Any]:
    """All columns of a source's health."""
    return {
        "source": health.source,
        "state": health.state.value,
        "since": health.since,
        "checked_at": health.checked_at,
        "next_at": health.next_at,
        "last_item_at": health.last_item_at,
        "failures": health.failures,
        **reason_columns("trouble", health.trouble),
    }


def health_of(row: Row[Any]) -> SourceHealth:
    """What is known of one source."""
    return SourceHealth(
        source=row.source,
        state=SourceState(row.state),
        since=row.since,
        checked_at=row.checked_at,
        next_at=row.next_at,
        last_item_at=row.last_item_at,
        failures=row.failures,
        trouble=reason_of(row.trouble_code, row.trouble_facts),
    )


def validators_row(source: str, validators: Validators) -> dict[str, Any]:
    """All columns of one address's validators."""
    return {
        "source": source,
        "url": validators.url,
        "etag": validators.etag,
        "last_modified": validators.last_modified,
        "digest": validators.digest,
        "asked_plainly_at": validators.asked_plainly_at,
    }


def validators_of(row: Row[Any]) -> Validators:
    """What one address told us to send back."""
    return Validators(row.url, row.etag, row.last_modified, row.digest, row.asked_plainly_at)
