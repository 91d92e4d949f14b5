"""A message was given up; somebody mends the channel and has it sent again, once a press."""

from datetime import timedelta

from tests.stories.test_advert_crisis import crisis
from tests.world import World
from wanglou.domain.delivery import Delivery, DeliveryState
from wanglou.domain.incident import Via


def dead(world: World) -> list[Delivery]:
    with world.parts.storage.look() as uow:
        sent = uow.deliveries.of_incident(world.incident().id)
    return [d for d in sent if d.state is DeliveryState.DEAD]


def given_up(world: World) -> None:
    world.chat.down = True
    crisis(world, 20)
    world.run(minutes=20 * 60, step=timedelta(minutes=30))


def test_a_dead_letter_is_sent_again_by_one_press_and_only_once(world: World) -> None:
    given_up(world)
    letters = dead(world)
    assert letters
    world.chat.down = False
    access, incident = world.access("zhou"), world.incident().id
    for _ in range(2):
        assert world.acts.resend(access, incident, letters[0].id, Via.DESK, world.now) is None
    world.run(minutes=1, step=timedelta(seconds=20))
    assert [m.delivery for m in world.chat.posts].count(letters[0].id) == 1
    assert letters[0].id not in {d.id for d in dead(world)}
    with world.parts.storage.look() as uow:
        kinds = [link.entry.kind for link in uow.incidents.timeline(incident)]
    assert kinds.count("incident_resent") == 1


def test_patience_with_the_channel_begins_anew(world: World) -> None:
    given_up(world)
    letter = dead(world)[0]
    world.acts.resend(world.access("zhou"), world.incident().id, letter.id, Via.DESK, world.now)
    world.run(minutes=2, step=timedelta(minutes=1))
    assert letter.id not in {d.id for d in dead(world)}  # still down, and tried again for a while


def test_a_letter_of_another_incident_or_one_that_arrived_is_left_alone(world: World) -> None:
    given_up(world)
    letter = dead(world)[0]
    with world.parts.storage.begin() as uow:
        assert uow.deliveries.revive("another", letter.id, world.now) is None
        arrived = next(
            d for d in uow.deliveries.of_incident(letter.incident) if d.state is DeliveryState.SENT
        )
        assert uow.deliveries.revive(letter.incident, arrived.id, world.now) is None
