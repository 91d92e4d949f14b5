"""Memory of a real worker process while 200,000 mentions pass through it, sampled quarter by quarter."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event

import psutil

from benchmarks.figure import Figure, Rival
from benchmarks.workload import DROP, LIBRARY, lines, write_agency, write_files
from desk.clocks import WallClock
from desk.wiring.shared import Place, storage_of
from wanglou.ports import Storage

MENTIONS = 200_000
QUARTERS = 4
MOST_MB = 250.0
MOST_GROWTH_MB = 20.0
"""Between the middle of the third quarter and that of the last: what is left is Python's own unevenness."""

_MB = 1_000_000
_LOOK_EVERY_SECONDS = 0.5
_PATIENCE_SECONDS = 1200.0
"""For one quarter: 40 mentions a second, far below what any machine does."""


def worker_memory() -> list[Figure]:
    with TemporaryDirectory() as folder:
        place = Place(Path(folder) / "config", Path(folder), LIBRARY)
        write_agency(place.config)
        storage = storage_of(place)
        posts = lines(MENTIONS, WallClock().now())
        quarters: list[list[float]] = []
        with _worker(place) as worker:
            for _ in range(QUARTERS):
                write_files(place.data / DROP, list(islice(posts, MENTIONS // QUARTERS)))
                quarters.append(list(_sampled(worker, place, storage)))
    growth = median(quarters[-1]) - median(quarters[-2])
    return [
        Rival("allowed", MOST_MB).beaten_by_less("worker memory, peak", max(map(max, quarters)), "MB", 1.0),
        Rival("allowed", MOST_GROWTH_MB).beaten_by_less(
            "worker memory, growth in the last quarter", max(growth, 0.1), "MB", 1.0
        ),
    ]


@contextmanager
def _worker(place: Place) -> Iterator[psutil.Process]:
    """The worker as it is started in earnest."""
    command = [sys.executable, "-m", "desk.cli", "up", "--only", "worker"]
    command += ["--config", str(place.config), "--data", str(place.data), "--library", str(place.library)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WANGLOU_")}
    with subprocess.Popen(command, env=environment) as process:  # noqa: S603 -- our own program
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


def _sampled(worker: psutil.Process, place: Place, storage: Storage) -> Iterator[float]:
    """Megabytes in use, looked at until all that was dropped is read."""
    never = Event()
    for _ in range(int(_PATIENCE_SECONDS / _LOOK_EVERY_SECONDS)):
        never.wait(_LOOK_EVERY_SECONDS)
        yield worker.memory_info().rss / _MB
        if not _left(place, storage):
            return
    raise TimeoutError(
        f"the worker did not read a quarter within {_PATIENCE_SECONDS:.0f} s; see its log above"
    )


def _left(place: Place, storage: Storage) -> bool:
    with storage.look() as uow:
        return any((place.data / DROP).glob("*.jsonl")) or bool(uow.items.unread(1))


PLUGIN = worker_memory
