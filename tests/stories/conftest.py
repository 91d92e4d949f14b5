"""One agency with two quiet weeks behind it, read once and copied for every story."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.rehearsal.chatter import chatter
from desk.rehearsal.demo_config import Addresses, write_config
from desk.sample import SAMPLE_CONFIG
from desk.wiring.shared import Place, read_config
from playbooks import __path__ as playbooks_home
from tests.stories.processes import held_port
from tests.world import World, started
from wanglou.domain.agency import Config
from wanglou.domain.item import Author, DatedBy, Item

AFTERNOON = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
"""A Tuesday at 14:00 in Shanghai: the office is open."""

NIGHT = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
"""The same day at 23:00."""

LIBRARY = Path(playbooks_home[0]) / "library"


@pytest.fixture
def port() -> Iterator[int]:
    """Where a server of this test may listen, and nobody else."""
    with held_port() as held:
        yield held


@pytest.fixture
def nowhere() -> Iterator[str]:
    """The address of a site that is down."""
    with held_port() as held:
        yield f"http://127.0.0.1:{held}"


@pytest.fixture(scope="session")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder = tmp_path_factory.mktemp("agency")
    nowhere = Addresses(*["http://127.0.0.1:9"] * 4)
    write_config(folder, nowhere, SAMPLE_CONFIG / "lexicon")
    return read_config(Place(folder, folder, LIBRARY))


@pytest.fixture(scope="session")
def two_quiet_weeks(
    agency: Config, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Callable[[datetime], Path]:
    """A database with the two weeks before a moment read and noticed."""
    made: dict[datetime, Path] = {}

    def before(now: datetime) -> Path:
        if now not in made:
            path = tmp_path_factory.mktemp("history") / "wanglou.db"
            shutil.copy(sqlite_template, path)
            made[now] = path
            world = started(agency, path, path.parent, now)
            with world.parts.storage.begin() as uow:
                items = [
                    Item(
                        f"history-{chat.place}",
                        chat.url,
                        chat.title,
                        chat.text,
                        Author(chat.author),
                        chat.published_at,
                        DatedBy.FEED,
                    )
                    for chat in chatter(now - timedelta(minutes=1))
                ]
                uow.items.keep(items, now)
                uow.commit()
            world.all_sources_live()
            world.turn()
            world.parts.storage.close()  # type: ignore[attr-defined]  # the real storage: its WAL goes into the file
        return made[now]

    return before


@pytest.fixture
def open_at(
    agency: Config, two_quiet_weeks: Callable[[datetime], Path], tmp_path: Path
) -> Callable[[datetime], World]:
    def world(now: datetime) -> World:
        database = tmp_path / "wanglou.db"
        shutil.copy(two_quiet_weeks(now), database)
        return started(agency, database, tmp_path, now)

    return world


@pytest.fixture
def world(open_at: Callable[[datetime], World]) -> World:
    return open_at(AFTERNOON)


@pytest.fixture
def night(open_at: Callable[[datetime], World]) -> World:
    return open_at(NIGHT)
