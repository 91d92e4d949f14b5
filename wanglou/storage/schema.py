"""Which schema a database has, and which ones this code knows.

Apart from the migrations themselves: what makes them takes 12 MB, which a database that is up to date needs
not pay for.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from wanglou.storage.errors import NewerSchemaError, OldSchemaError

SCRIPTS = Path(__file__).parent / "migrations"

_STAMPED = "alembic_version"
_STAMP = text("SELECT version_num FROM alembic_version")


@cache
def revisions() -> tuple[str, ...]:
    """Every schema this code knows, oldest first: what the migrations' file names begin with."""
    return tuple(sorted(script.stem.partition("_")[0] for script in (SCRIPTS / "versions").glob("r*.py")))


def revision_of(connection: Connection) -> str | None:
    """The schema a database has; None before the first."""
    if not inspect(connection).has_table(_STAMPED):
        return None
    return connection.execute(_STAMP).scalar()


def require_current(connection: Connection, place: str) -> None:
    """Raise unless the schema is the newest this code knows."""
    found = revision_of(connection)
    refuse_newer(found, place)
    if found != revisions()[-1]:
        raise OldSchemaError(
            f"opening the database {place}: its schema is {found or 'empty'}, this Wanglou needs "
            f"{revisions()[-1]}; make a backup, then run: wanglou db upgrade"
        )


def refuse_newer(found: str | None, place: str) -> None:
    """Raise if the schema is one this code does not know."""
    if found is not None and found not in revisions():
        raise NewerSchemaError(
            f"opening the database {place}: its schema {found} is newer than this Wanglou, which knows up "
            f"to {revisions()[-1]}; install the newer Wanglou, or restore the backup copy beside it"
        )
