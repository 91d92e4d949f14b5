"""Server time of the board with 200 open incidents, and with a hundred times the mentions behind it.

In CPU time, which is what the board takes where nobody else wants the machine: rows lie on the same disk.
Between two looks lie the five seconds that one picture may serve: mentions come in, an incident changes.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from benchmarks.figure import Figure, Rival
from benchmarks.full_desk import (
    FIRST_MENTIONS,
    INCIDENTS,
    WATCHER,
    a_mention_comes_in,
    an_incident_changes,
    full_desk,
)
from desk.clocks import SimulatedClock, WallClock
from desk.entrance import Entered, Entrance
from desk.heap import settle
from desk.web.app import create_app
from desk.web.board import SAME_FOR
from desk.wiring.web import desk_ports
from wanglou.domain.agency import Config
from wanglou.storage.engine import SqlStorage

MENTIONS = 1_000_000
LOOKS = 100
MENTIONS_BETWEEN = 3
MOST_MS = 100.0
FLOOR_OF_GROWTH = 0.8
"""A hundred times the mentions may cost a quarter more: what is left is the machine's own unevenness."""

Message = MutableMapping[str, Any]
Look = Callable[[], Awaitable[float]]


def board_page() -> list[Figure]:
    with TemporaryDirectory() as small, TemporaryDirectory() as large:
        boards = _board(Path(small), FIRST_MENTIONS), _board(Path(large), MENTIONS)
        settle()  # as the web does once it is up
        few, many = asyncio.run(_side_by_side(*boards))
    p95 = quantiles(many, n=20)[-1]
    return [
        Rival("allowed", MOST_MS).beaten_by_less("board, p95 with a million mentions", p95, "CPU ms", 1.0),
        Rival("with a hundredth of the mentions", median(few)).beaten_by_less(
            "board, median with a million mentions", median(many), "CPU ms", FLOOR_OF_GROWTH
        ),
    ]


def _board(folder: Path, mentions: int) -> Look:
    """A signed-in person's look at the board: milliseconds of CPU from the request to the last byte."""
    now = WallClock().now()
    config, place, storage = full_desk(folder, now, mentions)
    entrance = Entrance(storage, config.agency.people)
    came = entrance.use_link(entrance.make_link(WATCHER, now).removeprefix("/link/"), "", now)
    assert isinstance(came, Entered), came  # noqa: S101 -- a fresh link lets its owner in
    clock = SimulatedClock(now)
    ports = desk_ports(config, place, clock, {}, rehearsal=False)
    app, cookie = create_app(ports), f"wanglou={came.token}".encode()
    request = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"cookie", cookie), (b"accept-encoding", b"gzip")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }

    looks = count()

    async def look() -> float:
        answer: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            answer.append(message)

        clock.advance(SAME_FOR)  # a picture made for the look before would not be measured twice
        _go_on(config, storage, next(looks), clock.now())
        began = process_time()
        await app({**request, "state": {}}, receive, send)
        spent = 1000 * (process_time() - began)
        _require_a_full_board(answer)
        return spent

    return look


def _go_on(config: Config, storage: SqlStorage, looks: int, now: datetime) -> None:
    with storage.begin() as uow:
        for n in range(MENTIONS_BETWEEN):
            a_mention_comes_in(uow, config, MENTIONS_BETWEEN * looks + n, now)
        an_incident_changes(uow, looks, now)
        uow.commit()


async def _side_by_side(few: Look, many: Look) -> tuple[list[float], list[float]]:
    """Taken in turn, so that a busy machine slows both alike; the first looks only warm up."""
    pairs = [(await few(), await many()) for _ in range(LOOKS + 10)][10:]
    return [first for first, _ in pairs], [second for _, second in pairs]


def _require_a_full_board(answer: list[Message]) -> None:
    status, size = answer[0]["status"], sum(len(m.get("body", b"")) for m in answer)
    if status != 200 or size < 20 * INCIDENTS:  # noqa: PLR2004 -- fine, and a row gzips to more than that
        raise AssertionError(f"the board answered {status} with {size} bytes")


PLUGIN = board_page
