"""A worker whose database is locked, or whose disk is full, says so in a sentence and goes on."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from crawlers.crawl import Collector
from crawlers.rounds import CrawlSettings
from desk.clocks import WallClock
from desk.pipeline.parts import Parts
from desk.rehearsal.chatter import chatter
from desk.schedule import AGAIN_WITHIN
from desk.worker import work_until
from tests.stories import processes
from tests.stories.processes import eventually, rows
from tests.world import started
from wanglou.domain.agency import Config
from wanglou.storage.engine import PATIENCE, open_storage

SOURCE = "history-social"
SECOND = timedelta(seconds=1)
RECOVERY = AGAIN_WITHIN.total_seconds() + processes.PATIENCE
"""Seconds until all is well again: a job of every six hours that met the trouble waits for its next try."""

ENDLESS = 2**31
HOUSE_INCIDENTS = "SELECT brand FROM incident WHERE client = 'house' AND open_key IS NOT NULL"


@dataclass
class Disk:
    """How many pages the database may have."""

    pages: int = ENDLESS

    def limit(self, connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={self.pages}").close()


@dataclass
class Post:
    """A worker at work on a database and a drop folder of its own."""

    parts: Parts
    data: Path
    log: pytest.LogCaptureFixture
    disk: Disk = field(default_factory=Disk)

    def while_working(self, script: Callable[[], None]) -> None:
        """Run ``script`` beside the worker; then both end."""

        async def both() -> None:
            stop = asyncio.Event()
            worker = asyncio.create_task(work_until(stop, self.parts))
            try:
                await asyncio.to_thread(script)
            finally:
                stop.set()
                await worker

        asyncio.run(both())

    def says(self, *words: str) -> bool:
        return any(all(w in r.getMessage() for w in words) for r in list(self.log.records))

    def drop(self, lines: int) -> Path:
        folder = self.data / "history" / "social"
        folder.mkdir(parents=True, exist_ok=True)
        said = "\n".join(chat.line for chat in chatter(self.parts.clock.now())[-lines:])
        (folder / "export.part").write_text(said, encoding="utf-8")
        return (folder / "export.part").rename(folder / "export.jsonl")

    def has_pruned(self) -> bool:
        """Whether the job of every six hours is done: trouble then meets none that waits a minute."""
        with self.parts.storage.look() as uow:
            return any(run.job == "prune" and run.succeeded_at for run in uow.jobs.all())

    def has_read(self, lines: int) -> bool:
        """Whether all of a dropped file is there, and no word of trouble is left."""
        return rows(self.data, "SELECT COUNT(*) FROM item WHERE read_at IS NOT NULL") == [
            (lines,)
        ] and not rows(self.data, HOUSE_INCIDENTS)


@pytest.fixture
def patience() -> timedelta:
    """How long the worker waits for the write lock: as long as its own jobs may need, who start together."""
    return PATIENCE


@pytest.fixture
def post(
    agency: Config,
    sqlite_template: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    patience: timedelta,
) -> Iterator[Post]:
    clock, disk = WallClock(), Disk()
    database = Path(shutil.copy(sqlite_template, tmp_path / "wanglou.db"))
    only = {SOURCE: replace(agency.sources[SOURCE], every=SECOND)}
    world = started(replace(agency, sources=only), database, tmp_path, clock.now())
    storage = open_storage(database, patience)
    event.listen(storage.writer, "checkout", disk.limit)
    crawling = CrawlSettings(folders_under=tmp_path, settle=timedelta(0))
    parts = replace(world.parts, clock=clock, storage=storage, collector=Collector(crawling, clock))
    with caplog.at_level("INFO"):
        yield Post(parts, tmp_path, caplog, disk)
    storage.close()


@pytest.mark.parametrize("patience", [SECOND / 5])
def test_a_locked_database_is_told_in_a_sentence_and_waited_for(post: Post) -> None:
    def script() -> None:
        eventually(post.has_pruned, RECOVERY)
        with closing(sqlite3.connect(post.data / "wanglou.db", isolation_level=None)) as other:
            eventually(lambda: _locks(other))
            post.drop(40)
            eventually(lambda: post.says("job turn", "another process kept the write lock", "runs again in"))
            eventually(lambda: post.says("job collect", "another process kept the write lock"))
            other.execute("ROLLBACK")
        eventually(lambda: post.has_read(40), RECOVERY)

    post.while_working(script)
    assert not any(r.exc_info for r in post.log.records)


def _locks(database: sqlite3.Connection) -> bool:
    try:
        database.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:  # the worker was writing just then
        return False
    return True


def test_on_a_full_disk_a_dropped_file_waits_until_there_is_room(post: Post) -> None:
    def script() -> None:
        eventually(post.has_pruned, RECOVERY)
        post.disk.pages = 1  # the least there can be is what there is
        file = post.drop(1500)
        eventually(lambda: post.says("job collect", "the disk is full; free some room", "runs again in"))
        assert file.exists()
        post.disk.pages = ENDLESS
        eventually(lambda: post.has_read(1500), RECOVERY)
        eventually((file.parent / "done" / file.name).exists)

    post.while_working(script)
    assert not any(r.exc_info for r in post.log.records)
