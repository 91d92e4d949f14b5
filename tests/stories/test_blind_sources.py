"""A source turns blind: the agency hears of it once, in words, and again when it sees."""

from collections.abc import Iterable
from datetime import timedelta

from tests.world import World
from wanglou.domain.reason import Reason
from wanglou.domain.source import SourceHealth, SourceState

GONE = Reason("source_gone", {"url": "http://forum.example/", "status": 404})


def turn(world: World, sources: Iterable[str], state: SourceState) -> None:
    """What their next rounds say of these sources."""
    with world.parts.storage.begin() as uow:
        for source in sources:
            trouble = GONE if state is SourceState.BLOCKED else None
            later = world.now + timedelta(days=1)
            uow.sources.save_health(
                SourceHealth(source, state, world.now, world.now, later, world.now, trouble=trouble)
            )
        uow.commit()


def parts_told(world: World) -> list[str]:
    return sorted(incident.brand for incident in world.house_incidents())


def test_a_blind_source_is_told_once_after_some_patience_and_closes_by_itself(world: World) -> None:
    world.all_sources_live()
    turn(world, ["square"], SourceState.BLOCKED)
    world.run(minutes=9)
    assert parts_told(world) == []
    world.run(minutes=30, step=timedelta(minutes=5))
    assert parts_told(world) == ["source square"]
    told = [m for m in world.chat.cards if "square" in m.text]
    assert len({m.address for m in told}) == len(told) > 0
    turn(world, ["square"], SourceState.LIVE)
    world.run(minutes=1)
    assert parts_told(world) == []


def test_a_source_that_is_only_late_wakes_nobody(world: World) -> None:
    world.all_sources_live()
    turn(world, ["square"], SourceState.LATE)
    world.run(minutes=40, step=timedelta(minutes=10))
    assert parts_told(world) == []


def test_a_silent_source_is_told_like_an_unreadable_one(world: World) -> None:
    world.all_sources_live()
    turn(world, ["square"], SourceState.SILENT)
    world.run(minutes=40, step=timedelta(minutes=10))
    assert parts_told(world) == ["source square"]


def test_many_that_turn_blind_together_are_one_incident(world: World) -> None:
    world.all_sources_live()
    every = list(world.parts.config.sources)
    assert len(every) >= 3
    turn(world, every, SourceState.BLOCKED)
    world.run(minutes=60, step=timedelta(minutes=10))
    assert parts_told(world) == ["sources"]
    turn(world, every[1:], SourceState.LIVE)
    world.run(minutes=20, step=timedelta(minutes=10))
    assert parts_told(world) == ["sources"]  # one of them is blind still, and told already
    turn(world, every, SourceState.LIVE)
    world.run(minutes=1)
    assert parts_told(world) == []


def test_a_source_that_was_never_looked_at_calls_nobody(world: World) -> None:
    turn(world, ["square"], SourceState.UNKNOWN)
    world.run(minutes=60, step=timedelta(minutes=20))
    assert parts_told(world) == []
