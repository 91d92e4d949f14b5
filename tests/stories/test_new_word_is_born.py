"""A nickname for the scandal is born: seen once, with its posts, whatever happens to the worker meanwhile."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from analysis.detector import load
from desk.correcting import Corrector
from desk.pipeline import learn
from tests.stories.conftest import AFTERNOON
from tests.units.brand_talk import NICKNAME, said
from tests.world import World, restarted, started
from wanglou.domain.correction import CorrectionKind
from wanglou.domain.rule import Rule, RuleCondition
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Signal
from wanglou.domain.span import Span
from wanglou.ports import Checkpoint

YELLOW = Rule("new_words", RuleCondition(("new_words",), timedelta(hours=2)), Severity.YELLOW, None, (), ())
EVERY = timedelta(minutes=10)
ANGRY = ("气死了", "垃圾", "太差了", "要求退货", "再也不买了", "坑人", "差评", "真恶心")
COMPLAINTS = [f"{text}，{angry}" for text, angry in zip(said(), ANGRY, strict=False)]
PEOPLE = 8


def watched(world: World) -> World:
    """Only this kind opens incidents; the brand has two quiet weeks behind it."""
    config = replace(world.parts.config, rules={"new_words": YELLOW})
    return replace(world, parts=replace(world.parts, config=config))


def complained(world: World, people: int = PEOPLE) -> World:
    world.sees(COMPLAINTS[:people], every=EVERY)
    world.run(minutes=2)
    return world


def told(world: World, days: int = 2) -> list[Signal]:
    with world.parts.storage.look() as uow:
        recent = uow.signals.recent("lock", "安屿", world.now - timedelta(days=days))
    return [s for s in recent if s.kind == "new_words"]


def learnt(world: World) -> Checkpoint:
    with world.parts.storage.look() as uow:
        found = uow.detectors.latest("new_words|lock|安屿")
    assert found is not None
    return found


def test_a_nickname_opens_one_incident_with_its_posts_behind_it(world: World) -> None:
    desk = watched(world)
    desk.sees(COMPLAINTS[:6], every=timedelta(minutes=100))
    desk.run(minutes=2)

    [signal] = told(desk)
    assert signal.because.facts["word"] == NICKNAME
    assert f"“{NICKNAME}”" in desk.chat.texts()
    with desk.parts.storage.look() as uow:
        assert uow.incidents.evidence_count(desk.incident().id) >= 5


def test_killed_after_every_post_it_tells_and_knows_the_same(
    open_at: Callable[[datetime], World], tmp_path: Path
) -> None:
    steady = watched(open_at(AFTERNOON))
    killed = watched(started(steady.parts.config, copied(tmp_path), tmp_path, AFTERNOON))
    steady.sees(COMPLAINTS[:PEOPLE], every=EVERY)
    steady.turn()
    for place, text in enumerate(COMPLAINTS[:PEOPLE]):
        killed.sees([text], at=killed.now - EVERY * (PEOPLE - 1 - place))
        killed = restarted(killed)
        killed.turn()

    first, second = ([(s.at, s.because, s.strength) for s in told(w)] for w in (steady, killed))
    assert first == second
    assert first
    one, other = learnt(steady), learnt(killed)
    assert one.through == other.through
    assert all((array == load(other.state)[name]).all() for name, array in load(one.state).items())


def copied(folder: Path) -> Path:
    """The database before anything of the story happened."""
    with sqlite3.connect(folder / "wanglou.db") as source, sqlite3.connect(folder / "other.db") as to:
        source.backup(to)
    return folder / "other.db"


def test_a_lost_sketch_is_learnt_anew_from_the_mentions(world: World) -> None:
    desk = complained(watched(world), people=1)
    before = load(learnt(desk).state)
    with desk.parts.storage.begin() as uow:
        uow.detectors.rewind(desk.now - timedelta(days=90))
        uow.commit()
    desk.sees(COMPLAINTS[1:PEOPLE], every=EVERY)
    desk.run(minutes=2)

    assert [s.because.facts["word"] for s in told(desk)] == [NICKNAME]
    after = load(learnt(desk).state)
    assert all((array == after[name]).all() for name, array in before.items())


def test_a_damaged_sketch_is_learnt_anew(world: World) -> None:
    desk = complained(watched(world), people=1)
    with desk.parts.storage.begin() as uow:
        uow.detectors.save(replace(learnt(desk), state=b"damaged"))
        uow.commit()
    desk.sees(COMPLAINTS[1:PEOPLE], every=EVERY)
    desk.run(minutes=2)

    assert [s.because.facts["word"] for s in told(desk)] == [NICKNAME]


def test_a_sketch_that_has_not_caught_up_tells_nothing_rather_than_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learn, "AT_ONCE", 1)
    desk = watched(world)
    with desk.parts.storage.begin() as uow:
        uow.detectors.rewind(desk.now - timedelta(days=90))
        uow.commit()

    assert told(complained(desk)) == []


def test_a_backlog_after_an_outage_is_one_signal_dated_when_it_happened(world: World) -> None:
    desk = watched(world)
    born = desk.now + timedelta(hours=2)
    desk.clock.advance(timedelta(hours=20))
    desk.sees([*COMPLAINTS[:PEOPLE], "安屿的门锁还行"], at=born, every=EVERY)
    desk.sees(["安屿的面板有点响"], at=desk.now)
    desk.run(minutes=2)

    [signal] = told(desk)
    assert signal.at <= born
    assert signal.seen_at - signal.at >= timedelta(hours=17)


def test_what_was_said_not_to_be_about_the_brand_makes_no_word(world: World) -> None:
    desk = complained(watched(world), people=4)
    span = Span(desk.now - timedelta(hours=1), desk.now + timedelta(hours=1))
    with desk.parts.storage.look() as uow:
        known = uow.mentions.of_brand(desk.access("zhou"), "lock", "安屿", span)
    person = Corrector(desk.parts.storage, desk.parts.config)
    ours = [s.item.key for s in known if s.item.text in COMPLAINTS]
    for key in ours:
        person.correct(desk.access("zhou"), "lock", "安屿", key, CorrectionKind.BRAND, "", desk.now)
    desk.sees(COMPLAINTS[4:PEOPLE], every=EVERY)
    desk.run(minutes=2)

    assert len(ours) == 4
    assert told(desk) == []


def test_old_posts_that_come_in_now_are_learnt_and_tell_nothing(world: World) -> None:
    desk = complained(watched(world), people=1)
    before = load(learnt(desk).state)
    desk.sees(COMPLAINTS[1:PEOPLE], at=desk.now - timedelta(days=6), every=EVERY)
    desk.run(minutes=2)

    assert told(desk, days=30) == []
    assert int(load(learnt(desk).state)["voices"]) == int(before["voices"]) + PEOPLE - 1
