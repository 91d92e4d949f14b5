"""Opens the database: a SQLite file by path, PostgreSQL by address."""

import fcntl
import importlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from wanglou.storage import schema
from wanglou.storage.errors import CannotOpenError, explain
from wanglou.storage.turns import Turns
from wanglou.storage.unit_of_work import SqlUnitOfWork

DATABASE_FILE = "wanglou.db"
"""The SQLite file's name in the data folder."""

PATIENCE = timedelta(seconds=10)
"""How long a writer waits for another before it gives up."""

WRITERS_AHEAD = 10
"""So many threads of this process may wait that long before one's turn; a worker has fewer jobs."""

CACHE_KIB = 2_048
"""Pages a connection keeps; some eight are open in a worker, and the system keeps the file besides."""

ROWS_A_STATEMENT = 50
"""Each number of rows is a statement of its own, which a connection keeps with its values: few and small."""

_TO_LOOK = {"mode": "ro", "uri": "true"}
"""What makes SQLite itself refuse to write, whatever is asked of it."""

_OPTIMIZE = "INSERT INTO mention_search (mention_search) VALUES ('optimize')"
"""Deleted rows' words stay in the full-text index until its parts are merged."""

_HOW_TO_BEGIN = "wanglou_begin"
_LOOKING = "BEGIN"
_POSTGRES = {"postgresql", "postgres", "postgresql+psycopg"}


@dataclass(frozen=True, slots=True)
class SqlStorage:
    """The ``Storage`` port. ``place`` names the database without its password.

    Safe to share between threads; each unit of work has a connection of its own.
    """

    place: str
    writer: Engine
    reader: Engine
    turns: Turns | None = None

    def begin(self) -> SqlUnitOfWork:
        """A unit of work that may write; on SQLite it waits for the write lock when the block is entered."""
        return SqlUnitOfWork(self.writer, self.turns)

    def look(self) -> SqlUnitOfWork:
        """A unit of work that only reads: a consistent picture that blocks no writer."""
        return SqlUnitOfWork(self.reader)

    def scrub(self) -> None:
        """Leave nothing of deleted rows in the file; PostgreSQL does so by itself, in time.

        The whole file is written anew, which needs as much room again and keeps writers waiting.
        """
        if self.writer.dialect.name != "sqlite":
            return
        connection = self.writer.raw_connection()
        try:
            for statement in (_OPTIMIZE, "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                connection.cursor().execute(statement).close()
        except sqlite3.Error as error:
            raise explain(error, self.place) or error from error
        finally:
            connection.close()

    def close(self) -> None:
        """Give all connections back to the system."""
        self.writer.dispose()


def open_storage(address: str | Path, patience: timedelta = PATIENCE) -> SqlStorage:
    """Open a database whose schema is the newest this code knows.

    ``address``: a path (the file is made and brought up to date, its folder is not made) or
    ``postgresql://user@host/name``. Raises a StorageError that says what to do.
    """
    url = parse(address)
    if url.get_backend_name() == "sqlite":
        return _open_file(Path(str(url.database)), patience)
    storage = _storage(url, patience)
    with _closed_if_refused(storage), storage.reader.connect() as connection:
        schema.require_current(connection, storage.place)
    return storage


def open_to_look(address: str | Path, patience: timedelta = PATIENCE) -> SqlStorage:
    """Open a database that is there for reading alone: nothing of it is made, upgraded or changed.

    Raises a StorageError that says what to do, for an older schema too.
    """
    url = parse(address)
    if url.get_backend_name() == "sqlite":
        path = Path(str(url.database))
        if not path.is_file():
            raise CannotOpenError(
                f"opening the database {path} to read it: there is no such file; name its folder with --data"
            )
        url = URL.create("sqlite", database=f"file:{quote(str(path))}", query=dict(_TO_LOOK))
    storage = _storage(url, patience)
    with _closed_if_refused(storage), storage.reader.connect() as connection:
        schema.require_current(connection, storage.place)
    return storage


def upgrade_storage(address: str | Path, patience: timedelta = PATIENCE) -> str:
    """Bring a database up to date, whatever it is; return its schema's name."""
    url = parse(address)
    if url.get_backend_name() == "sqlite":
        _open_file(Path(str(url.database)), patience).close()
        return schema.revisions()[-1]
    storage = _storage(url, patience)
    with _closed_if_refused(storage), storage.writer.begin() as connection:
        _migrations().upgrade(connection, storage.place)
    storage.close()
    return schema.revisions()[-1]


def _migrations() -> Any:
    """The module ``migrate``, loaded by those who need it: see ``schema``."""
    return importlib.import_module("wanglou.storage.migrate")


def parse(address: str | Path) -> URL:
    """What an address means; CannotOpenError where it is neither a path nor an address we know."""
    if isinstance(address, Path) or "://" not in address:
        return URL.create("sqlite", database=str(address))
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise _unknown(address) from error
    if url.drivername == "sqlite" and url.database and url.database != ":memory:":
        return url
    if url.drivername in _POSTGRES:
        return url.set(drivername="postgresql+psycopg")
    raise _unknown(url.render_as_string())


def _unknown(address: str) -> CannotOpenError:
    return CannotOpenError(
        f"opening the database {address}: neither a path nor an address we know; "
        "write a path, or postgresql://user:password@host/name"
    )


def _open_file(path: Path, patience: timedelta) -> SqlStorage:
    if not path.parent.is_dir():
        raise CannotOpenError(
            f"opening the database {path}: its folder {path.parent} does not exist; "
            "create it or name another with --data"
        )
    with _alone(path):
        _bring_up_to_date(path, patience)
    return _storage(URL.create("sqlite", database=str(path)), patience)


@contextmanager
def _closed_if_refused(storage: SqlStorage) -> Iterator[None]:
    """Leave no connection behind where nobody gets the storage that would close it."""
    try:
        yield
    except BaseException:
        storage.close()
        raise


def _bring_up_to_date(path: Path, patience: timedelta) -> None:
    """Set the journal and run the migrations on a connection of their own, without row references.

    References are off because a migration may rebuild a table; they are checked before the commit.
    """
    engine = _engine(URL.create("sqlite", database=str(path)), patience, poolclass=NullPool)
    event.listen(engine, "connect", _without_references)
    with engine.begin() as connection:
        if schema.revision_of(connection) != schema.revisions()[-1]:
            _migrations().upgrade_file(connection, path)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time: changing the journal's mode is not covered by SQLite's own waiting."""
    try:
        with path.with_name(f"{path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except PermissionError as error:
        raise CannotOpenError(
            f"opening the database {path}: {error}; give the user that runs Wanglou the right to write there"
        ) from error


def _storage(url: URL, patience: timedelta) -> SqlStorage:
    # The connection used last is taken first: few are kept warm, each with a cache of its own.
    engine = _engine(url, patience, pool_use_lifo=True)
    if url.get_backend_name() == "sqlite":
        looking = engine.execution_options(**{_HOW_TO_BEGIN: _LOOKING})
        return SqlStorage(_place(url), engine, looking, Turns(patience * WRITERS_AHEAD))
    looking = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return SqlStorage(_place(url), engine, looking)


def _engine(url: URL, patience: timedelta, **options: Any) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = _sqlite_engine(url, patience, **options)
    else:
        engine = _postgres_engine(url, patience, **options)
    place = _place(url)

    def translate(context: ExceptionContext) -> BaseException | None:
        return explain(context.original_exception, place)

    event.listen(engine, "handle_error", translate, retval=True)
    return engine


def _sqlite_engine(url: URL, patience: timedelta, **options: Any) -> Engine:
    arguments = {
        "timeout": patience.total_seconds(),
        "isolation_level": None,  # we say BEGIN ourselves; the driver's own would come too late
        "check_same_thread": False,  # the pool hands a connection to one thread at a time
        "cached_statements": 512,
    }
    engine = create_engine(
        url, connect_args=arguments, insertmanyvalues_page_size=ROWS_A_STATEMENT, **options
    )
    event.listen(engine, "connect", _settle_to_look if dict(url.query) == _TO_LOOK else _settle_in)
    event.listen(engine, "begin", _begin)
    return engine


def _postgres_engine(url: URL, patience: timedelta, **options: Any) -> Engine:
    settings = f"-c timezone=UTC -c lock_timeout={int(patience.total_seconds() * 1000)}"
    arguments = {"options": settings, "application_name": "wanglou", "connect_timeout": 10}
    return create_engine(url, connect_args=arguments, pool_pre_ping=True, **options)


def _settle_in(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",  # with WAL a power cut may undo the last commits, never damage the file
        "foreign_keys=ON",
        f"cache_size=-{CACHE_KIB}",
        "temp_store=MEMORY",
        "journal_size_limit=67108864",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _settle_to_look(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in (f"cache_size=-{CACHE_KIB}", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}").close()


def _without_references(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys=OFF").close()


def _begin(connection: Connection) -> None:
    how = connection.get_execution_options().get(_HOW_TO_BEGIN, "BEGIN IMMEDIATE")
    reads_only = int(how == _LOOKING)  # PostgreSQL refuses a write in a look too
    connection.exec_driver_sql(f"PRAGMA query_only={reads_only}")
    connection.exec_driver_sql(how)


def _place(url: URL) -> str:
    if url.get_backend_name() != "sqlite":
        return url.render_as_string()
    path = str(url.database)
    return unquote(path.removeprefix("file:")) if dict(url.query) == _TO_LOOK else path
