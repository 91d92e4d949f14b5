"""Rehearse: the whole product on a town of its own, with no key and no account."""

import fcntl
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Annotated, TextIO

import typer

from desk.cli import _exits, _options
from desk.cli._streams import tell
from desk.rehearsal.demo import Demo, Report, opened
from desk.supervisor import Processes, running, where_to_look

DATA = Path("var/demo")
MARK = "演练.txt"
"""Says that the folder may be emptied, and is locked while its rehearsal lives; holds the process's id."""

WAIT_SECONDS = 120.0
LOOK_EVERY_SECONDS = 0.5


def demo(
    data: Annotated[Path, typer.Option("--data", help="Folder of the rehearsal; emptied first.")] = DATA,
    library: _options.LibraryDir = _options.LIBRARY,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the desk listens; 0 takes any free port.")
    ] = 8000,
    until_incident: Annotated[
        bool, typer.Option("--until-incident", help="End with the first incident: 0, or 1 after two minutes.")
    ] = False,
) -> None:
    """Start a town of sites, a chat server, worker and web; two crises grow while you watch.

    Everything runs on this machine and says 演练. Ctrl-C stops it.
    """
    with (
        hold(data),
        opened(data, library, port) as town,
        running(town.commands, town.environment) as processes,
    ):
        tell(town.greeting)
        report = _first_incident(town, processes)
        if report is not None:
            tell(report.text)
        if until_incident and report is not None:
            sys.stdout.write(json.dumps(report.facts, ensure_ascii=False) + "\n")
        elif not until_incident and not processes.ended.is_set():
            _tell_further(town, processes, report)
        _say_why(town, processes, report, until_incident=until_incident)


def _first_incident(town: Demo, processes: Processes) -> Report | None:
    """Wait for the first incident to arrive in chat; None if it did not in time, or we were stopped."""
    for _ in range(int(WAIT_SECONDS / LOOK_EVERY_SECONDS)):
        if processes.ended.wait(LOOK_EVERY_SECONDS):
            return None
        report = town.report()
        if report is not None:
            return report
    return None


def _tell_further(town: Demo, processes: Processes, first: Report | None) -> None:
    """Tell of every further incident as its card arrives, until we are stopped.

    After each the rules are tried on what was seen so far, for the page 回测.
    """
    told = {first.incident} if first else set()
    town.looking_back.is_due = bool(first)
    while not processes.ended.wait(LOOK_EVERY_SECONDS):
        report = town.report(told)
        if report is not None:
            told.add(report.incident)
            tell(report.text)
            town.looking_back.is_due = True
        town.looking_back.go_on()


def _say_why(town: Demo, processes: Processes, report: Report | None, *, until_incident: bool) -> None:
    """End with a finding if a process died, or if no incident came and we were not told to stop."""
    failed = processes.failed()
    if failed is not None:
        name = failed.args[5] if isinstance(failed.args, list) else "a process"
        raise _exits.CommandError(
            f"the {name} process ended with exit code {failed.returncode}; {where_to_look(failed.returncode)}"
        )
    if until_incident and report is None:
        if processes.ended.is_set():
            raise _exits.CommandError("stopped before the first incident came")
        raise _exits.CommandError(f"no incident came within {WAIT_SECONDS:.0f} s: {town.why_none()}")


def hold(data: Path) -> TextIO:
    """Take the rehearsal's folder and empty it; never one that is not ours, or where a rehearsal still runs.

    It is ours until what is returned is closed; the system closes it however we end.
    """
    try:
        if data.exists() and any(data.iterdir()) and not (data / MARK).exists():
            raise _exits.UsageError(
                f"{data} holds something that is not a rehearsal; name another folder with --data"
            )
        data.mkdir(parents=True, exist_ok=True)
        mark = (data / MARK).open("a+", encoding="utf-8")
        _lock(mark, data)
        _empty(data)
        mark.truncate(0)
        mark.write(f"演练数据，可随时删除。Rehearsal data; may be deleted.\n{os.getpid()}\n")
        mark.flush()
    except OSError as error:
        raise _exits.UsageError(
            f"making the rehearsal's folder {data}: {error.strerror}; name another with --data"
        ) from error
    return mark


def _lock(mark: TextIO, data: Path) -> None:
    """Raise UsageError while another process holds it."""
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        mark.seek(0)
        process = mark.read().splitlines()[-1:]
        mark.close()
        raise _exits.UsageError(
            f"emptying the rehearsal's folder {data}: another rehearsal runs there "
            f"(process {''.join(process) or 'unknown'}); stop it first, or name another folder with --data"
        ) from error


def _empty(data: Path) -> None:
    """Delete all but the mark."""
    for entry in data.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        elif entry.name != MARK:
            entry.unlink()


PLUGIN = demo
