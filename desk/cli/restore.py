"""Unpack a backup into a new folder, compare every file, and check the database."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from desk.cli import _exits
from desk.cli._streams import tell
from desk.keeping import ArchiveError, Manifest, read_manifest, unpack
from wanglou.storage.engine import DATABASE_FILE
from wanglou.storage.errors import StorageError
from wanglou.storage.soundness import findings


def restore(
    archive: Annotated[Path, typer.Argument(metavar="FILE", help="What wanglou backup has written.")],
    into: Annotated[
        Path, typer.Option("--into", help="A new or empty folder; data and config come below it.")
    ],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what the archive holds.")] = False,
) -> None:
    """Unpack a backup, compare every file with its sha256, and check database and records.

    Nothing that exists is overwritten. What was waiting to be sent when the backup was made is sent once the
    copy runs: stop the old Wanglou first, or people hear twice.
    """
    try:
        manifest = read_manifest(archive) if dry_run else unpack(archive, into)
        if dry_run:
            sys.stdout.writelines(f"{name}\n" for name in manifest.files)
        else:
            _check(into)
    except ArchiveError as error:
        raise _exits.UnreadableInputError(str(error)) from error
    except StorageError as error:
        raise _exits.CommandError(str(error)) from error
    tell(_summary(manifest))
    if not dry_run:
        tell(f"go on with: wanglou up --config {into / 'config'} --data {into / 'data'}")


def _check(into: Path) -> None:
    found = findings(into / "data" / DATABASE_FILE)
    sys.stdout.writelines(f"{line}\n" for line in found)
    if found:
        raise _exits.CommandError(
            f"the restored database has {len(found)} findings, and what was unpacked stays in {into} to be "
            "looked at; use an older backup and a new folder"
        )


def _summary(manifest: Manifest) -> str:
    made = manifest.made_at.isoformat(timespec="minutes")
    return f"{len(manifest.files)} files, made {made}, schema {manifest.schema}"


PLUGIN = restore
