"""Opening a database: what can be wrong is said with what to do; two at once do no harm."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.units.storage.examples import NOON, an_item
from wanglou.storage.engine import SqlStorage, open_storage, parse, upgrade_storage
from wanglou.storage.errors import (
    CannotOpenError,
    DiskFullError,
    LockedError,
    NewerSchemaError,
    NotADatabaseError,
    OldSchemaError,
    ReadOnlyError,
    explain,
)
from wanglou.storage.schema import revisions
from wanglou.storage.soundness import findings

AT_ONCE = timedelta(milliseconds=20)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotOpenError, match=f"{tmp_path}/var does not exist; create it"):
        open_storage(tmp_path / "var" / "wanglou.db")


@pytest.mark.parametrize("address", ["mysql://host/name", "sqlite://", "sqlite:///:memory:", "://"])
def test_an_address_of_another_kind_is_answered_with_the_known_ones(address: str) -> None:
    with pytest.raises(CannotOpenError, match="write a path, or postgresql://"):
        parse(address)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_common_spelling_of_postgresql_is_understood(scheme: str) -> None:
    assert parse(f"{scheme}://wanglou@db/wanglou").drivername == "postgresql+psycopg"


def test_a_file_that_is_something_else_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, " * 100)
    with pytest.raises(NotADatabaseError, match=r"notes\.txt.*not a SQLite database"):
        open_storage(file)
    assert file.read_text() == "not a database, " * 100


def test_the_database_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(NotADatabaseError, match="tables of another program"):
        open_storage(file)
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]


def test_a_lock_that_is_kept_too_long_is_said(address: str) -> None:
    """On PostgreSQL the lock is on what both want to change."""
    one, two = open_storage(address, AT_ONCE), open_storage(address, AT_ONCE)
    with one.begin() as holder:
        holder.meta.set("config", "digest")
        with pytest.raises(LockedError, match="try again"), two.begin() as waiting:
            waiting.meta.set("config", "other")
    two.close()
    one.close()


def test_a_writer_does_not_keep_readers_out_and_they_see_what_was_committed(storage: SqlStorage) -> None:
    with storage.begin() as writer:
        writer.meta.set("config", "new")
        with storage.look() as reader:
            assert reader.meta.get("config") is None
        writer.commit()
        with storage.look() as reader:
            assert reader.meta.get("config") == "new"


def test_a_look_stays_the_same_while_others_write(storage: SqlStorage) -> None:
    with storage.look() as reader:
        assert reader.meta.get("config") is None
        with storage.begin() as writer:
            writer.meta.set("config", "new")
            writer.commit()
        assert reader.meta.get("config") is None


def test_a_look_cannot_write(storage: SqlStorage) -> None:
    with storage.look() as reader, pytest.raises(ReadOnlyError):
        reader.meta.set("config", "new")
    with storage.begin() as writer:
        writer.meta.set("config", "new")


def test_what_is_not_committed_is_undone_and_what_follows_a_commit_is_a_new_transaction(
    storage: SqlStorage,
) -> None:
    with storage.begin() as uow:
        uow.meta.set("one", "1")
        uow.commit()
        uow.meta.set("two", "2")
        uow.commit()
        uow.meta.set("three", "3")
    with storage.look() as uow:
        assert [uow.meta.get(key) for key in ("one", "two", "three")] == ["1", "2", None]


def test_a_full_disk_is_said_and_nothing_is_half_written(sqlite_storage: SqlStorage) -> None:
    with sqlite_storage.begin() as uow:
        pages = uow.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        uow.connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
        with pytest.raises(DiskFullError, match="the disk is full; free some room"):
            uow.items.keep([an_item(n, text="长" * 5000) for n in range(20)], NOON)
    with sqlite_storage.look() as uow:
        assert uow.items.unread(1) == []


def test_a_file_that_may_only_be_read_is_said(tmp_path: Path) -> None:
    """Asked of the driver itself: permissions do not bind a test that runs as root."""
    path = tmp_path / "wanglou.db"
    open_storage(path).close()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as reading:
        with pytest.raises(sqlite3.OperationalError) as refused:
            reading.execute("INSERT INTO meta VALUES ('a', 'b')")
        said = explain(refused.value, str(path))
    assert isinstance(said, ReadOnlyError)
    assert "the right to write the file and its folder" in str(said)


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "wanglou.db"
    open_storage(path).close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(NotADatabaseError, match="restore the newest backup copy"):
        open_storage(path)


def test_a_server_that_does_not_answer_is_said_without_its_password() -> None:
    with pytest.raises(CannotOpenError, match="does not answer") as refused:
        open_storage("postgresql://wanglou:hunter2@127.0.0.1:9/wanglou")
    assert "hunter2" not in str(refused.value)


@pytest.mark.postgres
def test_postgresql_is_not_changed_unasked(blank_address: str, tmp_path: Path) -> None:
    if "://" not in blank_address:
        open_storage(blank_address).close()  # SQLite makes its tables by itself
        return
    with pytest.raises(OldSchemaError, match="wanglou db upgrade"):
        open_storage(blank_address)
    assert upgrade_storage(blank_address) == upgrade_storage(blank_address) == revisions()[-1]
    open_storage(blank_address).close()


def test_a_newer_schema_is_refused(address: str) -> None:
    stamp = text("UPDATE alembic_version SET version_num = :to")
    storage = open_storage(address)
    with storage.writer.begin() as connection:
        connection.execute(stamp, {"to": "r9999"})
    try:
        for open_it in (open_storage, upgrade_storage):
            with pytest.raises(NewerSchemaError, match="schema r9999 is newer than this Wanglou"):
                open_it(address)
    finally:
        with storage.writer.begin() as connection:
            connection.execute(stamp, {"to": revisions()[-1]})
        storage.close()


def test_processes_that_open_a_new_file_at_once_make_one_database(tmp_path: Path) -> None:
    path = tmp_path / "wanglou.db"
    program = (
        "import sys; from wanglou.storage.engine import open_storage\n"
        "sys.stdin.read()\n"  # all of them are ready before the first opens
        "open_storage(sys.argv[1]).close()\n"
    )
    opening = [
        subprocess.Popen([sys.executable, "-c", program, path], stdin=subprocess.PIPE)  # noqa: S603 -- our own interpreter and words
        for _ in range(3)
    ]
    for process in opening:
        assert process.stdin
        process.stdin.close()
    assert [process.wait() for process in opening] == [0] * 3
    assert findings(path) == []
    with closing(sqlite3.connect(path)) as made:
        assert made.execute("SELECT * FROM alembic_version").fetchall() == [(revisions()[-1],)]


def test_checking_a_file_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with pytest.raises(CannotOpenError, match="there is no such file"):
        findings(tmp_path / "wanglou.db")
    assert not (tmp_path / "wanglou.db").exists()


def test_a_lost_reference_is_found(sqlite_storage: SqlStorage) -> None:
    with closing(sqlite3.connect(sqlite_storage.place)) as careless:
        careless.execute("INSERT INTO incident_mention VALUES ('lock-1', 'lock', '安屿', 'k')")
        careless.commit()
    found = findings(sqlite_storage.place)
    assert "table incident_mention refers to a missing row of incident" in found
