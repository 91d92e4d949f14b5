"""A regulator names the brand in one post among none: noticed at once, whatever class of source shows it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from analysis.mention_detectors.new_words import NoWords
from desk.pipeline import overhear
from desk.pipeline.parts import WORKER
from desk.wiring.worker import mention_detectors_of
from tests.world import World
from wanglou.domain.agency import Lexicon
from wanglou.domain.mention import SeenMention
from wanglou.domain.rule import Rule, RuleCondition
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Signal
from wanglou.domain.source import SourceClass

WORDS = Lexicon(authority={"regulator": ("市场监管局",), "act": ("约谈", "责令")})
YELLOW = Rule(
    "authority",
    RuleCondition(("authority",), timedelta(hours=6), strength_at_least=0.5),
    Severity.YELLOW,
    None,
    (),
    (),
)
NOTICE = "安屿因虚假宣传被市场监管局约谈，责令限期整改"


def watched(world: World) -> World:
    rules = {**world.parts.config.rules, "authority": YELLOW}
    config = replace(world.parts.config, rules=rules, lexicon=WORDS)
    parts = replace(world.parts, config=config, mention_detectors=mention_detectors_of(config, NoWords()))
    return replace(world, parts=parts)


def spoken(world: World) -> list[Signal]:
    with world.parts.storage.look() as uow:
        recent = uow.signals.recent("lock", "安屿", world.now - timedelta(days=1))
    return [s for s in recent if s.kind == "authority"]


def test_one_notice_opens_an_incident_with_the_notice_behind_it(world: World) -> None:
    desk = watched(world)
    desk.sees([NOTICE])
    desk.run(minutes=1)

    [signal] = spoken(desk)
    assert signal.because.facts["who"] == "约谈"
    assert desk.incident().severity >= Severity.YELLOW
    with desk.parts.storage.look() as uow:
        assert uow.incidents.evidence_count(desk.incident().id) >= 1


def test_the_notice_in_other_words_is_the_same_story(world: World) -> None:
    desk = watched(world)
    desk.sees([NOTICE])
    desk.run(minutes=5)
    cards = len(desk.chat.cards)
    desk.sees(["市场监管局：已就虚假宣传约谈安屿，要求其整改", "官方通报来了，安屿被约谈，网友：早该管了"])
    desk.run(minutes=5)

    assert len(desk.incidents()) == 1
    assert len(desk.chat.cards) == cards
    assert len(spoken(desk)) == 1


def test_a_notice_in_a_backlog_larger_than_one_look_is_heard(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overhear, "MOST", 3)
    desk = watched(world)
    desk.sees([NOTICE, *(f"安屿的门锁用了 {n} 天，一切正常" for n in range(8))], every=timedelta(minutes=1))
    desk.run(minutes=1)

    assert [s.because.facts["who"] for s in spoken(desk)] == ["约谈"]


def test_a_neutral_word_about_the_brand_opens_nothing(world: World) -> None:
    desk = watched(world)
    desk.sees(["安屿今天在展会上展示了新门锁"])
    desk.run(minutes=2)

    assert spoken(desk) == []


@dataclass
class Onlooker:
    """Notes what detectors are shown of what arrived."""

    shown: list[SeenMention] = field(default_factory=list)
    kind: str = "onlooker"
    source_class: SourceClass | None = None
    memory: timedelta = timedelta(0)

    def look(self, seen: Sequence[SeenMention], arrived: Collection[str], now: datetime) -> list[Signal]:
        assert {s.mention.item_key for s in seen} == {*arrived}
        assert now >= max(s.mention.read_at for s in seen)
        self.shown += seen
        return []


def test_detectors_are_shown_what_arrived_as_it_would_be_read_again(world: World) -> None:
    onlooker = Onlooker()
    desk = replace(world, parts=replace(world.parts, mention_detectors=[onlooker]))
    desk.sees(
        [NOTICE, "安屿的门锁被曝光，\0 已报警", NOTICE, "安屿和陌川锁，都一般"], every=timedelta(hours=1)
    )
    desk.turn()

    keys = {s.mention.item_key for s in onlooker.shown}
    with desk.parts.storage.look() as uow:
        stored = uow.mentions.of_items(WORKER, "lock", "安屿", keys)
    assert {s.mention.item_key: s for s in onlooker.shown} == {s.mention.item_key: s for s in stored}
    assert len(keys) == 4
