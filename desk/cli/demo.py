"""Rehearse: the whole product on a town of its own, with no key and no account."""

import json
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from desk.cli import _exits, _options
from desk.cli._streams import tell
from desk.rehearsal.demo import Demo, Report, opened
from desk.supervisor import Processes, running

DATA = Path("var/demo")
MARK = "演练.txt"
WAIT_SECONDS = 120.0
LOOK_EVERY_SECONDS = 0.5


def demo(
    data: Annotated[Path, typer.Option("--data", help="Folder of the rehearsal; emptied first.")] = DATA,
    library: _options.LibraryDir = _options.LIBRARY,
    port: Annotated[int, typer.Option(help="Where the desk listens; 0 takes any free port.")] = 8000,
    until_incident: Annotated[
        bool, typer.Option("--until-incident", help="End with the first incident: 0, or 1 after two minutes.")
    ] = False,
) -> None:
    """Start a town of sites, a chat server, worker and web; a crisis grows while you watch.

    Everything runs on this machine and says 演练. Ctrl-C stops it.
    """
    _clear(data)
    with opened(data, library, port) as town, running(town.commands, town.environment) as processes:
        tell(town.greeting)
        report = _first_incident(town, processes)
        if report is not None:
            tell(report.text)
        if until_incident:
            _finish(town, report)
        elif processes.failed() is None:
            processes.ended.wait()


def _first_incident(town: Demo, processes: Processes) -> Report | None:
    """Wait for the first incident to arrive in chat; None if it did not in time, or we were stopped."""
    for _ in range(int(WAIT_SECONDS / LOOK_EVERY_SECONDS)):
        if processes.ended.wait(LOOK_EVERY_SECONDS):
            return None
        report = town.report()
        if report is not None:
            return report
    return None


def _finish(town: Demo, report: Report | None) -> None:
    if report is None:
        raise _exits.CommandError(f"no incident came within {WAIT_SECONDS:.0f} s: {town.why_none()}")
    sys.stdout.write(json.dumps(report.facts, ensure_ascii=False) + "\n")


def _clear(data: Path) -> None:
    """Empty the folder of an earlier rehearsal; never one that is not ours."""
    if data.exists() and any(data.iterdir()) and not (data / MARK).exists():
        raise _exits.UsageError(
            f"{data} holds something that is not a rehearsal; name another folder with --data"
        )
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    (data / MARK).write_text("演练数据，可随时删除。Rehearsal data; may be deleted.\n", encoding="utf-8")


PLUGIN = demo
