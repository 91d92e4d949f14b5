"""Threads of one process write in the order in which they came, and one that is stuck is told of."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from wanglou.storage.engine import open_storage
from wanglou.storage.errors import LockedError
from wanglou.storage.turns import Turns

LONG, NONE = timedelta(seconds=30), timedelta(0)


def started(act: Callable[[], None]) -> Thread:
    thread = Thread(target=act, daemon=True)
    thread.start()
    return thread


def until(holds: Callable[[], bool]) -> None:
    """Give other threads the processor until it holds; the suite's own limit ends what never does."""
    while not holds():
        Event().wait(0)


def test_who_came_first_writes_first_and_who_has_written_stands_behind_again() -> None:
    turns, order = Turns(LONG), []

    def write(name: str) -> None:
        turns.take()
        order.append(name)
        turns.end()

    turns.take()
    threads = []
    for place, name in enumerate("甲乙丙", 1):
        threads.append(started(lambda name=name: write(name)))  # type: ignore[misc]  # bound at once
        until(lambda place=place: turns.waiting == place)  # type: ignore[misc]  # bound at once
    turns.end()
    write("the one before")
    for thread in threads:
        thread.join()
    assert order == ["甲", "乙", "丙", "the one before"]


def test_who_waited_in_vain_keeps_nobody_behind_it_waiting() -> None:
    turns, told = Turns(NONE), []
    turns.take()

    def in_vain() -> None:
        with pytest.raises(LockedError, match="another thread of this process"):
            turns.take()
        told.append(True)

    for thread in [started(in_vain), started(in_vain)]:
        thread.join()
    assert told == [True, True]
    assert turns.waiting == 0
    turns.end()
    turns.take()
    turns.end()


def test_a_job_gets_its_turn_between_two_batches_of_another(tmp_path: Path) -> None:
    storage = open_storage(tmp_path / "wanglou.db")
    written: list[str] = []

    def deliver() -> None:
        with storage.begin() as uow:
            written.append("deliver")
            uow.commit()

    assert storage.turns is not None
    with storage.begin() as uow:
        thread = started(deliver)
        until(lambda: storage.turns is not None and storage.turns.waiting == 1)
        written.append("first batch")
        uow.commit()
    with storage.begin() as uow:
        written.append("second batch")
        uow.commit()
    thread.join()
    storage.close()
    assert written == ["first batch", "deliver", "second batch"]


def test_a_block_that_fails_gives_its_turn_on(tmp_path: Path) -> None:
    storage = open_storage(tmp_path / "wanglou.db", timedelta(seconds=1))
    with pytest.raises(ZeroDivisionError), storage.begin():
        _ = 1 // 0
    with storage.begin() as uow:
        uow.meta.set("still", "written")
        uow.commit()
    storage.writer.dispose()
    storage.close()


def test_one_that_cannot_begin_gives_its_turn_on(tmp_path: Path) -> None:
    storage = open_storage(tmp_path / "wanglou.db", timedelta(milliseconds=10))
    other = open_storage(tmp_path / "wanglou.db", timedelta(milliseconds=10))
    with other.begin():
        for _ in range(3):
            with pytest.raises(LockedError, match="another process kept the write lock"), storage.begin():
                pytest.fail("two wrote at once")
    with storage.begin() as uow:
        uow.commit()
    storage.close()
    other.close()
