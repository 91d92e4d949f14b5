"""The worker process."""

import asyncio
import os

from desk.clocks import WallClock
from desk.heap import settle, spare_memory
from desk.wiring.shared import Place, notifiers_of, storage_of
from desk.wiring.worker import worker_parts
from desk.worker import work
from wanglou.domain.agency import Config


def run_worker(config: Config, place: Place, host: str, port: int, *, rehearsal: bool) -> None:
    """Be the worker until told to stop; it listens nowhere."""
    del host, port
    spare_memory()
    notifiers = notifiers_of(config, os.environ)
    storage = storage_of(place)
    parts = worker_parts(config, place, storage, WallClock(), notifiers, rehearsal=rehearsal)
    settle()
    asyncio.run(work(parts))


PLUGIN = run_worker
