"""A database used again and again, so that model and statements are prepared once for many runs."""

import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from desk.clocks import SimulatedClock
from desk.pipeline.parts import Memory, Parts
from tests.world import Chat, World, started
from wanglou.domain.agency import Config
from wanglou.storage.engine import SqlStorage


@dataclass(frozen=True, repr=False)
class Slot:
    """``model``: parts whose storage is emptied and filled with ``history`` by each ``begin``."""

    model: Parts
    storage: SqlStorage
    history: Path
    folder: Path
    at: datetime

    def begin(self) -> World:
        """The agency as it was at the end of ``history``; what ran here before is gone."""
        self.storage.close()
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        shutil.copy(self.history, self.folder / "wanglou.db")
        clock, chat = SimulatedClock(self.at), Chat()
        channels = {**self.model.notifiers, "slack": chat}
        parts = replace(self.model, clock=clock, notifiers=channels, memory=Memory())
        return World(parts, clock, chat)


def slot(config: Config, history: Path, folder: Path, at: datetime) -> Slot:
    folder.mkdir()
    database = Path(shutil.copy(history, folder / "wanglou.db"))
    parts = started(config, database, folder, at).parts
    assert isinstance(parts.storage, SqlStorage)
    return Slot(parts, parts.storage, history, folder, at)


def second_worker(world: World) -> World:
    """Another worker on the same database, which knows nothing of the first."""
    return replace(world, parts=replace(world.parts, memory=Memory(), holder="second"))
