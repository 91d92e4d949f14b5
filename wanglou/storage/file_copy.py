"""A copy of a SQLite file's rows while others use it."""

import sqlite3
from contextlib import closing
from pathlib import Path


def copy_rows(path: Path, copy: Path) -> None:
    """Copy what is committed, while others go on reading and writing; sqlite3.Error if it cannot be done."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
