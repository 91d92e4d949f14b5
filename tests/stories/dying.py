"""kill -9 inside one process: a worker that ends between two steps and leaves rows and files alone behind.

Three kinds of step survive a worker: a commit, a message sent, a file put away. What is left after one and
before the next is the same wherever between them it dies, so each has one point: right before it.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from alerting.notifier import Notifier
from alerting.outbox import LEASE
from desk.pipeline.beat import leads
from desk.pipeline.chase import chase
from desk.pipeline.collect import collect
from desk.pipeline.deliver import deliver
from desk.pipeline.judge import judge
from desk.pipeline.notice import notice, watch
from desk.pipeline.read import read
from desk.pipeline.respond import respond
from tests.world import World, restarted
from wanglou.domain.delivery import Message, Outcome
from wanglou.storage.engine import SqlStorage
from wanglou.storage.unit_of_work import SqlUnitOfWork

PAUSE = LEASE + timedelta(seconds=30)
"""What a restart takes: every lease of the dead worker is over."""


class Killed(BaseException):
    """No code of ours may catch it, as none can catch kill -9."""


@dataclass
class Fate:
    """Counts the points a worker passes, from 0, and kills at those whose numbers were drawn."""

    kills: frozenset[int] = frozenset()
    passed: list[str] = field(default_factory=list)

    def point(self, where: str) -> None:
        self.passed.append(where)
        if len(self.passed) - 1 in self.kills:
            raise Killed(where)

    @property
    def died(self) -> list[str]:
        """Where it struck."""
        return [self.passed[n] for n in sorted(self.kills) if n < len(self.passed)]


class FragileUnitOfWork(SqlUnitOfWork):
    """May be killed with everything written and nothing committed."""

    def __init__(self, storage: SqlStorage, fate: Fate) -> None:
        super().__init__(storage.writer)
        self._fate = fate

    def commit(self) -> None:
        self._fate.point("before a commit")
        super().commit()


@dataclass(frozen=True)
class FragileStorage:
    """The real storage, with a point before each commit."""

    real: SqlStorage
    fate: Fate

    def begin(self) -> FragileUnitOfWork:
        return FragileUnitOfWork(self.real, self.fate)

    def look(self) -> SqlUnitOfWork:
        return self.real.look()


@dataclass(frozen=True)
class FragileChannel:
    """A real channel, with a point before each message."""

    real: Notifier
    fate: Fate

    def send(self, message: Message) -> Outcome:
        self.fate.point(f"before sending a {message.kind}")
        return self.real.send(message)


@dataclass
class Life:
    """An agency whose worker may die, and is started again until it is done."""

    world: World
    fate: Fate
    drops: Path
    is_up: bool = False

    def turn(self) -> None:
        """Let the worker do all there is to do, however often it has to be started."""
        while True:
            try:
                self._work()
            except Killed:
                self.world.clock.advance(PAUSE)
                self.world, self.is_up = restarted(self.world), False
            else:
                return

    def _work(self) -> None:
        parts, now = self.world.parts, self.world.now
        self.is_up = self.is_up or leads(parts, now)
        assert self.is_up
        watch(parts, now)
        asyncio.run(collect(parts, now))
        while read(parts, now):
            pass
        for verb in (notice, judge, respond, chase):
            verb(parts, now)
        while deliver(parts, now):
            pass
