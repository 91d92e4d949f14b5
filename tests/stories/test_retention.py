"""The client's file says how long we may keep what was said; the worker keeps to it."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from desk.pipeline.prune import prune
from tests.backtests_sample import sample_report
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


def test_kept_backtests_go_by_the_clients_file_as_well(world: World) -> None:
    world = kept_for(world, timedelta(days=1))
    shelf, report = world.parts.backtests, sample_report()
    of_lock = replace(report.one, clients={"lock": replace(report.one.clients["anju"], client="lock")})
    only = replace(report, one=of_lock, other=None, compared=None)
    for age in (timedelta(hours=2), timedelta(days=2)):
        shelf.keep(replace(only, made_at=world.now - age))
    prune(world.parts, world.now)
    assert shelf.held("lock") == 1


def test_an_open_incident_keeps_what_it_stands_on(world: World) -> None:
    crisis(world)
    incident = world.incident()
    later = kept_for(world, timedelta(minutes=1))
    later.clock.advance(timedelta(days=3))
    prune(later.parts, later.now)
    with later.parts.storage.look() as uow:
        assert uow.incidents.evidence_count(incident.id) > 0
    assert mentions(later) > 0
