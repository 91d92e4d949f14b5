"""The schema's history: forward only, all or nothing, one process at a time.

SQLite is brought up to date when it is opened, after a backup copy beside it. PostgreSQL is changed only by
``wanglou db upgrade``. A schema newer than this code is refused on both.
"""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select

from wanglou.storage.errors import BackupError, NewerSchemaError, NotADatabaseError, OldSchemaError

SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = select(func.pg_advisory_xact_lock(0x57_4C_44_42))
"""One number of our own ("WLDB"): two upgrades of the same server take turns."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings without a file; ``connection`` is what the migrations run on."""
    settings = Config()
    settings.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


@cache
def revisions() -> tuple[str, ...]:
    """Every schema this code knows, oldest first."""
    scripts = ScriptDirectory.from_config(config())
    return tuple(reversed([script.revision for script in scripts.walk_revisions()]))


def revision_of(connection: Connection) -> str | None:
    """The schema a database has; None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


def require_current(connection: Connection, place: str) -> None:
    """Raise unless the schema is the newest this code knows."""
    found = revision_of(connection)
    _refuse_newer(found, place)
    if found != revisions()[-1]:
        raise OldSchemaError(
            f"opening the database {place}: its schema is {found or 'empty'}, this Wanglou needs "
            f"{revisions()[-1]}; make a backup, then run: wanglou db upgrade"
        )


def upgrade(connection: Connection, place: str, to: str = "head") -> None:
    """Bring the schema up to ``to`` inside the connection's transaction, which the caller commits."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    _refuse_newer(revision_of(connection), place)
    command.upgrade(config(connection), to)


def upgrade_file(connection: Connection, path: Path) -> Path | None:
    """Bring a SQLite file up to date; return its backup copy, None where none was needed.

    ``connection`` holds the write lock already, so that a second process waits and then finds it done.
    """
    found = revision_of(connection)
    if found == revisions()[-1]:
        return None
    if found is None and inspect(connection).get_table_names():
        raise NotADatabaseError(
            f"opening the database {path}: it has tables of another program; name another file"
        )
    _refuse_newer(found, str(path))
    backup = None if found is None else back_up(path, found)
    upgrade(connection, str(path))
    _require_whole(connection, str(path))
    return backup


def back_up(path: Path, revision: str) -> Path:
    """Copy the committed rows to ``<name>.backup-<revision>`` beside the database.

    A copy of that name is replaced: it was made for an upgrade that did not finish.
    """
    copy = path.with_name(f"{path.name}.backup-{revision}")
    half = copy.with_name(f"{copy.name}.part")
    try:
        half.unlink(missing_ok=True)
        copy_rows(path, half)
        half.replace(copy)
    except (sqlite3.Error, OSError) as error:
        raise BackupError(
            f"copying {path} to {copy} before its upgrade: {error}; nothing was changed, make room beside it"
        ) from error
    return copy


def copy_rows(path: Path, copy: Path) -> None:
    """Copy what is committed, while others go on reading and writing; sqlite3.Error if it cannot be done."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _refuse_newer(found: str | None, place: str) -> None:
    if found is not None and found not in revisions():
        raise NewerSchemaError(
            f"opening the database {place}: its schema {found} is newer than this Wanglou, which knows up "
            f"to {revisions()[-1]}; install the newer Wanglou, or restore the backup copy beside it"
        )


def _require_whole(connection: Connection, place: str) -> None:
    """Raise if a row refers to one that is not there: a migration lost something."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise NotADatabaseError(
            f"upgrading the database {place}: table {broken[0]} refers to rows of {broken[2]} that are not "
            "there; nothing was changed, restore the newest backup copy"
        )
