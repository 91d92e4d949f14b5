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
from desk.forecast import looks, sends
from desk.logs import LogFormat, log_to_stderr
from desk.supervisor import end_with_parent, running, where_to_look
from desk.wiring.shared import Place, WiringError, notifiers_of, read_config, secret_of, storage_of
from wanglou.kinds import find_kind
from wanglou.storage.errors import StorageError

log = logging.getLogger(__name__)


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
    log_format: Annotated[
        LogFormat, typer.Option("--log-format", envvar="WANGLOU_LOG_FORMAT", help="How stderr is written.")
    ] = LogFormat.TEXT,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would fetch and send, and do nothing.")
    ] = False,
) -> None:
    """Watch until stopped by SIGTERM or Ctrl-C.

    A restart goes on where it stopped; of two workers on one database the second stands by.
    """
    place = Place(config, data, library)
    if dry_run:
        return _forecast(place)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a terminal that closes must not end the watch
    log_to_stderr(log_format)
    end_with_parent(os.environ)
    try:
        checked = read_config(place)
        secret_of(place, os.environ)
        if only is not None:
            find_kind("desk.processes", only)(checked, place, host, port, rehearsal=rehearsal)
        else:
            storage_of(place).close()  # what is wrong with the database is said once, here
            _both(place, host, port, log_format, rehearsal=rehearsal)
    except (StorageError, WiringError) as error:
        raise _exits.CommandError(str(error)) from error


def _forecast(place: Place) -> None:
    """The channels are built as a start would build them, so that what they refuse is said here too."""
    config = read_config(place)
    try:
        notifiers_of(config, os.environ)
    except WiringError as error:
        raise _exits.CommandError(str(error)) from error
    sys.stdout.writelines(f"{line}\n" for line in (*looks(config), *sends(config)))
    tell("nothing was fetched, sent or opened; without --dry-run it begins")


def _both(place: Place, host: str, port: int, log_format: LogFormat, *, rehearsal: bool) -> None:
    shared = ["--config", str(place.config), "--data", str(place.data), "--library", str(place.library)]
    shared += ["--log-format", log_format]
    shared += ["--rehearsal"] if rehearsal else []
    web = ["up", "--only", "web", "--host", host, "--port", str(port), *shared]
    with running([["up", "--only", "worker", *shared], web], os.environ) as processes:
        say = tell if log_format is LogFormat.TEXT else log.info  # a log store takes objects alone
        say(f"starting the worker, and the desk on http://{host}:{port}/ ; Ctrl-C stops both")
        processes.ended.wait()
        failed = processes.failed()
    if failed is not None and failed.returncode:
        name = " ".join(map(str, failed.args[4:6])) if isinstance(failed.args, list) else "a process"
        raise _exits.CommandError(
            f"wanglou up: {name} ended with exit code {failed.returncode}; {where_to_look(failed.returncode)}"
        )


PLUGIN = up
