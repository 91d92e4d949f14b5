"""A database for one run of one thread, thrown away afterwards: the same tables, without what a desk needs.

A desk's storage gives each transaction a connection of the pool's and its rows to the disk. A replay makes
ten transactions a simulated tick and nobody will ever read its file again: here all share one connection.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from wanglou.storage.engine import SqlStorage, open_storage
from wanglou.storage.unit_of_work import SqlUnitOfWork


class NestedUseError(RuntimeError):
    """A second unit of work was entered inside another: a programming error, as they would be one."""


class ScratchUnitOfWork(SqlUnitOfWork):
    """The ``UnitOfWork`` port over the one connection; entered again and again."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        super().__enter__()
        driver = self.connection.connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            raise TypeError(f"a scratch database is SQLite, not {driver!r}")
        self._driver = driver
        for setting in ("COMMIT", "PRAGMA journal_mode=MEMORY", "PRAGMA synchronous=OFF"):
            driver.execute(setting).close()

    def __enter__(self) -> Self:
        """Begin a transaction."""
        if self._driver.in_transaction:
            raise NestedUseError("a unit of work of this scratch database is in use already")
        self._driver.execute("BEGIN").close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Undo what was not committed."""
        self._changes.noted.clear()
        # SQLAlchemy closes a connection on which ctrl-c interrupted a statement: nothing is left to undo
        if not self.connection.invalidated:
            self._driver.execute("ROLLBACK").close()

    def commit(self) -> None:
        """Make it so; a statement after this begins a new transaction."""
        self._changes.write_noted()
        self._driver.execute("COMMIT").close()
        self._driver.execute("BEGIN").close()

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()


@dataclass(frozen=True, slots=True)
class ScratchStorage:
    """The ``Storage`` port for one thread; one unit of work at a time."""

    opened: SqlStorage
    unit: ScratchUnitOfWork

    def begin(self) -> ScratchUnitOfWork:
        """A unit of work."""
        return self.unit

    def look(self) -> ScratchUnitOfWork:
        """The same: nobody else could write meanwhile."""
        return self.unit

    def close(self) -> None:
        """Give the connection back."""
        self.unit.close()
        self.opened.close()


def scratch_storage(path: Path) -> ScratchStorage:
    """Make a database of the newest schema at ``path``. Raises StorageError."""
    opened = open_storage(path)
    return ScratchStorage(opened, ScratchUnitOfWork(opened.writer))
