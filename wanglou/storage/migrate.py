"""The schema's history: forward only, all or nothing, one process at a time.

SQLite is brought up to date when it is opened, after a backup copy beside it. PostgreSQL is changed only by
``wanglou db upgrade``. A schema newer than this code is refused on both.
"""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, inspect, select

from wanglou.storage import schema
from wanglou.storage.errors import BackupError, NotADatabaseError
from wanglou.storage.file_copy import copy_rows

_LOCK = select(func.pg_advisory_xact_lock(0x57_4C_44_42))
"""One number of our own ("WLDB"): two upgrades of the same server take turns."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings without a file; ``connection`` is what the migrations run on."""
    settings = Config()
    settings.set_main_option("script_location", str(schema.SCRIPTS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


def upgrade(connection: Connection, place: str, to: str = "head") -> None:
    """Bring the schema up to ``to`` inside the connection's transaction, which the caller commits."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    schema.refuse_newer(schema.revision_of(connection), place)
    command.upgrade(config(connection), to)


def upgrade_file(connection: Connection, path: Path) -> Path | None:
    """Bring a SQLite file up to date; return its backup copy, None where none was needed.

    ``connection`` holds the write lock already, so that a second process waits and then finds it done.
    """
    found = schema.revision_of(connection)
    if found == schema.revisions()[-1]:
        return None
    if found is None and inspect(connection).get_table_names():
        raise NotADatabaseError(
            f"opening the database {path}: it has tables of another program; name another file"
        )
    schema.refuse_newer(found, str(path))
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


def _require_whole(connection: Connection, place: str) -> None:
    """Raise if a row refers to one that is not there: a migration lost something."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise NotADatabaseError(
            f"upgrading the database {place}: table {broken[0]} refers to rows of {broken[2]} that are not "
            "there; nothing was changed, restore the newest backup copy"
        )
