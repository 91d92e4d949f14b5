"""How each job of the worker went stands in the database: when, how long, and why it failed."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desk.pipeline.beat import leads
from desk.pipeline.parts import Parts
from desk.schedule import Job
from desk.worker import Shift
from tests.stories.conftest import AFTERNOON
from tests.world import World, restarted, started
from wanglou.domain.agency import Config
from wanglou.domain.job import JobRun

SECOND = timedelta(seconds=1)


@pytest.fixture
def world(agency: Config, sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    database = Path(shutil.copy(sqlite_template, tmp_path / "wanglou.db"))
    made = started(agency, database, tmp_path, AFTERNOON)
    yield made
    made.parts.storage.close()  # type: ignore[attr-defined]  # the real storage


def noted(world: World) -> dict[str, JobRun]:
    with world.parts.storage.look() as uow:
        return {run.job: run for run in uow.jobs.all()}


def shift(world: World) -> Shift:
    return Shift(world.parts, lambda: False)


def once(job: Job) -> None:
    """Run a job one time."""

    async def run() -> None:
        await job.verb()

    asyncio.run(run())


def taking(world: World, seconds: int, error: Exception | None = None) -> Callable[[Parts, datetime], None]:
    """A verb that takes so long, and then fails or not."""

    def verb(_: Parts, __: datetime) -> None:
        world.clock.advance(timedelta(seconds=seconds))
        if error:
            raise error

    return verb


def test_a_run_is_on_record_with_its_beginning_and_its_end(world: World) -> None:
    job = shift(world).leading("sweep", 60 * SECOND, taking(world, 7))
    once(job)
    run = noted(world)["sweep"]
    assert (run.began_at, run.ended_at) == (AFTERNOON, AFTERNOON + 7 * SECOND)
    assert run.next_at == AFTERNOON + 60 * SECOND
    assert not run.is_late(AFTERNOON + 119 * SECOND)
    assert run.is_late(AFTERNOON + 121 * SECOND)


def test_a_failure_is_on_record_at_once_beside_the_last_success(world: World) -> None:
    on = shift(world)
    once(on.leading("sweep", SECOND, taking(world, 1)))
    with pytest.raises(ValueError, match="no such thing"):
        once(on.leading("sweep", SECOND, taking(world, 1, ValueError("no such thing"))))
    run = noted(world)["sweep"]
    assert run.trouble
    assert run.trouble.facts["found"] == "ValueError: no such thing"
    assert run.succeeded_at == AFTERNOON + SECOND
    once(on.leading("sweep", SECOND, taking(world, 1)))
    assert noted(world)["sweep"].trouble is None


def test_a_job_that_waits_for_others_is_on_record_too(world: World) -> None:
    async def failing(_: Parts, __: datetime) -> None:
        raise ConnectionError("gone")

    async def looking(_: Parts, __: datetime) -> None:
        world.clock.advance(2 * SECOND)

    on = shift(world)
    once(on.looking("look", SECOND, looking))
    with pytest.raises(ConnectionError):
        once(on.looking("listen", SECOND, failing))
    found = noted(world)
    assert found["look"].ended_at - found["look"].began_at == 2 * SECOND
    assert found["listen"].trouble
    assert found["listen"].succeeded_at is None


def test_what_ends_every_second_is_written_every_quarter_of_a_minute(world: World) -> None:
    job = shift(world).leading("sweep", SECOND, taking(world, 1))
    seen = set()
    for _ in range(31):
        once(job)
        seen.add(noted(world)["sweep"].ended_at)
    assert seen == {AFTERNOON + SECOND, AFTERNOON + 16 * SECOND, AFTERNOON + 31 * SECOND}


def test_who_stands_by_says_nothing_and_who_takes_over_keeps_what_was_said(world: World) -> None:
    once(shift(world).leading("sweep", 60 * SECOND, taking(world, 5)))
    other = restarted(world)
    on = shift(other)
    job = on.leading("chase", SECOND, taking(other, 1))
    on.leading("sweep", 60 * SECOND, taking(other, 1))
    once(job)
    assert set(noted(world)) == {"sweep"}
    world.clock.advance(60 * SECOND)
    once(job)
    assert set(noted(world)) == {"sweep", "chase"}
    assert not leads(world.parts, world.now)


def test_a_job_that_no_worker_has_any_more_is_forgotten(world: World) -> None:
    once(shift(world).leading("old name", SECOND, taking(world, 1)))
    once(shift(world).leading("new name", SECOND, taking(world, 1)))
    assert set(noted(world)) == {"new name"}
