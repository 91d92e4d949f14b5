"""A misleading advert, from the first complaint to the closing."""

from collections.abc import Callable
from datetime import datetime, timedelta

from desk.rehearsal.posts import Strand
from tests.stating import approves, fills, statement
from tests.stories.conftest import AFTERNOON
from tests.stories.posts import texts, waves
from tests.world import World, consent, word
from wanglou.domain.clock import ACCOUNT_RESPONSE, DESK_ACKNOWLEDGE
from wanglou.domain.delivery import DeliveryKind
from wanglou.domain.incident import IncidentState, Via, first_broken
from wanglou.domain.plan import StepState
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic

COMPLAINTS = texts(Strand.COMPLAINT)


def crisis(world: World, posts: int = 40) -> None:
    """Complaints come in for ten minutes, a wave a minute."""
    for wave in waves(COMPLAINTS[:posts], max(1, posts // 10)):
        world.sees(wave)
        world.run(minutes=1)


def test_a_growing_crisis_opens_one_incident_and_one_card_a_channel(world: World) -> None:
    crisis(world)
    incident = world.incident()
    assert incident.client == "lock"
    assert incident.topic is Topic.FALSE_ADVERT
    assert sorted(m.address for m in world.chat.cards) == ["#anyu-watch", "#duty-desk"]


def test_it_happened_when_the_first_complaint_of_the_surge_was_published(world: World) -> None:
    world.sees(["安屿门锁装好了，开门挺快"])
    world.run(minutes=3)
    began = world.now - timedelta(seconds=22)
    for wave in range(4):
        world.sees(COMPLAINTS[wave * 10 : wave * 10 + 10], at=began + timedelta(minutes=wave, seconds=18))
        world.run(minutes=1)
    incident = world.incident()
    assert began <= incident.happened_at <= began + timedelta(seconds=18)
    assert "03-10 14:02 起有关于安屿的讨论" in statement(world, incident).words


def test_the_card_says_what_stood_out_in_numbers(world: World) -> None:
    crisis(world)
    card = next(m for m in world.chat.cards if m.address == "#anyu-watch")
    assert "安屿" in card.text
    assert any(ch.isdigit() for ch in card.text)
    assert next(b.act for b in card.buttons) == "acknowledge"


def test_it_rises_by_itself_and_joining_posts_push_nothing_more(world: World) -> None:
    crisis(world, 60)
    risen = world.incident()
    assert risen.severity >= Severity.ORANGE
    replies = [m for m in world.chat.posts if m.kind is DeliveryKind.REPLY]
    world.sees(COMPLAINTS[60:64])
    world.run(minutes=1)
    after = [m for m in world.chat.posts if m.kind is DeliveryKind.REPLY]
    rises = [m for m in after[len(replies) :] if m.delivery]
    assert len(world.incidents()) == 1
    assert len(rises) <= 2  # the clock may have fallen due meanwhile; the posts themselves say nothing


def test_the_plan_is_frozen_and_first_steps_go_to_their_owners(world: World) -> None:
    crisis(world)
    with world.parts.storage.look() as uow:
        plan = uow.plans.of_incident(world.incident().id)
    assert plan is not None
    assert plan.book == "misleading_ad"
    pause = next(s for s in plan.steps if s.id == "pause_campaign")
    assert pause.due_at - world.incident().opened_at <= timedelta(minutes=30)
    assert all(step.due_at >= world.incident().opened_at for step in plan.steps)
    told = [s for s in plan.steps if s.told_at is not None]
    assert told
    assert any(step.title in world.chat.texts() for step in told)


def test_from_first_post_to_closing_every_act_is_on_an_unbroken_record(world: World) -> None:
    crisis(world)
    incident = world.incident()
    wang = world.access("wang")
    assert world.acknowledges("wang", incident) is None
    with world.parts.storage.look() as uow:
        plan = uow.plans.of_incident(incident.id)
    assert plan is not None
    for step in plan.steps:
        world.run(minutes=2)
        if step.id == "approve_statement":
            fills(world, incident)
            refused = approves(world, incident, statement(world, incident).digest)
        else:
            refused = world.acts.step_done(
                wang, incident.id, step.id, consent(world.now), Via.DESK, world.now
            )
        assert refused is None, step.id
    assert world.acts.contain(wang, incident.id, "两小时没有新增负面", Via.DESK, world.now) is None
    assert world.acts.resolve(wang, incident.id, word(world.now), Via.DESK, world.now) is None
    assert world.acts.close(wang, incident.id, "短视频口播词须法务先看", Via.DESK, world.now) is None
    world.run(minutes=1)
    assert world.incidents() == []
    with world.parts.storage.look() as uow:
        closed, record = uow.incidents.get(incident.id), uow.incidents.timeline(incident.id)
        done = uow.plans.of_incident(incident.id)
    assert closed is not None
    assert closed.state is IncidentState.CLOSED
    assert first_broken(record) is None
    assert done is not None
    assert all(s.state is StepState.DONE and s.done_by == "wang" and s.result for s in done.steps)
    assert [e.entry.at for e in record] == sorted(e.entry.at for e in record)


def test_after_closing_a_new_wave_is_a_new_incident(world: World) -> None:
    crisis(world)
    first = world.incident()
    wang = world.access("wang")
    world.acts.resolve(wang, first.id, word(world.now), Via.DESK, world.now)
    world.run(minutes=26 * 60, step=timedelta(minutes=30))
    for wave in waves(texts(Strand.COMPLAINT)[::-1][:60], 6):
        world.sees([f"又来了，{text}" for text in wave])
        world.run(minutes=1)
    assert world.incident().number == first.number + 1


def test_an_answer_in_office_hours_is_due_in_half_an_hour_and_at_night_later(
    world: World, night: World
) -> None:
    for place in (world, night):
        crisis(place)
    due = {}
    for name, place in (("day", world), ("night", night)):
        incident = place.incident()
        with place.parts.storage.look() as uow:
            clocks = {c.name: c for c in uow.clocks.of_incident(incident.id)}
        due[name] = clocks[ACCOUNT_RESPONSE].due_at - clocks[ACCOUNT_RESPONSE].started_at
        assert DESK_ACKNOWLEDGE in clocks
    assert due["day"] <= timedelta(minutes=30)
    assert due["day"] <= due["night"] <= timedelta(hours=2)


def test_look_alike_names_raise_nothing(world: World) -> None:
    for wave in waves(texts(Strand.LOOK_ALIKE) * 20, 10):
        world.sees(wave)
        world.run(minutes=1)
    assert world.incidents() == []
    assert world.chat.posts == []


def test_another_clients_launch_raises_no_alarm(world: World) -> None:
    for wave in waves(texts(Strand.LAUNCH), 5):
        world.sees(wave)
        world.run(minutes=1)
    assert world.incidents() == []
    assert world.chat.posts == []


def test_reposts_add_reach_not_voices(world: World) -> None:
    original = COMPLAINTS[0]
    world.sees([original, *[f"转发 {original}" for _ in range(30)]])
    world.run(minutes=1)
    assert world.incidents() == []


def test_imported_history_pages_nobody(open_at: Callable[[datetime], World]) -> None:
    world = open_at(AFTERNOON)
    world.sees(COMPLAINTS[:60], source="history-social", at=world.now - timedelta(days=2))
    world.run(minutes=3)
    assert world.incidents() == []
    assert world.chat.posts == []


def test_a_backlog_after_an_outage_is_one_incident_that_says_when_it_happened(
    open_at: Callable[[datetime], World],
) -> None:
    world = open_at(AFTERNOON)
    world.clock.advance(timedelta(hours=3))
    world.sees(COMPLAINTS[:60], at=world.now - timedelta(hours=2), every=timedelta(seconds=10))
    world.run(minutes=3)
    incident = world.incident()
    assert incident.opened_at - incident.happened_at > timedelta(hours=1)
    with world.parts.storage.look() as uow:
        kinds = [e.entry.kind for e in uow.incidents.timeline(incident.id)]
    assert "incident_seen_late" in kinds
    assert len(world.chat.cards) == 2
