"""What is wrong here and what to do: findings about config, folder, database and watch, as values.

Each function looks at one thing and changes nothing. A finding is a Reason, said in the reader's language.
"""

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from wanglou.domain.agency import Config
from wanglou.domain.model import DeltaState
from wanglou.domain.person import HOUSE, Role
from wanglou.domain.reason import Reason
from wanglou.domain.source import SourceState
from wanglou.ports import Storage

ROOM = 2 * 1024**3
"""Bytes below which a disk fills within days at a busy agency."""

ASLEEP = timedelta(minutes=2)
"""The worker looks around every second; this long without a look means that none runs."""

SOON = timedelta(days=45)
"""The next year's holidays are published in November, a few weeks before they are needed."""

WATCHED = "watched_at"
"""Where the worker notes its last look, as ``desk.pipeline.notice`` does."""


class Gravity(StrEnum):
    """``wrong``: something does not work. ``care``: it works, and will not for ever, or not for all."""

    WRONG = "wrong"
    CARE = "care"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, with what to do."""

    gravity: Gravity
    reason: Reason


def of_config(config: Config, environment: Mapping[str, str], today: date) -> Iterator[Finding]:
    """Secrets that are not set, people nobody could reach, holidays that run out."""
    for what, name in sorted(config.agency.secrets.items()):
        if not environment.get(name):
            yield _wrong("doctor_secret_unset", what=what, variable=name)
    if not any(p.role in {Role.DIRECTOR, Role.ADMIN} for p in config.agency.people.values()):
        yield _care("doctor_nobody_leads")
    for client in config.clients.values():
        if "account" not in client.team:
            yield _care("doctor_no_account_manager", client=client.name)
    until = config.agency.calendar.known_until
    if until is not None and until - today < SOON:
        yield _care("doctor_holidays_end", until=until.isoformat())


def of_folder(data: Path, free: int | None = None) -> Iterator[Finding]:
    """Whether the data folder can be written, has room, and keeps its secret to itself.

    ``free``: bytes, asked from the disk where None.
    """
    if not data.is_dir():
        yield _care("doctor_no_folder", folder=str(data))
        return
    if not os.access(data, os.W_OK | os.X_OK):
        yield _wrong("doctor_folder_closed", folder=str(data))
    room = _free(data) if free is None else free
    if room < ROOM:
        yield _wrong("doctor_little_room", folder=str(data), megabytes=room // 1024**2)
    secret = data / "secret"
    if secret.exists() and secret.stat().st_mode & 0o077:
        yield _wrong("doctor_secret_open", file=str(secret))


def of_watch(storage: Storage, config: Config, now: datetime) -> Iterator[Finding]:
    """Whether a worker runs, on this config, and what it cannot see or mend."""
    with storage.look() as uow:
        watched, digest = uow.meta.get(WATCHED), uow.meta.get("config_digest")
        health, open_now = uow.sources.health(), uow.incidents.all_open()
    if watched is None:
        yield _care("doctor_never_watched")
    elif now - datetime.fromisoformat(watched) > ASLEEP:
        yield _wrong("doctor_worker_asleep", since=watched)
    if digest is not None and digest != config.digest:
        yield _care("doctor_other_config")
    for spec in config.sources.values():
        known = health.get(spec.id)
        if known is not None and known.state in {SourceState.SILENT, SourceState.BLOCKED}:
            yield _wrong(f"doctor_source_{known.state}", name=spec.name, since=known.since.isoformat())
    for incident in open_now:
        if incident.client == HOUSE and not incident.brand.startswith("source"):
            yield _wrong("doctor_house_incident", part=incident.brand, number=incident.number)


def of_model(delta: DeltaState, version: str | None) -> Iterator[Finding]:
    """Whether what corrections taught can be used, and is; ``version`` is what the worker reads with."""
    if delta.trouble:
        yield _wrong("doctor_delta_unusable", found=delta.trouble)
    if version is not None and not delta.is_read_with(version):
        yield _care("doctor_delta_waits")


def of_clients(known: Collection[str], config: Config) -> Iterator[Finding]:
    """Clients with rows and without a file: they left halfway, or their file was mislaid."""
    for client in sorted(set(known) - set(config.clients)):
        yield _care("doctor_client_without_file", client=client)


def _free(folder: Path) -> int:
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def _wrong(code: str, **facts: str | int) -> Finding:
    return Finding(Gravity.WRONG, Reason(code, facts))


def _care(code: str, **facts: str | int) -> Finding:
    return Finding(Gravity.CARE, Reason(code, facts))
