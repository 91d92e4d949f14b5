"""What both processes are built on: config, storage, secrets, channels."""

import os
import secrets as random_secrets
import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from alerting.notifier import Notifier
from analysis.matching import Matcher
from analysis.names import folded_name
from desk.sample import CHECKS, SHIPPED_LIBRARY
from wanglou.config.folder import load
from wanglou.config.kinds import KnownKinds
from wanglou.domain.agency import Config
from wanglou.kinds import find_kind, known_kinds
from wanglou.ports import DeskReader
from wanglou.storage.engine import DATABASE_FILE, SqlStorage, open_storage
from wanglou.storage.reader import SqlDeskReader

SHORTEST_SECRET = 32
SECRET_FILE = "secret"  # noqa: S105 -- a file's name
SOURCES, DETECTORS, NOTIFIERS = "crawlers.sources", "analysis.detectors", "alerting.notifiers"
MENTION_DETECTORS, GROWTH_DETECTORS = "analysis.mention_detectors", "analysis.growth_detectors"


class WiringError(Exception):
    """Something the config asks for cannot be built here: a secret that is not set, a wrong option."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where this installation keeps its things. ``database`` is a path or a PostgreSQL address."""

    config: Path
    data: Path
    library: Path

    @property
    def database(self) -> str | Path:
        """``WANGLOU_DATABASE`` if it is set, else a file in the data folder."""
        return os.environ.get("WANGLOU_DATABASE") or self.data / DATABASE_FILE


def kinds() -> KnownKinds:
    """What config files may name."""
    detectors = sorted(
        {*known_kinds(DETECTORS), *known_kinds(MENTION_DETECTORS), *known_kinds(GROWTH_DETECTORS)}
    )
    return KnownKinds(known_kinds(SOURCES), tuple(detectors), known_kinds(NOTIFIERS), folded_name)


def read_config(place: Place) -> Config:
    """Read and check the config folder. Raises ConfigError, UnreadableFolderError."""
    return load(place.config, place.library, kinds(), CHECKS)


def backtest_command(place: Place) -> str:
    """What to type for a backtest of the desk at ``place``, from the folder it was started in."""
    folders = [("--config", place.config), ("--data", place.data)]
    if place.library != SHIPPED_LIBRARY:
        folders.append(("--library", place.library))
    return shlex.join(
        ["wanglou", "backtest", *(word for option, at in folders for word in (option, str(at)))]
    )


def storage_of(place: Place) -> SqlStorage:
    """Open the database, making the data folder if need be. Raises StorageError."""
    make_folder(place.data)
    return open_storage(place.database)


def make_folder(folder: Path) -> None:
    """Make the data folder if need be. Raises WiringError with what stands in the way."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WiringError(
            f"making the data folder {folder}: {error.strerror}; name one that can be written with --data"
        ) from error


def secret_of(place: Place, environment: Mapping[str, str]) -> str:
    """What signs sessions and links: ``WANGLOU_SECRET``, else a file made here for its owner alone."""
    if given := environment.get("WANGLOU_SECRET"):
        return given
    path = place.data / SECRET_FILE
    make_folder(place.data)
    if not path.exists():
        _make_secret(path)
    secret = path.read_text(encoding="ascii").strip()
    if len(secret) < SHORTEST_SECRET:
        raise WiringError(
            f"reading the secret {path}: {len(secret)} characters, at least {SHORTEST_SECRET} are needed; "
            "delete the file (everyone signs in anew) or put its backup in place"
        )
    return secret


def _make_secret(path: Path) -> None:
    """Written whole under another name first: two processes, or a crash, never leave half a secret."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(random_secrets.token_urlsafe(48))
    with suppress(FileExistsError):  # the other process was quicker; its secret stands
        path.hardlink_to(draft)
    draft.unlink()


def notifiers_of(config: Config, environment: Mapping[str, str]) -> dict[str, Notifier]:
    """A notifier for each kind of channel that the config names, and the desk's own inbox."""
    values, settings = secrets_of(config, environment), config.agency.settings
    try:
        return {
            kind: find_kind(NOTIFIERS, kind)(values, settings.get(kind, {})) for kind in channel_kinds(config)
        }
    except ValueError as error:
        unset = sorted(v for v in config.agency.secrets.values() if not environment.get(v))
        named = f"; it names these, which are not set: {', '.join(unset)}" if unset else ""
        raise WiringError(f"building the channels: {error}{named}") from error


def channel_kinds(config: Config) -> list[str]:
    """The kinds of channel that the config names, and the desk's own inbox."""
    clients = config.clients.values()
    named = [*config.agency.channels.values(), *(c for k in clients for c in k.channels.values())]
    named += [channel for client in clients for route in client.routes for channel in route.channels]
    return sorted({"inbox", *(channel.partition(":")[0] for channel in named)})


def secrets_of(config: Config, environment: Mapping[str, str]) -> dict[str, str]:
    """What needs a secret → its value, from the variables agency.yaml names; unset ones are left out."""
    found = {name: environment.get(variable) for name, variable in config.agency.secrets.items()}
    return {name: value for name, value in found.items() if value}


def matcher_of(config: Config) -> Matcher:
    """One automaton over all clients' names and the words of their watches."""
    classes = {spec.id: spec.source_class for spec in config.sources.values()}
    return Matcher(config.clients.values(), classes)


def desk_reader(storage: SqlStorage) -> DeskReader:
    """Whom pages ask."""
    return SqlDeskReader(storage)
