"""Say what is wrong with this installation, and what to do about it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from analysis.model import card_of
from desk.cli import _exits, _options
from desk.cli._kinds import kinds_here
from desk.cli._streams import tell
from desk.clocks import WallClock
from desk.deltas import Deltas
from desk.diagnosis import Finding, Gravity, of_clients, of_config, of_folder, of_model, of_watch
from desk.sample import CHECKS
from desk.wiring.shared import Place
from wanglou.config.folder import examine
from wanglou.domain.agency import Config
from wanglou.domain.reason import Reason
from wanglou.storage.engine import open_storage, parse
from wanglou.storage.errors import StorageError
from wanglou.storage.leaving import known_clients
from wanglou.storage.soundness import findings
from wanglou.wording import say


def doctor(
    config: _options.ConfigDir = _options.CONFIG,
    data: _options.DataDir = _options.DATA,
    library: _options.LibraryDir = _options.LIBRARY,
    language: Annotated[
        _options.Language, typer.Option(help="What the findings are said in.")
    ] = _options.Language.ZH,
    *,
    quick: Annotated[bool, typer.Option("--quick", help="Do not read through the whole database.")] = False,
) -> None:
    """Look at config, secrets, folder, disk, database, worker and sources; change nothing.

    Findings go to stdout, one a line: "wrong" for what does not work now, "care" for what will not always.
    Exit code 1 if anything is wrong.
    """
    place = Place(config, data, library)
    examined = examine(config, library, kinds_here(), CHECKS)
    lines = [f"wrong  {problem}" for problem in examined.problems]
    if examined.config is not None:
        lines += [_line(f, examined.config, language) for f in _of_all(place, examined.config)]
    lines += [f"wrong  {line}" for line in _of_database(place, quick=quick)]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    wrong = sum(line.startswith(Gravity.WRONG) for line in lines)
    summed_up = Reason("doctor_found", {"wrong": wrong, "care": len(lines) - wrong})
    tell(say(summed_up if lines else Reason("doctor_all_well"), language))
    if wrong:
        raise typer.Exit(_exits.FINDING)


def _of_all(place: Place, config: Config) -> Iterator[Finding]:
    now = WallClock().now()
    yield from of_config(config, os.environ, now.date())
    yield from of_folder(place.data)
    delta = Deltas(place.data).state(card_of().id)
    if not _is_there(place):
        yield from of_model(delta, None)
    else:
        try:
            storage = open_storage(place.database)
        except StorageError:
            return  # said by the look at the database itself
        yield from of_watch(storage, config, now)
        with storage.look() as uow:
            yield from of_clients(known_clients(uow.connection), config)
            yield from of_model(delta, uow.meta.get("reading_version"))
        storage.close()


def _of_database(place: Place, *, quick: bool) -> list[str]:
    if not _is_there(place):
        return []
    try:
        if quick:
            open_storage(place.database).close()
            return []
        return findings(place.database)
    except StorageError as error:
        return [str(error)]


def _is_there(place: Place) -> bool:
    """Opening a SQLite file makes it: the doctor leaves no traces."""
    url = parse(place.database)
    return url.get_backend_name() != "sqlite" or Path(str(url.database)).is_file()


def _line(finding: Finding, config: Config, language: str) -> str:
    return f"{finding.gravity:<5}  {say(finding.reason, language, config.agency.zone)}"


PLUGIN = doctor
