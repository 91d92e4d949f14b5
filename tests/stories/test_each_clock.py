"""Each promise by day and by night: half used edits the card, four fifths call its holder, due tells all."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from tests.stories.test_every_state import DAY, NIGHT, TEAM, WATCH
from tests.stories.test_nobody_answers import opened, told_of
from tests.world import World, started
from wanglou.domain.agency import Config
from wanglou.domain.clock import ACCOUNT_RESPONSE, DESK_ACKNOWLEDGE, STATEMENT, SlaClock
from wanglou.domain.delivery import Delivery, DeliveryKind
from wanglou.domain.incident import Incident, Via
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic


@dataclass
class Promise:
    """One clock of one incident, running."""

    world: World
    incident: Incident
    name: str
    desk: str

    @property
    def clock(self) -> SlaClock:
        with self.world.parts.storage.look() as uow:
            return next(c for c in uow.clocks.of_incident(self.incident.id) if c.name == self.name)

    @property
    def holder(self) -> str:
        return self.desk if self.name == DESK_ACKNOWLEDGE else "wang"

    def told(self) -> list[Delivery]:
        return [d for d in told_of(self.world, self.incident) if d.change.startswith(f"clock:{self.name}:")]

    def until(self, share: float) -> None:
        """Let so much of the promised time be used."""
        clock = self.clock
        end = clock.started_at + share * (clock.due_at - clock.started_at)
        self.world.run(minutes=(end - self.world.now) / timedelta(minutes=1), step=timedelta(minutes=2))

    def marks(self) -> list[str]:
        return sorted({d.change.split(":")[2] for d in self.told()}, key=int)


CLOCKS = (DESK_ACKNOWLEDGE, ACCOUNT_RESPONSE, STATEMENT)


@pytest.fixture(params=list(product(CLOCKS, (DAY, NIGHT))), ids=str)
def promise(request: pytest.FixtureRequest, agency: Config, sqlite_template: Path, tmp_path: Path) -> Promise:
    """The clock of this name, with those before it stopped by those whose they were."""
    name, moment = request.param
    database = tmp_path / "wanglou.db"
    shutil.copy(sqlite_template, database)
    world = started(agency, database, tmp_path, datetime.fromisoformat(moment))
    incident = opened(world, Severity.ORANGE, Topic.FALSE_ADVERT)
    world.run()
    if name != DESK_ACKNOWLEDGE:
        assert world.acknowledges(WATCH[moment], incident) is None
    if name == STATEMENT:
        wang = world.access("wang")
        assert world.acts.note(wang, incident.id, "已致电客户", "form", Via.DESK, world.now) is None
    return Promise(world, incident, name, WATCH[moment])


def test_it_speaks_three_times_louder_each_time_and_never_again(promise: Promise) -> None:
    promise.until(0.45)
    assert promise.marks() == []
    promise.until(0.6)
    assert promise.marks() == ["50"]
    assert {d.kind for d in promise.told()} == {DeliveryKind.CARD_UPDATE}
    promise.until(0.9)
    assert promise.marks() == ["50", "80"]
    called = {d.recipient for d in promise.told() if ":80:" in d.change}
    assert promise.holder in called
    promise.until(1)
    assert promise.marks() == ["50", "80", "100"]
    everybody = {d.recipient for d in promise.told() if ":100:" in d.change}
    assert {"desk", promise.holder} <= everybody
    assert any("已超时" in m.text for m in promise.world.chat.in_channel(TEAM))
    before = len(promise.told())
    promise.until(1.3)
    assert len(promise.told()) == before


STOPS: dict[str, Callable[[Promise], object]] = {
    DESK_ACKNOWLEDGE: lambda p: p.world.acknowledges(p.desk, p.incident),
    ACCOUNT_RESPONSE: lambda p: p.world.acknowledges("wang", p.incident),
    STATEMENT: lambda p: p.world.acts.waive(
        p.world.access("wang"), p.incident.id, "客户不愿出具书面确认", Via.DESK, p.world.now
    ),
}


def test_who_keeps_it_in_time_is_called_by_nobody(promise: Promise) -> None:
    promise.until(0.6)
    assert STOPS[promise.name](promise) is None
    stopped = promise.clock.stopped_at
    assert stopped is not None
    assert stopped < promise.clock.due_at
    promise.world.run(minutes=150, step=timedelta(minutes=10))
    assert promise.marks() == ["50"]
