"""The machine is lost; a copy made in the middle of a crisis goes on elsewhere."""

from datetime import timedelta
from pathlib import Path

from desk.keeping import pack, unpack
from tests.stories.test_advert_crisis import COMPLAINTS, crisis
from tests.world import World, started
from wanglou.storage.copying import copy_database
from wanglou.storage.engine import DATABASE_FILE, SqlStorage


def restored(world: World, folder: Path) -> World:
    """What a backup of the running agency gives on a new machine."""
    assert isinstance(world.parts.storage, SqlStorage)
    copy_database(world.parts.storage.place, folder / "copy.db")
    pack(folder / "desk.tar.gz", {f"data/{DATABASE_FILE}": folder / "copy.db"}, world.now, "newest")
    unpack(folder / "desk.tar.gz", folder / "elsewhere")
    data = folder / "elsewhere" / "data"
    return started(world.parts.config, data / DATABASE_FILE, data, world.now)


def test_a_restored_copy_goes_on_and_repeats_nothing(world: World, tmp_path: Path) -> None:
    crisis(world)
    incident = world.incident()
    copy = restored(world, tmp_path)
    copy.run(minutes=2)
    assert copy.incident().id == incident.id
    assert copy.chat.cards == []  # they were up before the machine was lost
    assert copy.acknowledges("wang", copy.incident()) is None
    copy.sees(COMPLAINTS[40:44])
    copy.run(minutes=1)
    assert copy.incident().acknowledged_by == "wang"
    assert len(copy.incidents()) == 1


def test_in_a_restored_copy_the_ladder_is_climbed_on(world: World, tmp_path: Path) -> None:
    crisis(world)
    copy = restored(world, tmp_path)
    copy.run(minutes=40, step=timedelta(minutes=2))
    assert copy.chat.posts  # nobody acknowledged, so more people were told
    assert not copy.chat.cards
