"""Whether a database is whole: its file, its references, and every incident's record."""

from pathlib import Path

from sqlalchemy import Connection

from wanglou.storage.engine import open_storage, parse
from wanglou.storage.errors import CannotOpenError
from wanglou.storage.timelines import tampered


def findings(address: str | Path) -> list[str]:
    """A sentence for each thing that is not as it was written; raises StorageError if it cannot be opened."""
    url = parse(address)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        raise CannotOpenError(f"checking the database {url.database}: there is no such file; name another")
    storage = open_storage(address)
    with storage.look() as uow:
        found = _damage(uow.connection) if uow.connection.dialect.name == "sqlite" else []
        found += [
            f"the record of incident {incident} was changed at entry {seq}"
            for incident, seq in tampered(uow.connection)
        ]
    storage.close()
    return found


def _damage(connection: Connection) -> list[str]:
    """What SQLite itself finds; PostgreSQL keeps its references and checksums by itself."""
    pages = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars()
    found = [f"the file is damaged: {line}" for line in pages if line != "ok"]
    references = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return found + [f"table {row[0]} refers to a missing row of {row[2]}" for row in references]
