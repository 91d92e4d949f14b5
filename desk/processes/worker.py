"""The worker process."""

import asyncio
import ctypes
import os
import sys

from desk.clocks import WallClock
from desk.wiring.shared import Place, notifiers_of, storage_of
from desk.wiring.worker import worker_parts
from desk.worker import work
from wanglou.domain.agency import Config

_M_ARENA_MAX = -8
_HEAPS = 1
"""200,000 mentions peak at 306 MB with one heap, 427 with two; glibc's usual ones took 471 for 20,000."""


def run_worker(config: Config, place: Place, host: str, port: int, *, rehearsal: bool) -> None:
    """Be the worker until told to stop; it listens nowhere."""
    del host, port
    _share_heaps()
    notifiers = notifiers_of(config, os.environ)
    storage = storage_of(place)
    asyncio.run(work(worker_parts(config, place, storage, WallClock(), notifiers, rehearsal=rehearsal)))


def _share_heaps() -> None:
    """Let all threads share one heap: verbs move between threads, and each heap would keep its own peak."""
    if sys.platform == "linux":
        getattr(ctypes.CDLL(None), "mallopt", lambda *_: 0)(_M_ARENA_MAX, _HEAPS)  # not every libc has it


PLUGIN = run_worker
