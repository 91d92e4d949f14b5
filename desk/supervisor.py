"""Starts the processes of the product, and stops all of them together and cleanly."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

STOP_WITHIN = 15.0
"""Seconds a process has to finish what is under way before it is killed; nothing is lost even then."""


END_WITH_PARENT = "WANGLOU_END_WITH_PARENT"
"""Set for our children: their standard input is a pipe that closes when we end, however we end."""


@dataclass
class Processes:
    """Running children. ``ended`` is set when one ends by itself or a stop is asked for."""

    children: list[subprocess.Popen[bytes]]
    ended: threading.Event

    def failed(self) -> subprocess.Popen[bytes] | None:
        """The first child that ended, None while all run."""
        return next((child for child in self.children if child.poll() is not None), None)

    def stop(self) -> int:
        """Ask all to stop and wait; return the worst exit code, counting our own signal as none."""
        for child in self.children:
            if child.poll() is None:
                child.terminate()
        codes = [_wait(child) for child in self.children]
        for child in self.children:
            if child.stdin:
                child.stdin.close()
        return max((abs(code) for code in codes if code != -signal.SIGTERM), default=0)


def where_to_look(returncode: int) -> str:
    """What to tell of a child that ended with this code: one that was killed wrote nothing about it."""
    if returncode == -signal.SIGKILL:
        return "it was killed from outside; look whether the system ran out of memory"
    return "its last lines say why"


@contextmanager
def running(commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> Iterator[Processes]:
    """Run ``wanglou`` with each of ``commands`` while the block lasts; SIGTERM and SIGINT set ``ended``."""
    ended = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    processes = Processes([_start(command, environment) for command in commands], ended)
    for child in processes.children:
        threading.Thread(target=_tell_end, args=(child, ended), daemon=True).start()
    try:
        yield processes
    finally:
        processes.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


def _start(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches us alone, and we stop the children in order.
    program = [sys.executable, "-m", "desk.cli", *command]
    known = {**environment, END_WITH_PARENT: "1"}
    return subprocess.Popen(program, env=known, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 -- ourselves


def end_with_parent(environment: Mapping[str, str]) -> None:
    """In a child of ours: stop as if asked to when the parent is gone, so that no orphan keeps the port."""
    if environment.get(END_WITH_PARENT):
        threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    while os.read(0, 1):  # nobody writes: it ends when the other end of the pipe is gone
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _tell_end(child: subprocess.Popen[bytes], ended: threading.Event) -> None:
    child.wait()
    ended.set()


def _wait(child: subprocess.Popen[bytes]) -> int:
    try:
        return child.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        child.kill()
        sys.stderr.write(f"process {child.pid} did not stop within {STOP_WITHIN:.0f} s and was killed\n")
        return child.wait()
