"""Bring the database up to date, check it for damage and tampering, or scrub it of deleted rows."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from desk.cli._exits import CommandError, UnreadableInputError
from desk.cli._options import DATA, DataDir
from wanglou.ports import StorageUnavailableError
from wanglou.storage.engine import DATABASE_FILE, open_storage, upgrade_storage
from wanglou.storage.errors import CannotOpenError, StorageError
from wanglou.storage.soundness import findings


class Action(StrEnum):
    """What to do with the database."""

    UPGRADE = "upgrade"
    CHECK = "check"
    SCRUB = "scrub"


def db(
    action: Annotated[
        Action,
        typer.Argument(
            help="upgrade: to this version's schema; check: rows and records are whole; "
            "scrub: nothing of deleted rows stays in the file."
        ),
    ],
    data: DataDir = DATA,
    database: Annotated[
        str | None,
        typer.Option(envvar="WANGLOU_DATABASE", help="Its address, if it is not a file in the data folder."),
    ] = None,
) -> None:
    """Bring the database up to date, check it for damage and tampering, or scrub it of deleted rows.

    A SQLite file is upgraded by every command that opens it, after a backup copy beside it; PostgreSQL only
    by this one: stop Wanglou and make a backup first. check prints a line for each finding and exits with 1.
    scrub writes a SQLite file anew, which needs as much room again; stop Wanglou first.
    """
    address = database or data / DATABASE_FILE
    try:
        {Action.UPGRADE: _upgrade, Action.CHECK: _check, Action.SCRUB: _scrub}[action](address)
    except CannotOpenError as error:
        raise UnreadableInputError(str(error)) from error
    except StorageError as error:
        raise CommandError(str(error)) from error


def _upgrade(address: str | Path) -> None:
    sys.stderr.write(f"the database is at schema {upgrade_storage(address)}\n")


def _check(address: str | Path) -> None:
    found = findings(address)
    sys.stdout.writelines(f"{line}\n" for line in found)
    if found:
        raise CommandError(f"{len(found)} findings; keep the file and restore a backup copy beside it")
    sys.stderr.write("the database is whole and no record was changed\n")


def _scrub(address: str | Path) -> None:
    storage = open_storage(address)
    try:
        storage.scrub()
    except StorageUnavailableError as error:
        raise CommandError(str(error)) from error
    finally:
        storage.close()
    sys.stderr.write("nothing of deleted rows is left in the file\n")


PLUGIN = db
