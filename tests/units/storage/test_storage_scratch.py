"""A scratch database behaves like any other, for one thread and one transaction at a time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, select

from tests.units.storage.examples import NOON, an_item
from wanglou.storage.scratch import NestedUseError, ScratchStorage, scratch_storage


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[ScratchStorage]:
    opened = scratch_storage(tmp_path / "scratch.db")
    yield opened
    opened.close()


def test_what_was_committed_stays_and_the_rest_is_undone(scratch: ScratchStorage) -> None:
    with scratch.begin() as uow:
        uow.items.keep([an_item(1)], NOON)
        uow.commit()
        uow.items.keep([an_item(2)], NOON)
    with scratch.look() as uow:
        assert [kept.item for kept in uow.items.unread(9)] == [an_item(1)]


def test_a_failure_undoes_rows_and_notes(scratch: ScratchStorage) -> None:
    def fails() -> None:
        with scratch.begin() as uow:
            uow.items.keep([an_item(1)], NOON)
            uow.changes.note("lock", "mention", "lock", NOON)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fails()
    with scratch.begin() as uow:
        uow.commit()
        assert uow.items.unread(9) == []
        assert uow.changes.newest() == 0


def test_notes_are_written_with_the_commit(scratch: ScratchStorage) -> None:
    with scratch.begin() as uow:
        uow.changes.note("lock", "mention", "lock", NOON)
        uow.commit()
    with scratch.look() as uow:
        assert uow.changes.newest() == 1


def test_a_unit_of_work_inside_another_is_a_programming_error(scratch: ScratchStorage) -> None:
    with scratch.begin(), pytest.raises(NestedUseError):
        scratch.look().__enter__()


def test_ctrl_c_within_a_statement_is_passed_on_as_what_it_is(scratch: ScratchStorage) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    def interrupted() -> None:
        with scratch.begin() as uow:
            event.listen(uow.connection.engine, "do_execute", interrupt)
            uow.connection.execute(select(1))

    with pytest.raises(KeyboardInterrupt):
        interrupted()
