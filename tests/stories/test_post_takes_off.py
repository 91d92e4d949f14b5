"""A post that takes off: noticed when its reactions are counted again, told once."""

from dataclasses import replace
from datetime import timedelta

from crawlers.rounds import Outcome, Round
from desk.pipeline.collect import keep
from tests.world import World
from wanglou.domain.item import Author, DatedBy, Engagement, Item
from wanglou.domain.rule import Rule, RuleCondition
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Signal

POST = "安屿智能锁半夜自己开了，客服让我自己换电池，太离谱了"


BLUE = Rule("velocity", RuleCondition(("velocity",), timedelta(hours=1)), Severity.BLUE, None, (), ())


def with_rule(world: World) -> World:
    config = replace(world.parts.config, rules={**world.parts.config.rules, "velocity": BLUE})
    return replace(world, parts=replace(world.parts, config=config))


def shows(world: World, comments: int, text: str = POST, number: int = 1) -> None:
    """The square shows a post with so many comments, as it was counted just now."""
    published = world.now if number > 1 else world.now.replace(hour=3, minute=0)
    item = Item(
        "square",
        f"http://forum.example/hot/{number}",
        "",
        text,
        Author(f"读者{number}"),
        published,
        DatedBy.FEED,
        platform_id=f"hot-{number}",
        engagement=Engagement(world.now, comments=comments),
    )
    keep(world.parts, Round("square", world.now, Outcome.READ, (item,)))


def taken_off(world: World) -> list[Signal]:
    with world.parts.storage.look() as uow:
        recent = uow.signals.recent("lock", "安屿", world.now - timedelta(days=1))
    return [s for s in recent if s.kind == "velocity"]


def grown(world: World) -> list[Signal]:
    shows(world, 5)
    world.run(minutes=10)
    shows(world, 50)
    world.run(minutes=1)
    return taken_off(world)


def test_five_comments_that_become_fifty_in_ten_minutes_open_an_incident(world: World) -> None:
    watched = with_rule(world)
    [signal] = grown(watched)
    incident = watched.incident()

    assert signal.because.facts["after"] == 50
    assert incident.brand == "安屿"
    assert "从 5 涨到 50" in watched.chat.texts()


def test_the_same_count_shown_again_tells_nothing_more(world: World) -> None:
    told = grown(world)
    shows(world, 51)
    world.run(minutes=2)

    assert taken_off(world) == told


def test_a_post_about_no_client_is_left_alone(world: World) -> None:
    shows(world, 5, "今天天气不错", number=2)
    world.run(minutes=10)
    shows(world, 5_000, "今天天气不错", number=2)
    world.run(minutes=1)

    assert taken_off(world) == []
    assert world.incidents() == []


def test_a_restart_between_two_counts_changes_nothing(world: World) -> None:
    shows(world, 5)
    world.run(minutes=10)
    again = replace(world, parts=replace(world.parts, memory=type(world.parts.memory)()))
    shows(again, 50)
    again.run(minutes=1)

    assert len(taken_off(again)) == 1
