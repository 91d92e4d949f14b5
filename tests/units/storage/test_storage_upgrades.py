"""Every schema there ever was comes up to the newest with its rows; the revisions are found by themselves."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    Boolean,
    Connection,
    Engine,
    Float,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    create_engine,
    select,
)

from wanglou.storage import migrate, schema
from wanglou.storage.engine import open_storage, parse, upgrade_storage
from wanglou.storage.errors import BackupError
from wanglou.storage.tables import SEARCH_INDEX, metadata

ROWS = 3

SECOND = '''
"""A second schema, for the test alone."""

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("meta", sa.Column("note", sa.Text()))
    with op.batch_alter_table("item") as item:
        item.alter_column("source", new_column_name="place")
    {then}
'''


@pytest.fixture
def with_a_second_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The first revision, and a second that does something else than ours."""
    scripts = tmp_path / "migrations"
    later = [f"{name}*" for name in schema.revisions()[1:]]
    shutil.copytree(schema.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__", *later))
    newest = scripts / "versions" / "r0002_second.py"
    newest.write_text(SECOND.format(then=""))
    monkeypatch.setattr(schema, "SCRIPTS", scripts)
    schema.revisions.cache_clear()
    yield newest
    schema.revisions.cache_clear()


def made_at(address: str, revision: str) -> Engine:
    engine = create_engine(parse(address))
    with engine.begin() as connection:
        migrate.upgrade(connection, address, to=revision)
    return engine


def fill(connection: Connection) -> None:
    """Put rows into every table of whatever schema this is; equal numbers refer to each other."""
    found = MetaData()
    found.reflect(connection)
    for table in found.sorted_tables:
        if table.name != "alembic_version" and not is_index(table.name):
            rows = [{c.name: value_of(c.type, number) for c in table.columns} for number in range(ROWS)]
            connection.execute(table.insert(), rows)


def is_index(name: str) -> bool:
    """Whether this is the search index or a part of it: its rows are its own business."""
    return name.startswith(SEARCH_INDEX)


def value_of(kind: Any, number: int) -> object:
    match kind:
        case Boolean():
            return bool(number % 2)
        case String():
            return str(number)  # valid JSON, too
        case LargeBinary():
            return bytes([number])
        case Float() | Numeric():
            return number / 4
    return number


def contents(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    found = MetaData()
    found.reflect(connection)
    return {
        name: sorted(tuple(row) for row in connection.execute(select(table)))
        for name, table in found.tables.items()
        if not is_index(name)
    }


@pytest.mark.parametrize("revision", schema.revisions())
def test_rows_of_each_schema_come_up_to_the_newest(blank_address: str, revision: str) -> None:
    old = made_at(blank_address, revision)
    with old.begin() as connection:
        fill(connection)
        filled = contents(connection).keys()
    old.dispose()
    upgrade_storage(blank_address)
    storage = open_storage(blank_address)
    with storage.reader.connect() as connection:
        counts = {name: len(rows) for name, rows in contents(connection).items()}
    storage.close()
    assert counts.pop("alembic_version") == 1
    assert counts == {name: ROWS if name in filled else 0 for name in metadata.tables}


def test_the_voices_of_an_hour_are_counted_from_its_buckets(blank_address: str) -> None:
    old = made_at(blank_address, "r0001")
    minute, hour = 60_000_000, 3_600_000_000
    of = {"client": "lock", "brand": "安屿", "mentions": 9, "negatives": 1}
    buckets = ((0, "news", 2), (0, "social", 3), (55 * minute, "news", 4), (hour, "news", 7))
    with old.begin() as connection:
        found = MetaData()
        found.reflect(connection)
        volume, volume_hour = found.tables["volume"], found.tables["volume_hour"]
        for start, source_class, voices in buckets:
            row = {"start": 9 * hour + start, "source_class": source_class, "voices": voices, "reach": 0}
            connection.execute(volume.insert(), of | row)
        connection.execute(volume_hour.insert(), [of | {"start": n * hour} for n in (9, 10, 11)])
    old.dispose()
    upgrade_storage(blank_address)
    storage = open_storage(blank_address)
    with storage.reader.connect() as connection:
        counted = connection.exec_driver_sql("SELECT voices FROM volume_hour ORDER BY start").scalars().all()
    storage.close()
    assert counted == [9, 7, 0]


def test_the_migrated_schema_is_that_of_the_tables(address: str) -> None:
    storage = open_storage(address)
    with storage.reader.connect() as connection:
        options = {
            "compare_server_default": True,
            "include_name": lambda name, kind, _: kind != "table" or not is_index(name),
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    storage.close()


def test_a_file_is_upgraded_when_opened_after_a_backup_copy_beside_it(
    with_a_second_revision: Path, tmp_path: Path
) -> None:
    path = tmp_path / "wanglou.db"
    old = made_at(str(path), "r0001")
    with old.begin() as connection:
        fill(connection)
        before = contents(connection)
    old.dispose()
    open_storage(path).close()
    with closing(sqlite3.connect(path)) as upgraded:
        assert upgraded.execute("SELECT key, value, note FROM meta").fetchall()[0] == ("0", "0", None)
        assert upgraded.execute("SELECT count(place) FROM item").fetchone() == (ROWS,)
        assert upgraded.execute("PRAGMA foreign_key_check").fetchall() == []
    backup = create_engine(parse(tmp_path / "wanglou.db.backup-r0001"))
    with backup.connect() as connection:
        assert contents(connection) == before
    backup.dispose()
    assert not list(tmp_path.glob("*.part"))


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(
    with_a_second_revision: Path, blank_address: str
) -> None:
    old = made_at(blank_address, "r0001")
    with old.begin() as connection:
        fill(connection)
        before = contents(connection)
    with_a_second_revision.write_text(SECOND.format(then='op.execute("SELECT * FROM no_such_table")'))
    with pytest.raises(Exception, match="no_such_table"):
        upgrade_storage(blank_address)
    with old.connect() as connection:
        assert contents(connection) == before
    old.dispose()


def test_a_backup_that_cannot_be_made_stops_the_upgrade(with_a_second_revision: Path, tmp_path: Path) -> None:
    path = tmp_path / "wanglou.db"
    made_at(str(path), "r0001").dispose()
    (tmp_path / "wanglou.db.backup-r0001.part").mkdir()
    with pytest.raises(BackupError, match="nothing was changed"):
        open_storage(path)
    with closing(sqlite3.connect(path)) as same:
        assert same.execute("SELECT * FROM alembic_version").fetchall() == [("r0001",)]


def test_tables_have_a_primary_key_and_no_naked_time() -> None:
    """A column whose name says it is a time is stored as an instant."""
    for table in metadata.tables.values():
        assert isinstance(table, Table)
        assert table.primary_key.columns
        for column in table.columns:
            if column.name == "at" or column.name.endswith("_at"):
                assert type(column.type).__name__ == "Instant", f"{table.name}.{column.name}"
