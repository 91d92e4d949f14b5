"""Chat fails, or nobody answers: what then."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from alerting.incidents import open_incident
from alerting.rules import Verdict
from desk.clocks import SimulatedClock
from desk.pipeline.deliver import deliver
from tests.stories.test_advert_crisis import crisis
from tests.units.alerting.cast import signal
from tests.world import World
from wanglou.domain.delivery import Delivery, DeliveryKind, DeliveryState, Later, Message, Outcome
from wanglou.domain.incident import Incident, Via
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic


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


def test_what_turns_red_as_chat_returns_is_out_within_a_minute(world: World) -> None:
    world.chat.down = True
    incident = opened(world, Severity.BLUE, Topic.FALSE_ADVERT)
    world.run(minutes=20)
    held = [d for d in told_of(world, incident) if d.kind is DeliveryKind.CARD and is_chat(d)]
    assert all(d.next_at > world.now + timedelta(minutes=1) for d in held)
    refused = world.acts.raise_severity(
        world.access("zhou"), incident.id, Severity.RED, "有人受伤", Via.DESK, world.now
    )
    assert refused is None
    world.run(step=timedelta(seconds=20))  # chat is still away: from here the waits are those of red
    world.chat.down = False
    world.run(minutes=1, step=timedelta(seconds=20))
    raised = [d for d in told_of(world, incident) if d.change.startswith("raised:red") and is_chat(d)]
    assert raised
    assert {d.state for d in raised} == {DeliveryState.SENT}
    assert len(world.chat.cards) == len(held)


def test_chat_that_answers_nothing_keeps_neither_the_desk_nor_a_new_red_card_waiting(world: World) -> None:
    for topic in (Topic.FALSE_ADVERT, Topic.PRICE_OR_PROMISE, Topic.OUTAGE):
        opened(world, Severity.BLUE, topic)
    red: list[Incident] = []
    hanging = HangingChat(world.clock)
    hanging.meanwhile.append(lambda: red.append(opened(world, Severity.RED, Topic.PRODUCT_SAFETY)))
    world.parts = replace(world.parts, notifiers={**world.parts.notifiers, "slack": hanging})
    began = world.now
    while len(hanging.tried) < 8:  # two channels each of four incidents
        assert deliver(world.parts, world.now)
    assert [m.card.incident == red[0].id for m in hanging.tried[:4]] == [False, True, True, False]
    own = [d for d in told_of(world, red[0]) if not is_chat(d)]
    assert own
    assert {d.delivered_at for d in own} == {began + HangingChat.PATIENCE}


@dataclass
class HangingChat:
    """Takes the connection and says nothing until we give up."""

    PATIENCE = timedelta(seconds=10)

    clock: SimulatedClock
    tried: list[Message] = field(default_factory=list)
    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def send(self, message: Message) -> Outcome:
        self.tried.append(message)
        self.clock.advance(self.PATIENCE)
        while self.meanwhile:
            self.meanwhile.pop()()
        return Later(Reason("slack_unreachable", {"found": "timed out"}), timedelta(hours=1))


def opened(world: World, severity: Severity, topic: Topic) -> Incident:
    world.serial += 1
    verdict = Verdict("negative_burst", severity, topic)
    decision = open_incident(verdict, [signal()], world.serial, world.now)
    with world.parts.storage.begin() as uow:
        assert world.parts.carrier.open_new(uow, decision, world.now)
        uow.commit()
    return decision.incident


def told_of(world: World, incident: Incident) -> list[Delivery]:
    with world.parts.storage.look() as uow:
        return uow.deliveries.of_incident(incident.id)


def is_chat(delivery: Delivery) -> bool:
    return delivery.channel.startswith("slack:")


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
