"""Backups as one archive: what it holds, how it is checked, how it is unpacked.

The archive is a gzipped tar of plain files: ``manifest.json`` first, then everything it lists with its
sha256. It holds the secret and clients' data: it is made readable for its owner alone.
"""

import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath

MANIFEST = "manifest.json"
FORMAT = 1
"""Of the archive; a newer one is refused."""

LARGEST_MANIFEST = 16 * 1024 * 1024

_PIECE = 1024 * 1024


class ArchiveError(Exception):
    """An archive cannot be made or trusted; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself. ``schema`` is its database's; ``files``: path inside → sha256."""

    made_at: datetime
    schema: str
    files: Mapping[str, str]


def files_below(folder: Path, inside: str, leave: frozenset[str] = frozenset()) -> dict[str, Path]:
    """Every plain file of a folder, by its path in the archive, but what begins with a part in ``leave``.

    Links are left out: an archive that follows them holds what nobody meant to keep.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder)
        if path.is_file() and not path.is_symlink() and below.parts[0] not in leave:
            found[str(PurePosixPath(inside, *below.parts))] = path
    return found


def pack(archive: Path, files: Mapping[str, Path], made_at: datetime, schema: str) -> Manifest:
    """Write the archive whole or not at all; what stood there under the same name is kept until then.

    Raises ArchiveError.
    """
    half = archive.with_name(f"{archive.name}.part")
    try:
        manifest = Manifest(made_at, schema, {name: sha256_of(path) for name, path in files.items()})
        half.unlink(missing_ok=True)
        with (
            os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream,
            tarfile.open(fileobj=stream, mode="w:gz") as tar,
        ):
            _write(tar, MANIFEST, _said(manifest))
            for name, path in files.items():
                tar.add(path, name, recursive=False)
        half.replace(archive)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise ArchiveError(
            f"writing the backup {archive}: {error}; make room, or name another file"
        ) from error
    return manifest


def read_manifest(archive: Path) -> Manifest:
    """What the archive says it holds. Raises ArchiveError if it is none of ours, or a newer one."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            first = tar.next()
            if first is None or first.name != MANIFEST or first.size > LARGEST_MANIFEST:
                raise _foreign(archive, "it does not begin with a manifest")
            stream = tar.extractfile(first)
            told = json.loads(stream.read()) if stream else {}
        if told["format"] != FORMAT:
            raise _foreign(archive, f"its format is {told['format']}, this Wanglou reads {FORMAT}")
        return Manifest(datetime.fromisoformat(told["made_at"]), told["schema"], dict(told["files"]))
    except (tarfile.TarError, EOFError, OSError, ValueError, KeyError, TypeError) as error:
        raise _foreign(archive, str(error) or "it is cut short") from error


def unpack(archive: Path, into: Path) -> Manifest:
    """Unpack what the manifest lists, each file compared with its sha256. ``into`` must be empty or missing.

    Nothing is taken from the archive that its manifest does not list, and nothing is written outside
    ``into``. Raises ArchiveError; then ``into`` is as it was before, also where ctrl-c came between.
    """
    manifest = read_manifest(archive)
    if into.exists() and not (into.is_dir() and not any(into.iterdir())):
        raise ArchiveError(f"restoring into {into}: it is not an empty folder; name a new one")
    stood = [folder for folder in (into, *into.parents) if folder.exists()]
    try:
        _fill(archive, into, manifest)
    except BaseException:
        _empty_again(into, stood[0])
        raise
    return manifest


def _fill(archive: Path, into: Path, manifest: Manifest) -> None:
    try:
        found = dict(_unpacked(archive, into, manifest))
    except (tarfile.TarError, EOFError, OSError) as error:
        raise _foreign(archive, str(error) or "it is cut short") from error
    wrong = sorted(name for name, sha256 in manifest.files.items() if found.get(name) != sha256)
    if wrong:
        raise _foreign(archive, f"{wrong[0]} is missing or not as it was stored")


def sha256_of(path: Path) -> str:
    """A file's digest, read in pieces: databases are larger than memory."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _unpacked(archive: Path, into: Path, manifest: Manifest) -> Iterator[tuple[str, str]]:
    with tarfile.open(archive, "r:gz") as tar:
        for member in tar:
            if member.name not in manifest.files or not member.isreg():
                continue
            target = into / _safe(archive, member.name)
            target.parent.mkdir(parents=True, exist_ok=True)
            source = tar.extractfile(member)
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                while source and (piece := source.read(_PIECE)):
                    stream.write(piece)
            yield member.name, sha256_of(target)


def _empty_again(into: Path, stood: Path) -> None:
    """Take away what was put into ``into``, and the folders that were made for it below ``stood``."""
    for left in into.iterdir() if into.is_dir() else ():
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
    for made in (into, *into.parents):
        if made == stood:
            return
        with suppress(OSError):  # what cannot be taken away hides no error that led here
            made.rmdir()


def _safe(archive: Path, name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise _foreign(archive, f"{name} leads out of the folder")
    return path


def _foreign(archive: Path, found: str) -> ArchiveError:
    return ArchiveError(f"reading the backup {archive}: {found}; name a file that wanglou backup has written")


def _said(manifest: Manifest) -> bytes:
    told = {
        "format": FORMAT,
        "made_at": manifest.made_at.isoformat(),
        "schema": manifest.schema,
        "files": dict(manifest.files),
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _write(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, BytesIO(content))
