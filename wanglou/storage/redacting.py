"""Takes words and names out of rows that must stay; out of records with the redaction on record."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Text,
    and_,
    bindparam,
    false,
    or_,
    select,
    type_coerce,
    update,
)

from wanglou.domain.erasure import ERASED
from wanglou.domain.incident import REDACTED, TimelineEntry, redaction
from wanglou.domain.reason import Value
from wanglou.storage import tables
from wanglou.storage.column_types import Json
from wanglou.storage.timelines import append, read

_timeline = tables.timeline.c

_BLACKEN = (
    update(tables.timeline)
    .where(_timeline.incident == bindparam("of_incident"), _timeline.seq == bindparam("of_seq"))
    .values(actor=bindparam("new_actor"), facts=bindparam("new_facts", type_=Json))
)

CODED = frozenset(
    {
        "about",
        "aside",
        "blank",
        "clock",
        "label",
        "medium",
        "role",
        "rule",
        "severity",
        "signal",
        "state",
        "topic",
        "was",
        "where",
        "why",
    }
)
"""Facts whose value is a code that sentences are said with: no words, and no sentence without them."""

_A_CODE = re.compile(r"[a-z][a-z_]{0,39}")

Blacken = Callable[[TimelineEntry], TimelineEntry]
"""What is left of an entry; the entry as it was where nothing is to go."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is to go, the longest first, so that no piece of a longer one stays."""

    wanted: tuple[str, ...]

    @classmethod
    def of(cls, words: Collection[str]) -> "Words":
        """These words, blank ones left out."""
        return cls(tuple(sorted({w for w in words if w.strip()}, key=lambda w: (-len(w), w))))

    def gone_from(self, value: Any) -> Any:
        """``value`` without them, whatever it is made of."""
        if isinstance(value, str):
            for word in self.wanted:
                value = value.replace(word, ERASED)
            return value
        if isinstance(value, Mapping):
            return {name: p if _is_coded(name, p) else self.gone_from(p) for name, p in value.items()}
        if isinstance(value, list):
            return [self.gone_from(part) for part in value]
        return value

    def may_be_in(self, column: Column[Any]) -> ColumnElement[bool]:
        """Whether a row's column holds one of them: a few rows too many, never one too few."""
        stored = self.wanted
        if isinstance(column.type, Json):
            stored = tuple(json.dumps(word, ensure_ascii=False)[1:-1] for word in self.wanted)
        plain = type_coerce(column, Text)
        return or_(false(), *(plain.contains(word, autoescape=True) for word in stored))


def muted(facts: Mapping[str, Value]) -> dict[str, Value]:
    """Facts without anybody's words: numbers, times and codes stay, so that they can still be said."""
    return {name: value if _says_nothing_of_anybody(name, value) else ERASED for name, value in facts.items()}


def _says_nothing_of_anybody(name: str, value: Value) -> bool:
    return not isinstance(value, str) or _is_coded(name, value) or _is_time(value)


def _is_coded(name: str, value: object) -> bool:
    return name in CODED and isinstance(value, str) and _A_CODE.fullmatch(value) is not None


def _is_time(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def redact(connection: Connection, incident: str, blacken: Blacken, now: datetime) -> int:
    """Take out of an incident's record what ``blacken`` takes out of each entry; return how many changed.

    An entry that tells of a redaction is never one of them.
    """
    record = read(connection, incident)
    left = [
        replace(link, entry=new)
        for link in record
        if link.entry.kind != REDACTED and (new := blacken(link.entry)) != link.entry
    ]
    if not left:
        return 0
    rows = [
        {
            "of_incident": incident,
            "of_seq": link.seq,
            "new_actor": link.entry.actor,
            "new_facts": dict(link.entry.facts),
        }
        for link in left
    ]
    connection.execute(_BLACKEN, rows)
    at = max(now.astimezone(UTC), record[-1].entry.at)  # a record never runs backwards
    append(connection, [redaction(incident, left, at)])
    return len(left)


def take_out(
    connection: Connection, column: Column[Any], words: Words, within: ColumnElement[bool] | None = None
) -> int:
    """Take words out of a column, in all rows or those ``within``; return how many rows changed."""
    table = column.table
    key = list(table.primary_key)
    where = words.may_be_in(column) if within is None else and_(within, words.may_be_in(column))
    rows = [
        {**{f"of_{own.name}": part for own, part in zip(key, parts, strict=True)}, "left": left}
        for *parts, value in connection.execute(select(*key, column).where(where)).all()
        if (left := words.gone_from(value)) != value
    ]
    if rows:
        change = update(table).where(and_(*(own == bindparam(f"of_{own.name}") for own in key)))
        connection.execute(change.values({column.name: bindparam("left", type_=column.type)}), rows)
    return len(rows)
