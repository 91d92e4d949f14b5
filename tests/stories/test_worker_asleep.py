"""No worker ran for a while: what was not seen is not taken for silence."""

from datetime import timedelta

from desk.pipeline.notice import watch
from tests.stories.test_advert_crisis import crisis
from tests.world import World, restarted
from wanglou.domain.span import Span
from wanglou.domain.volume import BUCKET, bucket_of


def test_hours_without_a_worker_are_written_down_as_not_seen(world: World) -> None:
    world.all_sources_live()
    watch(world.parts, world.now)
    asleep = Span(bucket_of(world.now) + BUCKET, bucket_of(world.now + timedelta(hours=6)))
    world.clock.advance(timedelta(hours=6))
    watch(world.parts, world.now)
    with world.parts.storage.look() as uow:
        rows = uow.volumes.exposure_between(asleep)
    classes = {spec.source_class for spec in world.parts.config.sources.values()}
    assert {row.share for row in rows} == {0.0}
    assert len(rows) == len(classes) * (timedelta(hours=6) // BUCKET - 1)


def test_sleeping_for_six_hours_raises_nothing_by_itself(world: World) -> None:
    world.run(minutes=2)
    world.clock.advance(timedelta(hours=6))
    world.all_sources_live()
    restarted(world).run(minutes=15)
    assert world.incidents() == []
    assert world.chat.posts == []


def test_a_crisis_right_after_a_sleep_is_still_seen(world: World) -> None:
    world.run(minutes=2)
    world.clock.advance(timedelta(hours=6))
    world.all_sources_live()
    awake = restarted(world)
    crisis(awake)
    assert awake.incident().client == "lock"
