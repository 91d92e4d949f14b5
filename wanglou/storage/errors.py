"""What can go wrong with the place where rows live, said so that an operator can act.

Each sentence names what we were doing, what we found and what to do.
"""

import sqlite3
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from wanglou.ports import StorageUnavailableError


class StorageError(Exception):
    """Rows could not be read or written; the message says what to do."""


class NaiveTimeError(StorageError, ValueError):
    """A time without a zone was to be stored."""

    def __init__(self, value: datetime) -> None:
        super().__init__(f"storing a time: {value.isoformat()} has no zone; pass aware UTC")


class LockedError(StorageError, StorageUnavailableError):
    """Another writer held the database longer than we wait."""


class DiskFullError(StorageError, StorageUnavailableError):
    """There is no room left for rows."""


class BrokenDiskError(StorageError, StorageUnavailableError):
    """The disk refuses to read or write."""


class ReadOnlyError(StorageError, StorageUnavailableError):
    """The database may be read but not written."""


class CannotOpenError(StorageError, StorageUnavailableError):
    """The address leads to no database that we can open."""


class NotADatabaseError(StorageError):
    """The file is something else, or damaged."""


class RefusedRowError(StorageError):
    """A row contradicts another: unknown reference or a second of what must be one."""


class BackupError(StorageError):
    """The copy that must exist before an upgrade could not be made."""


class OldSchemaError(StorageError):
    """The tables are older than this code and nobody has agreed to change them."""


class NewerSchemaError(StorageError):
    """The tables were written by a newer Wanglou."""


_SQLITE: dict[int, tuple[type[StorageError], str]] = {
    sqlite3.SQLITE_BUSY: (
        LockedError,
        "another process kept the write lock; see which Wanglou still runs on it, then try again",
    ),
    sqlite3.SQLITE_LOCKED: (LockedError, "another connection keeps a table locked; try again"),
    sqlite3.SQLITE_FULL: (DiskFullError, "the disk is full; free some room, nothing was half written"),
    sqlite3.SQLITE_READONLY: (
        ReadOnlyError,
        "it may only be read; give the user that runs Wanglou the right to write the file and its folder",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        CannotOpenError,
        "the file cannot be opened; check that its folder exists and may be written",
    ),
    sqlite3.SQLITE_NOTADB: (
        NotADatabaseError,
        "the file is not a SQLite database; name another file, or restore a backup copy",
    ),
    sqlite3.SQLITE_CORRUPT: (
        NotADatabaseError,
        "the file is damaged; stop Wanglou and restore the newest backup copy",
    ),
    sqlite3.SQLITE_IOERR: (BrokenDiskError, "the disk does not answer; check it, then start again"),
    sqlite3.SQLITE_CONSTRAINT: (RefusedRowError, "a row contradicts what is stored"),
}

_POSTGRES: tuple[tuple[str, type[StorageError], str], ...] = (
    ("LockNotAvailable", LockedError, "another session kept a lock; try again"),
    ("DeadlockDetected", LockedError, "two sessions waited for each other; try again"),
    ("SerializationFailure", LockedError, "another session changed the same rows; try again"),
    ("DiskFull", DiskFullError, "the server's disk is full; free some room there"),
    ("ReadOnlySqlTransaction", ReadOnlyError, "it may only be read; connect to the primary server"),
    (
        "InsufficientPrivilege",
        ReadOnlyError,
        "the user lacks a right; grant it the tables of this database",
    ),
    ("IntegrityError", RefusedRowError, "a row contradicts what is stored"),
    (
        "OperationalError",
        CannotOpenError,
        "the server does not answer; check that it runs, and the address, user and password",
    ),
)
"""The driver's errors by name, the first that fits: those who use SQLite need not load it (7 MB)."""

_PRIMARY = 0xFF
"""SQLite's extended result codes keep the primary code in the low byte."""


def explain(error: BaseException, place: str) -> StorageError | None:
    """The sentence for what a driver reported about ``place``; None for what is a programming error."""
    if isinstance(error, StorageError):
        return error
    found = _of_sqlite(error) if isinstance(error, sqlite3.Error) else _of_postgres(error)
    if found is None:
        return None
    kind, advice = found
    return kind(f"using the database {place}: {str(error).strip()}; {advice}")


def explain_wrapped(error: Exception, place: str) -> StorageError | None:
    """The same for an error that SQLAlchemy has wrapped."""
    return explain(error.orig if isinstance(error, DBAPIError) and error.orig else error, place)


def _of_sqlite(error: sqlite3.Error) -> tuple[type[StorageError], str] | None:
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else _SQLITE.get(code & _PRIMARY)


def _of_postgres(error: BaseException) -> tuple[type[StorageError], str] | None:
    names = {base.__name__ for base in type(error).__mro__ if base.__module__.startswith("psycopg")}
    return next(((kind, advice) for cause, kind, advice in _POSTGRES if cause in names), None)
