"""When jobs run: at once, at their time, and soon again after a failure."""

import asyncio
from datetime import timedelta

from desk.clocks import WallClock
from desk.schedule import Beat, Job

AT_ONCE = timedelta(milliseconds=1)
PATIENCE = 60


def test_a_job_of_every_six_hours_that_failed_does_not_wait_six_hours() -> None:
    told: list[tuple[str, str | None]] = []
    runs: list[int] = []

    async def works_the_second_time() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise OSError("the disk was away")

    async def until_told_of_success() -> None:
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()

        def report(job: str, error: Exception | None) -> None:
            told.append((job, str(error) if error else None))
            if error is None:
                loop.call_soon_threadsafe(ended.set)

        job = Job("prune", timedelta(hours=6), works_the_second_time)
        beat = Beat([job], WallClock(), report, again_within=AT_ONCE)
        beat.start()
        await asyncio.wait_for(ended.wait(), PATIENCE)
        await beat.stop()

    asyncio.run(until_told_of_success())
    assert told == [("prune", "the disk was away"), ("prune", None)]
    assert len(runs) == 2, "and then at its time again"
