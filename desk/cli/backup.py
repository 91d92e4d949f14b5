"""Put database, secret, drop folders and config into one archive, while Wanglou runs."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from desk.cli import _exits, _options
from desk.cli._streams import tell
from desk.clocks import WallClock
from desk.keeping import ArchiveError, files_below, pack
from desk.wiring.shared import Place
from wanglou.storage.copying import copy_database
from wanglou.storage.engine import DATABASE_FILE
from wanglou.storage.errors import CannotOpenError, StorageError
from wanglou.storage.schema import revisions
from wanglou.storage.soundness import findings

NOT_KEPT = frozenset({DATABASE_FILE, f"{DATABASE_FILE}-wal", f"{DATABASE_FILE}-shm", "jieba.cache"})
"""The running database, which is copied by itself, and what is made anew."""


def backup(
    archive: Annotated[
        Path, typer.Argument(metavar="FILE", help="The archive to write, such as desk.tar.gz.")
    ],
    config: _options.ConfigDir = _options.CONFIG,
    data: _options.DataDir = _options.DATA,
) -> None:
    """Write one archive with all that is needed to go on elsewhere; Wanglou may run meanwhile.

    The copy of the database is checked before it is packed. The archive holds clients' data and the secret:
    it is readable for its owner alone and belongs where the data may be. Secrets of channels are not in it;
    they live in the environment. With PostgreSQL use pg_dump for the rows.
    """
    place = Place(config, data, _options.LIBRARY)
    if not config.is_dir():
        raise _exits.UnreadableInputError(
            f"backing up the config {config}: no such folder; name it with --config"
        )
    try:
        with tempfile.TemporaryDirectory(dir=_beside(archive), prefix=".wanglou-backup-") as folder:
            count = _pack(place, archive, Path(folder) / DATABASE_FILE)
    except CannotOpenError as error:
        raise _exits.UnreadableInputError(str(error)) from error
    except (StorageError, ArchiveError) as error:
        raise _exits.CommandError(str(error)) from error
    tell(f"{count} files in {archive}; try it now and then: wanglou restore {archive} --into A-NEW-FOLDER")


def _beside(archive: Path) -> Path:
    """Where there must be room anyway: the copy lies there until it is packed."""
    if not archive.absolute().parent.is_dir():
        raise _exits.UsageError(f"{archive}: there is no folder {archive.parent}; make it or name another")
    return archive.absolute().parent


def _pack(place: Place, archive: Path, copy: Path) -> int:
    copy_database(place.database, copy)
    wrong = findings(copy)
    if wrong:
        sys.stdout.writelines(f"{line}\n" for line in wrong)
        raise _exits.CommandError(
            f"the database has {len(wrong)} findings; nothing was written: keep your older backups"
        )
    files = {**_kept(place, archive), f"data/{DATABASE_FILE}": copy}
    return len(pack(archive, files, WallClock().now(), revisions()[-1]).files)


def _kept(place: Place, archive: Path) -> dict[str, Path]:
    """All but the running database and backups, which would make every backup hold all before it."""
    data = files_below(place.data, "data", NOT_KEPT)
    own = {archive.resolve(), archive.with_name(f"{archive.name}.part").resolve()}
    kept = {
        name: path
        for name, path in data.items()
        if not path.name.startswith((f"{DATABASE_FILE}.", ".wanglou-backup-")) and path.resolve() not in own
    }
    return {**kept, **files_below(place.config, "config")}


PLUGIN = backup
