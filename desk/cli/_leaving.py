"""A client that leaves: what would go, the archive, and the going."""

import gzip
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from desk.backtesting.saved import FOLDER, Shelf
from desk.cli import _exits
from desk.cli._streams import tell
from desk.clocks import WallClock
from desk.deltas import Deltas
from desk.wiring.shared import Place, read_config, storage_of
from wanglou.domain.agency import Config
from wanglou.ports import StorageUnavailableError
from wanglou.storage.engine import SqlStorage
from wanglou.storage.errors import StorageError
from wanglou.storage.leaving import (
    Leaving,
    OpenIncidentsError,
    counted,
    data_of,
    leave,
    open_incidents,
    worker_runs,
)
from wanglou.storage.users import clients_of


def let_go(place: Place, client: str, archive: Path | None, *, close: bool, dry_run: bool) -> None:
    """Let a client go, or say what that would do."""
    try:
        config, storage, shelf = read_config(place), storage_of(place), Shelf(place.data)
        if dry_run:
            _foretell(config, storage, client, shelf)
        else:
            _check(config, storage, client, close=close)
            _go(storage, client, archive, shelf, close=close)
            _tell_of_deltas(place, client)
        storage.close()
    except StorageError as error:
        raise _exits.CommandError(str(error)) from error


def _foretell(config: Config, storage: SqlStorage, client: str, shelf: Shelf) -> None:
    with storage.look() as uow:
        rows, numbers = counted(uow.connection, client), open_incidents(uow.connection, client)
        alone = _theirs_alone(config, uow.connection, client)
    sys.stdout.writelines(f"{table}  {n}\n" for table, n in sorted(rows.items()))
    sys.stdout.write(f"{FOLDER}  {shelf.held(client)}\n")
    for problem in _in_the_way(config, storage, client):
        tell(f"before that: {problem}")
    if numbers:
        tell(f"open incidents: {_numbered(numbers)}; end them, or say --close")
    if alone:
        tell(
            f"of this client alone: {', '.join(alone)}; remove their lines, then wanglou person erase --user"
        )
    tell(
        "nothing was changed. incident and timeline would stay, without the client's name and without words, "
        "so that it can be proven that something was done; all else would go"
    )


def _theirs_alone(config: Config, connection: Any, client: str) -> list[str]:
    """People who are in no other client's team and watch over nobody else."""
    known = config.clients.get(client)
    team = set(known.team.values()) if known else set()
    elsewhere = {
        who for other in config.clients.values() if other.id != client for who in other.team.values()
    }
    people = [config.agency.people[who] for who in sorted(team - elsewhere) if who in config.agency.people]
    return [p.id for p in people if not p.role.sees_all_clients and clients_of(connection, p.id) <= {client}]


def _in_the_way(config: Config, storage: SqlStorage, client: str) -> list[str]:
    found = []
    if client in config.clients:
        found.append(f"remove clients/{client}.yaml, or new mentions come in at once")
    with storage.look() as uow:
        if worker_runs(uow.connection, WallClock().now()):
            found.append("stop the worker: it remembers the client's counts and would write them back")
    return found


def _check(config: Config, storage: SqlStorage, client: str, *, close: bool) -> None:
    if problems := _in_the_way(config, storage, client):
        raise _exits.CommandError(f"{client} cannot leave yet: {'; '.join(problems)}. Then run this again")
    with storage.look() as uow:
        numbers, rows = open_incidents(uow.connection, client), counted(uow.connection, client)
    if not rows:
        raise _exits.CommandError(f"{client} has no rows here: it never came, or has left already")
    if numbers and not close:
        raise _exits.CommandError(
            f"{client} has open incidents ({_numbered(numbers)}): end them at the desk, or say --close"
        )


def _go(storage: SqlStorage, client: str, archive: Path | None, shelf: Shelf, *, close: bool) -> None:
    if archive is not None:
        tell(f"{_archived(storage, client, archive)} rows in {archive}; hand it over by a road you trust")
    _forget_backtests(shelf, client)
    try:
        done = leave(storage, Leaving(client, WallClock().now(), close), _progress)
    except OpenIncidentsError as error:  # opened since we looked
        raise _exits.CommandError(
            f"{client} has open incidents ({error}): end them, or say --close"
        ) from error
    sys.stdout.writelines(f"{table}  {n}\n" for table, n in sorted(done.items()))
    scrubbed(storage)
    tell(
        f"{client} has left. incident and timeline stay without names and words. Not in reach from here: "
        "back-ups made before, files in drop folders' done/, messages sent to chat"
    )


def _forget_backtests(shelf: Shelf, client: str) -> None:
    """Delete what kept backtests hold of the client: before its rows, so that a second try can do it."""
    try:
        sys.stdout.write(f"{FOLDER}  {shelf.forget(client)}\n")
    except OSError as error:
        raise _exits.CommandError(
            f"deleting what kept backtests hold of {client}: {error.filename}: {error.strerror}; "
            "no rows were deleted: mend that and run this again"
        ) from error


def scrubbed(storage: SqlStorage) -> None:
    """Leave nothing of the deleted rows in the file; where others are at work, say what is still to do."""
    try:
        storage.scrub()
    except (StorageError, StorageUnavailableError) as error:
        tell(f"the rows are gone, but remnants may lie in the file ({error}); stop Wanglou: wanglou db scrub")


def _tell_of_deltas(place: Place, client: str) -> None:
    """What was learnt from all clients' corrections cannot be taken apart: it is learnt anew, or left."""
    folder = Deltas(place.data).folder
    if any(folder.glob("delta-*.npz")):
        tell(
            f"deltas in {folder} may have been learnt from corrections of {client} too: learn anew with "
            "wanglou train --corrections --take, or go to wanglou train --shipped; then delete older delta-* "
            "files there"
        )


def _progress(table: str, n: int) -> None:
    tell(f"  {table}: {n}")


def _numbered(numbers: list[int]) -> str:
    return ", ".join(f"#{number}" for number in numbers)


def _archived(storage: SqlStorage, client: str, archive: Path) -> int:
    """Write all of the client's rows whole or not at all, for its owner's eyes alone."""
    if archive.exists():
        raise _exits.UsageError(f"{archive} is there already; name a new file")
    half = archive.with_name(f"{archive.name}.part")
    try:
        with _written(half) as file, storage.look() as uow:
            rows = sum(_line(file, table, row) for table, row in data_of(uow.connection, client))
        half.replace(archive)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise _exits.UnreadableInputError(
            f"writing {archive}: {error.strerror}; nothing was deleted: make room, or name another file"
        ) from error
    return rows


@contextmanager
def _written(path: Path) -> Iterator[TextIO]:
    """A new file for its owner alone, packed if its name says so."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as raw:
        packed = gzip.GzipFile(fileobj=raw, mode="wb", filename="") if ".gz" in path.suffixes else raw
        with TextIOWrapper(packed, encoding="utf-8") as file:
            yield file


def _line(file: TextIO, table: str, row: Mapping[str, Any]) -> int:
    plain = {name: v.isoformat() if isinstance(v, datetime) else v for name, v in row.items()}
    file.write(json.dumps({"table": table, **plain}, ensure_ascii=False) + "\n")
    return 1
