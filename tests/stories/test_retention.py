"""The client's file says how long we may keep what was said; the worker keeps to it."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from desk.pipeline.prune import prune
from tests.stories.test_advert_crisis import crisis
from tests.world import World
from wanglou.domain.span import Span
from wanglou.domain.volume import BUCKET


def mentions(world: World) -> int:
    span = Span(world.now - timedelta(days=60), world.now + BUCKET)
    with world.parts.storage.look() as uow:
        return len(uow.mentions.of_brand(world.access("zhou"), "lock", "安屿", span, 10_000))


def kept_for(world: World, span: timedelta) -> World:
    clients = dict(world.parts.config.clients)
    clients["lock"] = replace(clients["lock"], retention=span)
    config = replace(world.parts.config, clients=MappingProxyType(clients))
    return replace(world, parts=replace(world.parts, config=config))


def test_what_may_not_be_kept_goes_and_counts_and_records_stay(world: World) -> None:
    world = kept_for(world, timedelta(days=1))
    before = mentions(world)
    with world.parts.storage.look() as uow:
        counted = uow.volumes.between(Span(world.now - timedelta(days=30), world.now))
    prune(world.parts, world.now)
    assert 0 < mentions(world) < before
    with world.parts.storage.look() as uow:
        assert uow.volumes.between(Span(world.now - timedelta(days=30), world.now)) == counted


def test_an_open_incident_keeps_what_it_stands_on(world: World) -> None:
    crisis(world)
    incident = world.incident()
    later = kept_for(world, timedelta(minutes=1))
    later.clock.advance(timedelta(days=3))
    prune(later.parts, later.now)
    with later.parts.storage.look() as uow:
        assert uow.incidents.evidence_count(incident.id) > 0
    assert mentions(later) > 0
