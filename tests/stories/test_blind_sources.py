"""A source turns blind: the agency hears of it once, in words, and again when it sees."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from tests.world import World
from wanglou.domain.clock import DESK_ACKNOWLEDGE
from wanglou.domain.person import HOUSE
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


def at_cadences(world: World, minutes: tuple[int, ...]) -> World:
    """The same agency with sources looked at so often, one each and the last for the rest."""
    sources = {
        source: replace(spec, every=timedelta(minutes=minutes[min(n, len(minutes) - 1)]))
        for n, (source, spec) in enumerate(world.parts.config.sources.items())
    }
    config = replace(world.parts.config, sources=sources)
    return replace(world, parts=replace(world.parts, config=config))


def numbers_told(world: World) -> set[int]:
    """Every incident of the house there ever was."""
    with world.parts.storage.look() as uow:
        return set(range(1, uow.incidents.next_number(HOUSE)))


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


def test_one_outage_is_one_incident_however_often_each_source_is_looked_at(world: World) -> None:
    """Patience differs by cadence: what is looked at rarely counts as soon as a quicker one is told."""
    world = at_cadences(world, minutes=(5, 20, 30))
    world.all_sources_live()
    turn(world, list(world.parts.config.sources), SourceState.BLOCKED)
    world.run(minutes=90, step=timedelta(minutes=5))
    assert parts_told(world) == ["sources"]
    assert len(numbers_told(world)) == 1


def test_who_turned_blind_a_little_later_joins_and_the_lesser_incident_says_where(world: World) -> None:
    world = at_cadences(world, minutes=(5, 20, 30))
    quick, slower, slowest = list(world.parts.config.sources)[:3]
    world.all_sources_live()
    turn(world, [quick], SourceState.BLOCKED)
    world.run(minutes=20, step=timedelta(minutes=5))
    assert parts_told(world) == [f"source {quick}"]
    turn(world, [slower, slowest], SourceState.BLOCKED)
    world.run(minutes=70, step=timedelta(minutes=5))
    assert parts_told(world) == ["sources"]
    assert any("归入 #2" in message.text for message in world.chat.posts)


def test_an_incident_of_the_house_is_told_by_its_sources_name_and_starts_the_desks_clock_alone(
    world: World,
) -> None:
    world.all_sources_live()
    source = next(iter(world.parts.config.sources.values()))
    turn(world, [source.id], SourceState.BLOCKED)
    world.run(minutes=60, step=timedelta(minutes=20))
    [incident] = world.house_incidents()
    with world.parts.storage.look() as uow:
        assert [clock.name for clock in uow.clocks.of_incident(incident.id)] == [DESK_ACKNOWLEDGE]
    cards = [m.card for m in world.chat.cards if m.card and m.card.incident == incident.id]
    assert cards
    assert all(f"信源「{source.name}」" in str(card.fields) for card in cards)
    turn(world, [source.id], SourceState.LIVE)
    world.run(minutes=1)
    assert f"{source.name} 已恢复" in world.chat.texts()
    assert f"source {source.id}" not in world.chat.texts()


def test_three_that_turned_blind_on_other_days_are_three_incidents(world: World) -> None:
    world.all_sources_live()
    three = list(world.parts.config.sources)[:3]
    for source in three:
        turn(world, [source], SourceState.BLOCKED)
        world.run(minutes=180, step=timedelta(minutes=30))
    assert parts_told(world) == sorted(f"source {source}" for source in three)


def test_a_source_that_was_never_looked_at_calls_nobody(world: World) -> None:
    turn(world, ["square"], SourceState.UNKNOWN)
    world.run(minutes=60, step=timedelta(minutes=20))
    assert parts_told(world) == []
