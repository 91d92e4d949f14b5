"""Mentions a second from the drop folder to the delivered incident, through the worker's own verbs."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from analysis.brand_reader import Asked
from benchmarks.figure import Figure, Rival
from benchmarks.workload import DROP, LIBRARY, lines, write_agency, write_files
from desk.clocks import WallClock
from desk.pipeline.chase import chase
from desk.pipeline.collect import collect
from desk.pipeline.deliver import deliver
from desk.pipeline.notice import watch
from desk.pipeline.parts import Parts
from desk.wiring.shared import Place, notifiers_of, read_config, storage_of
from desk.wiring.worker import worker_parts
from desk.worker import turn
from wanglou.domain.delivery import DeliveryState

MENTIONS = 20_000
FLOOR = 500.0
"""Mentions a second that one machine must take, by the clock on the wall where nothing else runs."""

FLOOR_BESIDE_CALIBRATION = 5.0
WAITED = Path("/proc/self/schedstat")
"""Where Linux tells how long this thread could have run while others had the processor: the second number."""

ROUNDS = 60
"""Of the calibration loop, before and after: about two CPU seconds in all."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the wall's clock, less those in which others had the processor, and of the processor."""

    wall: float
    cpu: float


def end_to_end() -> list[Figure]:
    with TemporaryDirectory() as folder:
        place = Place(Path(folder) / "config", Path(folder), LIBRARY)
        parts = _worker(place)
        write_files(place.data / DROP, list(lines(MENTIONS, parts.clock.now())))
        parts.reader.read([Asked("", "热身", ())])  # dictionaries load at the first use
        before = time_spent(_loop)
        spent = time_spent(lambda: _until_delivered(parts))
        calibration = before.cpu + time_spent(_loop).cpu
    required = Rival("required", FLOOR)
    loop = Rival("calibration rounds/CPU s", 2 * ROUNDS / calibration)
    return [
        required.beaten_by_more("end to end", MENTIONS / spent.wall, "mentions/s", 1.0),
        loop.beaten_by_more("end to end", MENTIONS / spent.cpu, "mentions/CPU s", FLOOR_BESIDE_CALIBRATION),
    ]


def _worker(place: Place) -> Parts:
    write_agency(place.config)
    config = read_config(place)
    notifiers = notifiers_of(config, {})
    return worker_parts(config, place, storage_of(place), WallClock(), notifiers, rehearsal=True)


def _until_delivered(parts: Parts) -> None:
    """One round of the folder, then turn after turn as the worker's jobs run them, until all is told."""
    asyncio.run(collect(parts, parts.clock.now()))
    watch(parts, parts.clock.now())
    while _is_unread(parts):
        turn(parts)
        chase(parts, parts.clock.now())
        while deliver(parts, parts.clock.now()):
            pass
    with parts.storage.look() as uow:
        states = [d.state for i in uow.incidents.all_open() for d in uow.deliveries.of_incident(i.id)]
    if not states or set(states) != {DeliveryState.SENT}:
        raise AssertionError(f"the crisis was not told: deliveries are {states or 'none'}")


def _is_unread(parts: Parts) -> bool:
    with parts.storage.look() as uow:
        return bool(uow.items.unread(1))


def _loop() -> None:
    """What the product does most, without the product: cut strings, count in dictionaries, write JSON."""
    for number in range(ROUNDS):
        text = "".join(chr(0x4E00 + (number * 31 + i * 7) % 5000) for i in range(5_000))
        counts = Counter(text[i : i + 2] for i in range(len(text) - 1))
        json.loads(json.dumps(counts.most_common()))


def time_spent(work: Callable[[], object]) -> Spent:
    """What the work takes; a machine that others use too takes no longer by this count."""
    wall, cpu = perf_counter() - _kept_waiting(), process_time()
    work()
    return Spent(perf_counter() - _kept_waiting() - wall, process_time() - cpu)


def _kept_waiting() -> float:
    """Seconds so far; 0 where the system does not tell."""
    return int(WAITED.read_text(encoding="ascii").split()[1]) / 1e9 if WAITED.exists() else 0.0


PLUGIN = end_to_end
