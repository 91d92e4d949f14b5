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
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stderr
        self.lines.extend(iter(self.process.stderr.readline, ""))

    def says(self, words: str) -> bool:
        return any(words in line for line in self.lines)

    def child(self, part: str) -> psutil.Process:
        """The process of one part: worker or web."""
        [found] = [c for c in psutil.Process(self.process.pid).children() if part in c.cmdline()]
        return found

    def close(self) -> None:
        """Kill it if it still runs, and let go of its pipes."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE)
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()

    def ends(self, within: float = PATIENCE) -> int:
        """Its exit code, once all its lines are read."""
        return self.process.wait(within)


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


def free_port() -> int:
    """A port where nobody listens."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
