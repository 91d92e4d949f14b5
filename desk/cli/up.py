"""Run the watch: worker and web, or one of them."""

import logging
import os
import signal
import sys
from enum import StrEnum
from typing import Annotated

import typer

from desk.cli import _exits, _options
from desk.cli._streams import tell
from desk.supervisor import end_with_parent, running
from desk.wiring.shared import Place, WiringError, read_config, secret_of, storage_of
from wanglou.kinds import find_kind
from wanglou.storage.errors import StorageError


class Part(StrEnum):
    """What one process does."""

    WORKER = "worker"
    WEB = "web"


def up(
    config: _options.ConfigDir = _options.CONFIG,
    data: _options.DataDir = _options.DATA,
    library: _options.LibraryDir = _options.LIBRARY,
    only: Annotated[Part | None, typer.Option("--only", help="Run this process alone.")] = None,
    host: Annotated[str, typer.Option(help="Where the web listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where the web listens.")] = 8000,
    rehearsal: Annotated[bool, typer.Option("--rehearsal", help="Mark every page and message 演练.")] = False,
) -> None:
    """Watch until stopped by SIGTERM or Ctrl-C.

    A restart goes on where it stopped; of two workers on one database the second stands by.
    """
    place = Place(config, data, library)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a terminal that closes must not end the watch
    _log_to_stderr()
    end_with_parent(os.environ)
    try:
        checked = read_config(place)
        secret_of(place, os.environ)
        if only is not None:
            find_kind("desk.processes", only)(checked, place, host, port, rehearsal=rehearsal)
        else:
            storage_of(place).close()  # what is wrong with the database is said once, here
            _both(place, host, port, rehearsal=rehearsal)
    except (StorageError, WiringError) as error:
        raise _exits.CommandError(str(error)) from error


def _log_to_stderr() -> None:
    """One line a record, for people and for the system's journal."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for chatty in ("alembic", "scrapy", "uvicorn", "jieba", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # A verb that takes longer than its beat is passed over until it is done: that is no warning here.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _both(place: Place, host: str, port: int, *, rehearsal: bool) -> None:
    shared = ["--config", str(place.config), "--data", str(place.data), "--library", str(place.library)]
    shared += ["--rehearsal"] if rehearsal else []
    web = ["up", "--only", "web", "--host", host, "--port", str(port), *shared]
    with running([["up", "--only", "worker", *shared], web], os.environ) as processes:
        tell(f"starting the worker, and the desk on http://{host}:{port}/ ; Ctrl-C stops both")
        processes.ended.wait()
        failed = processes.failed()
    if failed is not None and failed.returncode:
        name = " ".join(map(str, failed.args[4:6])) if isinstance(failed.args, list) else "a process"
        raise _exits.CommandError(
            f"wanglou up: {name} ended with exit code {failed.returncode}; its last lines say why"
        )


PLUGIN = up
