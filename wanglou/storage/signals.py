"""Signals, and what became of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, false, func, select, update

from wanglou.domain.reason import Reason
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.source import SourceClass
from wanglou.storage import tables
from wanglou.storage.reasons import reason_columns
from wanglou.storage.upserts import keep_first

_signal = tables.signal.c

INSERT = keep_first(tables.signal, ["key"])
_BY_TIME = select(tables.signal).order_by(_signal.at, _signal.key)
UNJUDGED = _BY_TIME.where(_signal.judged == false())
RECENT = _BY_TIME.where(
    _signal.client == bindparam("client"),
    _signal.brand == bindparam("brand"),
    _signal.at >= bindparam("since"),
)
KEPT_QUIET = _BY_TIME.where(
    _signal.incident.is_(None), _signal.suppressed_code.is_not(None), _signal.at >= bindparam("since")
)
OF_INCIDENT = _BY_TIME.where(_signal.incident == bindparam("incident"))
NOT_HELD = select(_signal.key).where(
    _signal.key.in_(bindparam("keys", expanding=True)), _signal.suppressed_code.is_(None)
)
HOLD = (
    update(tables.signal)
    .where(_signal.key.in_(bindparam("keys", expanding=True)))
    .values(suppressed_code=bindparam("suppressed_code"), suppressed_facts=bindparam("suppressed_facts"))
)
JUDGE = (
    update(tables.signal)
    .where(_signal.key.in_(bindparam("keys", expanding=True)))
    .values(
        judged=True,
        incident=func.coalesce(_signal.incident, bindparam("joined")),
        suppressed_code=bindparam("quiet_code"),
        suppressed_facts=bindparam("quiet_facts"),
    )
)
TAKE_UP = (
    update(tables.signal)
    .where(_signal.key.in_(bindparam("keys", expanding=True)), _signal.incident.is_(None))
    .values(incident=bindparam("joined"))
    .returning(_signal.key)
)
MOVE = update(tables.signal).where(_signal.incident == bindparam("gone")).values(incident=bindparam("target"))


@dataclass(frozen=True, slots=True)
class SqlSignals:
    """The ``Signals`` port over one connection."""

    connection: Connection

    def add(self, signals: Sequence[Signal]) -> list[Signal]:
        """Store signals whose key is new; return those, in order."""
        if not signals:
            return []
        first: dict[str, Signal] = {}
        for signal in signals:
            first.setdefault(signal.key, signal)
        rows = [signal_row(key, signal) for key, signal in first.items()]
        added = set(self.connection.execute(INSERT.on(self.connection), rows).scalars())
        return [signal for key, signal in first.items() if key in added]

    def unjudged(self) -> list[Signal]:
        """Signals no rule has looked at yet, by ``at``."""
        return [signal_of(row) for row in self.connection.execute(UNJUDGED)]

    def mark_judged(self, keys: Collection[str], incident: str | None, suppressed: Reason | None) -> None:
        """Say what became of them; those that are in an incident stay in it."""
        if keys:
            became = {"keys": list(keys), "joined": incident, **reason_columns("quiet", suppressed)}
            self.connection.execute(JUDGE, became)

    def take_up(self, keys: Collection[str], incident: str) -> set[str]:
        """Put signals that are in no incident into one; return the keys of those, judged or not as before."""
        if not keys:
            return set()
        taken = {"keys": list(keys), "joined": incident}
        return set(self.connection.execute(TAKE_UP, taken).scalars())

    def move(self, gone: str, target: str) -> None:
        """Let the signals of one incident go on in another."""
        self.connection.execute(MOVE, {"gone": gone, "target": target})

    def hold(self, keys: Collection[str], so_far: Reason) -> set[str]:
        """Say why nobody was told so far; the signals stay unjudged. Return those held first now."""
        if not keys:
            return set()
        first = set(self.connection.execute(NOT_HELD, {"keys": list(keys)}).scalars())
        self.connection.execute(HOLD, {"keys": list(keys), **reason_columns("suppressed", so_far)})
        return first

    def kept_quiet(self, since: datetime) -> list[tuple[Signal, Reason]]:
        """Signals with ``at`` ≥ since that joined no incident, with the reason, by ``at``."""
        rows = self.connection.execute(KEPT_QUIET, {"since": since})
        return [(signal_of(row), Reason(row.suppressed_code, row.suppressed_facts or {})) for row in rows]

    def recent(self, client: str, brand: str, since: datetime) -> list[Signal]:
        """Signals with ``at`` ≥ since, by ``at``."""
        of = {"client": client, "brand": brand, "since": since}
        return [signal_of(row) for row in self.connection.execute(RECENT, of)]

    def of_incident(self, incident: str) -> list[Signal]:
        """Signals that joined an incident, by ``at``."""
        return [signal_of(row) for row in self.connection.execute(OF_INCIDENT, {"incident": incident})]


def signal_row(key: str, signal: Signal) -> dict[str, Any]:
    """All columns of a signal nobody has judged."""
    return {
        "key": key,
        "kind": signal.kind,
        "client": signal.client,
        "brand": signal.brand,
        "source_class": signal.source_class.value if signal.source_class else None,
        "since": signal.since,
        "at": signal.at,
        "seen_at": signal.seen_at,
        "polarity": signal.polarity.value,
        "strength": signal.strength,
        **reason_columns("because", signal.because),
        "provisional": signal.provisional,
        "judged": False,
    }


def signal_of(row: Row[Any]) -> Signal:
    """What a detector saw."""
    return Signal(
        kind=row.kind,
        client=row.client,
        brand=row.brand,
        source_class=None if row.source_class is None else SourceClass(row.source_class),
        since=row.since,
        at=row.at,
        seen_at=row.seen_at,
        polarity=Polarity(row.polarity),
        strength=row.strength,
        because=Reason(row.because_code, row.because_facts),
        provisional=row.provisional,
    )
