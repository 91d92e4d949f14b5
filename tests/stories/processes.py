"""``wanglou`` as an operator runs it: real processes, whose lines and rows a test waits for."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import psutil

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds until a wait is given up; machines that run tests are slow."""


def eventually(look: Callable[[], T | None], within: float = PATIENCE) -> T:
    """What ``look`` answers as soon as that is true; fails with its last answer."""
    pause, deadline = threading.Event(), time.monotonic() + within
    while not (answer := look()):
        assert time.monotonic() < deadline, f"still {answer!r} after {within:.0f} s"
        pause.wait(0.05)
    return answer


@dataclass
class Running:
    """One ``wanglou`` command and all it says on stderr."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stderr
        self.lines.extend(iter(self.process.stderr.readline, ""))

    def says(self, words: str) -> bool:
        return any(words in line for line in self.lines)

    def child(self, part: str) -> psutil.Process:
        """The process of one part, worker or web, once it has begun."""
        return eventually(lambda: next(filter(lambda child: _is(part, child), self._children()), None))

    def _children(self) -> list[psutil.Process]:
        return list(psutil.Process(self.process.pid).children())

    def close(self) -> None:
        """Kill it if it still runs, and let go of its pipes."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE)
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()

    def ends(self, within: float = PATIENCE) -> int:
        """Its exit code, once all its lines are read: its parts, which write them too, have ended by then."""
        code = self.process.wait(within)
        self._listener.join(within)
        return code


def _is(part: str, child: psutil.Process) -> bool:
    try:
        return part in child.cmdline()
    except psutil.Error:  # it has just ended
        return False


def wanglou(*arguments: str | Path) -> subprocess.Popen[str]:
    command, pipe = [sys.executable, "-m", "desk.cli", *map(str, arguments)], subprocess.PIPE
    known = {**os.environ, "WANGLOU_SLACK_TOKEN": "xoxb-nobody-listens"}
    return subprocess.Popen(  # noqa: S603 -- the program under test
        command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, env=known
    )


@contextmanager
def up(config: Path, data: Path, *more: str) -> Iterator[Running]:
    """``wanglou up`` while the block lasts; whatever it left behind is killed in the end."""
    running = Running(wanglou("up", "--config", config, "--data", data, *more))
    process = running.process
    try:
        yield running
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE)
    finally:
        running.close()  # its own processes end with it


@contextmanager
def held_port() -> Iterator[int]:
    """A port where nobody listens but whom we tell of it, as long as the block lasts.

    It is given to nobody who asks for any free port; a server that is told this one may have it.
    """
    with closing(socket.socket()) as held:
        held.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # as the server does that comes to share it
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


def rows(data: Path, question: str) -> list[tuple[object, ...]]:
    """The answer of the database to a question; nothing while there is no database."""
    try:
        with closing(
            sqlite3.connect(f"file:{data / 'wanglou.db'}?mode=ro", uri=True, timeout=30)
        ) as database:
            return database.execute(question).fetchall()
    except sqlite3.OperationalError:  # not made yet
        return []


def healthz(port: int) -> dict[str, object] | None:
    """What the web says of itself; None while it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return dict(json.load(answer))
    except OSError:
        return None
