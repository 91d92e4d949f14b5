"""Fifty boards open on a real web process for a minute, doing what the page's own script does.

Each holds an event stream, looks again within the quarter of a minute after a mention, at once after an
incident changed, and every thirty seconds by itself. Two hundred incidents are open; a mention comes in every
two seconds, an incident changes every twenty.
"""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import httpx
import psutil

from benchmarks.figure import Figure, Rival
from benchmarks.full_desk import FIRST_MENTIONS, WATCHER, a_mention_comes_in, an_incident_changes, full_desk
from desk.clocks import WallClock
from desk.entrance import Entered, Entrance
from desk.wiring.shared import Place
from wanglou.domain.agency import Config
from wanglou.storage.engine import SqlStorage

BOARDS = 50
SECONDS = 60
MOST_PER_CENT = 5.0
MOST_MB_EACH = 0.2
MENTION_EVERY, INCIDENT_EVERY = 2, 20
LOOKS_BY_ITSELF_EVERY = 30.0
_MB = 1_000_000
_WARM = 5
_PATIENCE = 300.0
"""Seconds until an answer is given up: fifty are asked for at once, of a machine that others use too."""

_KEPT_OPEN = 2.0
"""Seconds a connection may rest: the web closes it after five, and who asks in that moment gets nothing."""


def live_boards() -> list[Figure]:
    with TemporaryDirectory() as folder:
        config, place, storage = full_desk(Path(folder), WallClock().now(), FIRST_MENTIONS)
        with _web(place) as (process, address):
            cpu, memory, looks = asyncio.run(_watched(process, address, config, storage))
    print(f"{BOARDS} boards looked {looks} times in {SECONDS} s", file=sys.stderr)
    return [
        Rival("allowed", MOST_PER_CENT).beaten_by_less(f"{BOARDS} boards, of a core", cpu, "%", 1.0),
        Rival("allowed", MOST_MB_EACH).beaten_by_less(
            "memory of an open board", max(memory, 0.001), "MB", 1.0
        ),
    ]


async def _watched(
    process: psutil.Process, address: str, config: Config, storage: SqlStorage
) -> tuple[float, float, int]:
    """Per cent of a core and megabytes a board while all are open, and how often they looked."""
    tokens = [_token(config, storage) for _ in range(BOARDS)]
    looks: list[int] = []
    async with httpx.AsyncClient(
        base_url=address,
        timeout=_PATIENCE,
        limits=httpx.Limits(max_connections=None, keepalive_expiry=_KEPT_OPEN),
    ) as http:
        for _ in range(_WARM):  # threads and connections, which looks at one moment need, stay for good
            await asyncio.gather(*(_look(http, token) for token in tokens))
        await _rehearsed(http, tokens)
        before = process.memory_info().rss
        boards = [asyncio.create_task(_board(http, token, looks)) for token in tokens]
        await asyncio.sleep(_WARM)
        looks.clear()
        began = sum(process.cpu_times()[:2])
        await _happenings(config, storage)
        spent, after = sum(process.cpu_times()[:2]) - began, process.memory_info().rss
        failed = [board for board in boards if board.done()]
        for board in boards:
            board.cancel()
        if failed:
            raise AssertionError(f"{len(failed)} of {BOARDS} boards broke: {failed[0].exception()!r}")
    return 100 * spent / SECONDS, (after - before) / _MB / BOARDS, len(looks)


async def _rehearsed(http: httpx.AsyncClient, tokens: list[str]) -> None:
    """The same boards once, closed again: what the web keeps of its busiest moment is no open board's."""
    boards = [asyncio.create_task(_board(http, token, [])) for token in tokens]
    await asyncio.sleep(LOOKS_BY_ITSELF_EVERY)
    for board in boards:
        board.cancel()
    await asyncio.gather(*boards, return_exceptions=True)
    await asyncio.sleep(_WARM)


async def _board(http: httpx.AsyncClient, token: str, looks: list[int]) -> None:
    """One open page: a stream that is listened to, and looks as ``live.js`` takes them."""
    chance = Random(token)  # noqa: S311 -- when to look again is no secret
    due = asyncio.get_running_loop().time() + chance.uniform(0, LOOKS_BY_ITSELF_EVERY)
    by_itself, wake = due, asyncio.Event()

    async def listen() -> None:
        nonlocal due
        async with http.stream(
            "GET", "/events", headers={"cookie": f"wanglou={token}"}, timeout=None
        ) as stream:
            async for line in stream.aiter_lines():
                if line.startswith('data: {"client"'):
                    urgent = '"incident"' in line or '"delivery"' in line
                    wait = chance.uniform(0, 0.15) if urgent else chance.uniform(15, 30)
                    due = min(due, asyncio.get_running_loop().time() + wait)
                    wake.set()

    async with asyncio.TaskGroup() as group:
        group.create_task(listen())
        while True:
            wake.clear()
            try:
                await asyncio.wait_for(wake.wait(), max(due - asyncio.get_running_loop().time(), 0))
            except TimeoutError:
                await _look(http, token)
                looks.append(1)
                by_itself += LOOKS_BY_ITSELF_EVERY
                due = by_itself = max(by_itself, asyncio.get_running_loop().time())


async def _look(http: httpx.AsyncClient, token: str) -> None:
    try:
        answer = await http.get("/", headers={"cookie": f"wanglou={token}"})
    except httpx.RemoteProtocolError:  # it had rested too long after all; a browser asks again as well
        answer = await http.get("/", headers={"cookie": f"wanglou={token}"})
    if answer.status_code != httpx.codes.OK or "row-link" not in answer.text:
        raise AssertionError(f"the board answered {answer.status_code}")


async def _happenings(config: Config, storage: SqlStorage) -> None:
    """What the worker and people would do while others watch."""
    clock = WallClock()
    for second in range(SECONDS):
        await asyncio.sleep(1)
        with storage.begin() as uow:
            if second % MENTION_EVERY == 0:
                a_mention_comes_in(uow, config, second, clock.now())
            if second % INCIDENT_EVERY == INCIDENT_EVERY // 2:
                an_incident_changes(uow, second, clock.now())
            uow.commit()


def _token(config: Config, storage: SqlStorage) -> str:
    entrance, now = Entrance(storage, config.agency.people), WallClock().now()
    came = entrance.use_link(entrance.make_link(WATCHER, now).removeprefix("/link/"), "", now)
    assert isinstance(came, Entered), came  # noqa: S101 -- a fresh link lets its owner in
    return came.token


@contextmanager
def _web(place: Place) -> Iterator[tuple[psutil.Process, str]]:
    """The web as it is started in earnest, once it answers."""
    with socket.socket() as held:  # to the end: nobody else is given the port meanwhile
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        with _answering(place, held.getsockname()[1]) as web:
            yield web


@contextmanager
def _answering(place: Place, port: int) -> Iterator[tuple[psutil.Process, str]]:
    command = [sys.executable, "-m", "desk.cli", "up", "--only", "web", "--port", str(port)]
    command += ["--config", str(place.config), "--data", str(place.data), "--library", str(place.library)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WANGLOU_")}
    with subprocess.Popen(command, env=environment) as process:  # noqa: S603 -- our own program
        try:
            address = f"http://127.0.0.1:{port}"
            transport = httpx.HTTPTransport(retries=10)  # each waits longer than the one before
            with httpx.Client(transport=transport, base_url=address, timeout=_PATIENCE) as http:
                http.get("/healthz").raise_for_status()
            yield psutil.Process(process.pid), address
        finally:
            process.terminate()


PLUGIN = live_boards
