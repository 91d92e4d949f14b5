"""How the tests come by a PostgreSQL: on a busy machine a start may fail, and others start at once."""

import subprocess
import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.postgres import ATTEMPTS, Server, start


class Answers:
    def get_uri(self) -> str:
        return "postgresql://here"


@dataclass
class Busy:
    """A package whose first servers do not come up in time; ``inside`` counts who starts one."""

    failures: int
    tried: list[Path] = field(default_factory=list)
    inside: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(1))

    def get_server(self, pgdata: Path, cleanup_mode: str) -> AbstractContextManager[Server]:
        assert self.inside.acquire(blocking=False), "two started a server at once"
        self.tried.append(pgdata)
        nth = len(self.tried)
        threading.Event().wait(0)  # give another thread its chance
        self.inside.release()
        if nth <= self.failures:
            raise subprocess.TimeoutExpired(["pg_ctl", cleanup_mode], 10)
        return nullcontext(Answers())


def test_a_server_that_did_not_come_up_in_time_is_followed_by_another_on_its_own_folder(
    tmp_path: Path,
) -> None:
    package = Busy(failures=ATTEMPTS - 1)
    with start(package, tmp_path, tmp_path / "alone") as server:
        assert server.get_uri() == "postgresql://here"
    assert len(set(package.tried)) == ATTEMPTS


def test_a_server_that_never_comes_up_is_told(tmp_path: Path) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        start(Busy(failures=ATTEMPTS), tmp_path, tmp_path / "alone")


def test_two_start_their_servers_one_after_the_other(tmp_path: Path) -> None:
    package, done = Busy(failures=0), list[str]()

    def begin() -> None:
        with start(package, tmp_path, tmp_path / "alone") as server:
            done.append(server.get_uri())

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == len(threads)
