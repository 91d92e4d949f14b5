"""A person corrects a reading, and what comes in later keeps to it."""

from datetime import timedelta

from desk.correcting import Corrector
from tests.world import World
from wanglou.domain.correction import CorrectionKind
from wanglou.domain.mention import Sentiment
from wanglou.domain.span import Span
from wanglou.ports import BrandTotals

POST = "安屿智能锁换了新包装,今天在店里看到了,说不上来的感觉,先拍个照给大家看看"


def kept(world: World) -> list[tuple[str, Sentiment, bool]]:
    span = Span(world.now - timedelta(hours=1), world.now + timedelta(hours=1))
    with world.parts.storage.look() as uow:
        seen = uow.mentions.of_brand(world.access("zhou"), "lock", "安屿", span)
    return [(s.mention.item_key, s.mention.reading.label, s.mention.voice) for s in seen]


def totals(world: World) -> BrandTotals:
    span = Span(world.now - timedelta(hours=1), world.now + timedelta(hours=1))
    with world.parts.storage.look() as uow:
        return uow.volumes.totals("lock", "安屿", span)


def corrected(world: World, kind: CorrectionKind, to: str) -> None:
    [(item, _, _)] = kept(world)
    desk = Corrector(world.parts.storage, world.parts.config)
    assert desk.correct(world.access("zhou"), "lock", "安屿", item, kind, to, world.now) is None


def test_a_copy_that_comes_in_later_is_read_as_the_person_said(world: World) -> None:
    world.clock.advance(timedelta(days=2))
    world.sees([POST])
    world.turn()
    corrected(world, CorrectionKind.SENTIMENT, "neg")
    world.sees([POST], source="forum")
    world.turn()
    assert sorted((label, voice) for _, label, voice in kept(world)) == [
        (Sentiment.NEG, False),
        (Sentiment.NEG, True),
    ]
    assert totals(world).negatives == 1


def test_copies_of_what_is_not_about_the_brand_count_for_nothing_either(world: World) -> None:
    world.clock.advance(timedelta(days=2))
    world.sees([POST])
    world.turn()
    corrected(world, CorrectionKind.BRAND, "")
    world.sees([POST] * 3, source="forum")
    world.turn()
    assert kept(world) == []
    assert totals(world).mentions == 0
