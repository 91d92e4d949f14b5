"""Inserts that meet rows already there, worded for both databases once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite


@dataclass(frozen=True, slots=True)
class Upsert:
    """One statement in both dialects: built once, so that its compiled form stays cached."""

    sqlite: Executable
    postgres: Executable

    def on(self, connection: Connection) -> Any:
        """The statement for this connection's database."""
        return self.postgres if connection.dialect.name == "postgresql" else self.sqlite


def keep_first(table: Table, key: Sequence[str]) -> Upsert:
    """Insert rows; one whose ``key`` is there already is left alone. Answers with the keys inserted."""
    columns = [table.c[name] for name in key]
    return Upsert(
        sqlite.insert(table).on_conflict_do_nothing(index_elements=key).returning(*columns),
        postgresql.insert(table).on_conflict_do_nothing(index_elements=key).returning(*columns),
    )


def keep_last(table: Table) -> Upsert:
    """Insert rows; one whose primary key is there already takes all new values."""
    lite, pg = sqlite.insert(table), postgresql.insert(table)
    return Upsert(
        lite.on_conflict_do_update(index_elements=_key(table), set_=_theirs(table, lite)),
        pg.on_conflict_do_update(index_elements=_key(table), set_=_theirs(table, pg)),
    )


def keep_last_if(table: Table, allowed: ColumnElement[bool]) -> Upsert:
    """Insert a row, or replace the one there if that is ``allowed``. Answers with a key where it did."""
    lite, pg = sqlite.insert(table), postgresql.insert(table)
    return Upsert(
        lite.on_conflict_do_update(
            index_elements=_key(table), set_=_theirs(table, lite), where=allowed
        ).returning(*table.primary_key),
        pg.on_conflict_do_update(
            index_elements=_key(table), set_=_theirs(table, pg), where=allowed
        ).returning(*table.primary_key),
    )


def add_up(table: Table, sums: Sequence[str]) -> Upsert:
    """Insert rows; one whose primary key is there already has its ``sums`` raised by the new values."""
    lite, pg = sqlite.insert(table), postgresql.insert(table)
    return Upsert(
        lite.on_conflict_do_update(index_elements=_key(table), set_=_raised(table, sums, lite)),
        pg.on_conflict_do_update(index_elements=_key(table), set_=_raised(table, sums, pg)),
    )


def _key(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _theirs(table: Table, insert: sqlite.Insert | postgresql.Insert) -> dict[str, ColumnElement[Any]]:
    return {c.name: insert.excluded[c.name] for c in table.c if not c.primary_key}


def _raised(
    table: Table, sums: Sequence[str], insert: sqlite.Insert | postgresql.Insert
) -> dict[str, ColumnElement[Any]]:
    columns: list[Column[Any]] = [table.c[name] for name in sums]
    return {column.name: column + insert.excluded[column.name] for column in columns}
