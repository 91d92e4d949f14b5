"""A copy of the whole database for a backup, made while Wanglou runs."""

import sqlite3
from pathlib import Path

from wanglou.storage.engine import parse
from wanglou.storage.errors import BackupError, CannotOpenError
from wanglou.storage.file_copy import copy_rows


def copy_database(address: str | Path, copy: Path) -> None:
    """Copy a SQLite database's committed rows into the new file ``copy``.

    Raises BackupError where the address is PostgreSQL, whose own tool does this, or the copy fails;
    CannotOpenError where there is no database yet.
    """
    url = parse(address)
    if url.get_backend_name() != "sqlite":
        raise BackupError(
            f"backing up {url.render_as_string()}: this copies SQLite alone; use pg_dump for the rows, and "
            "copy the config folder and the file secret of the data folder"
        )
    path = Path(str(url.database))
    if not path.is_file():
        raise CannotOpenError(
            f"backing up the database {path}: there is no such file; name its folder with --data"
        )
    try:
        copy_rows(path, copy)
    except sqlite3.Error as error:
        raise BackupError(f"copying {path}: {error}; nothing was changed, make room and try again") from error
