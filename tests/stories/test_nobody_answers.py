"""Chat fails, or nobody answers: what then."""

from datetime import timedelta

from tests.stories.test_advert_crisis import crisis
from tests.world import World
from wanglou.domain.delivery import DeliveryState
from wanglou.domain.incident import Via


def test_chat_down_for_twenty_minutes_loses_nothing_and_repeats_nothing(world: World) -> None:
    world.chat.down = True
    crisis(world)
    world.run(minutes=10)
    assert world.chat.posts == []
    world.chat.down = False
    world.run(minutes=7, step=timedelta(seconds=20))
    assert sorted(m.address for m in world.chat.cards) == ["#anyu-watch", "#duty-desk"]
    told = [(m.delivery, m.address) for m in world.chat.posts]
    assert len(told) == len(set(told))
    first = {m.address: m for m in reversed(world.chat.posts) if m.address.startswith("#")}
    assert all(m in world.chat.cards for m in first.values())  # the card comes before what hangs below it


def test_while_chat_is_down_the_desk_already_shows_the_incident(world: World) -> None:
    world.chat.down = True
    crisis(world)
    with world.parts.storage.look() as uow:
        sent = [d for d in uow.deliveries.of_incident(world.incident().id) if d.state is DeliveryState.SENT]
    assert {d.channel for d in sent} >= {"inbox:desk"}


def test_a_channel_that_never_comes_back_is_the_agencys_own_incident(world: World) -> None:
    world.chat.down = True
    crisis(world)
    world.run(minutes=14 * 60, step=timedelta(minutes=10))
    parts = {i.brand for i in world.house_incidents()}
    assert any("slack" in part for part in parts)


def test_an_unacknowledged_incident_climbs_the_ladder_once_a_rung(world: World) -> None:
    crisis(world)
    world.run(minutes=15)
    said = world.chat.texts()
    assert said.count("李岚") + said.count("总监") >= 1
    changes = _changes(world)
    rungs = [c for c in changes if c.startswith("escalated:director")]
    assert rungs
    world.run(minutes=60, step=timedelta(minutes=5))
    assert set(rungs) == {c for c in _changes(world) if c.startswith("escalated:director")}


def test_the_first_acknowledgement_stops_the_ladder(world: World) -> None:
    crisis(world)
    world.acknowledges("zhou", world.incident())
    before = {c for c in _changes(world) if c.startswith("escalated")}
    world.run(minutes=60, step=timedelta(minutes=5))
    assert {c for c in _changes(world) if c.startswith("escalated")} == before


def test_two_people_acknowledge_and_the_first_counts(world: World) -> None:
    crisis(world)
    incident = world.incident()
    assert world.acknowledges("wang", incident) is None
    assert world.acknowledges("zhou", incident) is None
    assert world.incident().acknowledged_by == "wang"


def test_a_person_of_another_team_cannot_act(world: World) -> None:
    crisis(world)
    incident = world.incident()
    access = world.access("wang")
    stranger = type(access)("wang", frozenset({"tea"}))
    with world.parts.storage.look() as uow:
        before = uow.incidents.timeline(incident.id)
    refused = world.acts.dismiss(stranger, incident.id, "false_positive", Via.DESK, world.now)
    assert refused is not None
    with world.parts.storage.look() as uow:
        assert uow.incidents.timeline(incident.id) == before


def _changes(world: World) -> list[str]:
    with world.parts.storage.look() as uow:
        return [d.change for d in uow.deliveries.of_incident(world.incident().id)]
