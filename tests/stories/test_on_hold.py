"""Nothing can be done until someone answers: the incident waits, the promises do not."""

from datetime import datetime, timedelta

from tests.stories.test_advert_crisis import COMPLAINTS, crisis
from tests.world import World
from wanglou.domain.incident import ChainedEntry, IncidentState, Via, first_broken
from wanglou.domain.reason import Reason


def held(world: World, span: timedelta, person: str = "wang", why: str = "等陈经理回电") -> Reason | None:
    incident = world.incident()
    until = world.now + span
    return world.acts.hold(
        world.access(person), incident.id, "awaiting_client", until, why, Via.DESK, world.now
    )


def reminders(world: World) -> list[str]:
    return [m.text for m in world.chat.posts if "暂缓的时间到了" in m.text]


def due(world: World) -> dict[str, datetime]:
    with world.parts.storage.look() as uow:
        return {c.name: c.due_at for c in uow.clocks.of_incident(world.incident().id)}


def test_no_clock_pauses_and_the_holder_is_reminded_once(world: World) -> None:
    crisis(world)
    before = due(world)
    assert held(world, timedelta(hours=1)) is None
    assert world.incident().state is IncidentState.ON_HOLD
    assert due(world) == before
    world.run(minutes=55, step=timedelta(minutes=5))
    assert reminders(world) == []
    world.run(minutes=30, step=timedelta(minutes=5))
    assert len(reminders(world)) == 1


def test_a_second_hold_reminds_anew_and_an_ended_one_never(world: World) -> None:
    crisis(world)
    held(world, timedelta(hours=1))
    world.run(minutes=65, step=timedelta(minutes=5))
    assert held(world, timedelta(hours=1)) is None
    world.run(minutes=65, step=timedelta(minutes=5))
    assert len(reminders(world)) == 2
    held(world, timedelta(hours=1))
    resumed = world.acts.resume(world.access("wang"), world.incident().id, "客户回电了", Via.DESK, world.now)
    assert resumed is None
    world.run(minutes=90, step=timedelta(minutes=10))
    assert len(reminders(world)) == 2
    assert world.incident().state is IncidentState.ACTIVE


def test_a_growing_story_still_rises_while_it_waits(world: World) -> None:
    crisis(world, 20)
    before = world.incident().severity
    held(world, timedelta(hours=4))
    for wave in range(20, 60, 5):
        world.sees(COMPLAINTS[wave : wave + 5])
        world.run(minutes=1)
    assert world.incident().severity >= before
    assert len(world.incidents()) == 1


def test_the_desk_cannot_put_it_aside_and_no_hold_is_without_end(world: World) -> None:
    crisis(world)
    state = world.incident().state
    for refused in (
        held(world, timedelta(hours=1), person="zhou"),
        held(world, timedelta(0)),
        held(world, timedelta(days=30)),
        held(world, timedelta(hours=1), why="  "),
        world.acts.hold(
            world.access("wang"), world.incident().id, "no_reason", world.now, "x", Via.DESK, world.now
        ),
    ):
        assert isinstance(refused, Reason)
    assert world.incident().state is state


def test_every_hold_stands_in_the_record_and_the_record_is_whole(world: World) -> None:
    crisis(world)
    held(world, timedelta(hours=1))
    world.acts.resume(world.access("wang"), world.incident().id, "客户回电了", Via.DESK, world.now)
    world.acts.resume(world.access("wang"), world.incident().id, "客户回电了", Via.DESK, world.now)
    with world.parts.storage.look() as uow:
        timeline = uow.incidents.timeline(world.incident().id)
    kinds = [link.entry.kind for link in timeline]
    assert kinds.count("incident_on_hold") == kinds.count("incident_resumed") == 1
    assert first_broken(timeline) is None


def test_a_form_sent_twice_holds_once_and_another_span_holds_anew(world: World) -> None:
    crisis(world)
    held(world, timedelta(hours=1))
    once = record(world)
    world.clock.advance(timedelta(seconds=2))
    assert held(world, timedelta(hours=1)) is None
    assert record(world) == once
    assert held(world, timedelta(hours=4)) is None
    assert len(record(world)) == len(once) + 1
    world.clock.advance(timedelta(minutes=2))
    assert held(world, timedelta(hours=4)) is None
    assert len(record(world)) == len(once) + 2


def record(world: World) -> list[ChainedEntry]:
    with world.parts.storage.look() as uow:
        return uow.incidents.timeline(world.incident().id)
